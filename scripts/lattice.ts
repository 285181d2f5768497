/**
 * Constructs the generating vectors of src/stats/distributions/lattice.ts: `npx tsx scripts/lattice.ts`.
 *
 * Rank-1 lattices of prime size, component by component (Sloan & Reztsov 2002): each next component is the one
 * with the least worst-case error in the weighted Korobov space of smoothness 2,
 * e^2 = -1 + (1/N) sum_k prod_j (1 + gamma_j 2 pi^2 B_2({k z_j / N})), with weights gamma_j = 1 / j^2.
 */
const dimensions = Number(process.argv[2] ?? 48);

function generatingVector(size: number): number[] {
  const bernoulli = Float64Array.from({ length: size }, (_, i) => {
    const x = i / size;
    return 2 * Math.PI ** 2 * (x * x - x + 1 / 6);
  });
  const product = new Float64Array(size).fill(1);
  const vector: number[] = [];
  for (let j = 1; j <= dimensions; j++) {
    const gamma = 1 / j ** 2;
    let best = 1;
    let least = Infinity;
    // z and N - z give the same lattice up to reflection; in one dimension all are the same.
    for (let z = 1; z <= (j === 1 ? 1 : (size - 1) / 2); z++) {
      let sum = 0;
      for (let k = 0, at = 0; k < size; k++) {
        sum += product[k] * (1 + gamma * bernoulli[at]);
        at += z;
        if (at >= size) at -= size;
      }
      if (sum < least) {
        least = sum;
        best = z;
      }
    }
    vector.push(best);
    for (let k = 0; k < size; k++) product[k] *= 1 + gamma * bernoulli[(k * best) % size];
  }
  return vector;
}

for (const size of [1021, 4093, 16381]) {
  console.log(`  { size: ${size}, vector: [${generatingVector(size).join(', ')}] },`);
}
