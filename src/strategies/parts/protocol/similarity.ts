/** How often each sequence of three characters occurs in a text, letters in lower case, spaces as one. */
type Trigrams = ReadonlyMap<string, number>;

function trigramsOf(text: string): Trigrams {
  const characters = [...` ${text.normalize('NFKC').toLowerCase().replace(/\s+/gu, ' ').trim()} `];
  const counts = new Map<string, number>();
  for (let k = 0; k + 3 <= characters.length; k++) {
    const trigram = characters.slice(k, k + 3).join('');
    counts.set(trigram, (counts.get(trigram) ?? 0) + 1);
  }
  return counts;
}

/**
 * How alike texts are, each with each: the cosine of their counts of character trigrams.
 *
 *   cos(a, b) = sum_t a_t b_t / (|a| |b|)
 *
 * @returns a symmetric table, 1 on its diagonal, all in [0, 1]; an empty text is like an empty one alone
 */
export function similarities(texts: readonly string[]): readonly (readonly number[])[] {
  const vectors = texts.map(trigramsOf);
  const squares = vectors.map((vector) => dot(vector, vector));
  const alike = (a: number, b: number) => {
    if (a === b) return 1;
    if (squares[a] === 0 || squares[b] === 0) return squares[a] === squares[b] ? 1 : 0;
    return Math.min(1, dot(vectors[a], vectors[b]) / Math.sqrt(squares[a] * squares[b]));
  };
  // Each pair once: a sum in another order could differ in its last bit.
  return texts.map((_, a) => texts.map((__, b) => alike(Math.min(a, b), Math.max(a, b))));
}

/**
 * How alike what texts say is, by a model's vectors of them: their cosines.
 * @returns a symmetric table, 1 on its diagonal, all in [-1, 1]; a vector of length 0 is like none
 */
export function cosines(vectors: readonly Float32Array[]): readonly (readonly number[])[] {
  const product = (a: Float32Array, b: Float32Array) => a.reduce((sum, x, k) => sum + x * b[k], 0);
  const squares = vectors.map((vector) => product(vector, vector));
  const alike = (a: number, b: number) => {
    if (a === b) return 1;
    const norm = Math.sqrt(squares[a] * squares[b]);
    return norm > 0 ? Math.max(-1, Math.min(1, product(vectors[a], vectors[b]) / norm)) : 0;
  };
  return vectors.map((_, a) => vectors.map((__, b) => alike(Math.min(a, b), Math.max(a, b))));
}

function dot(a: Trigrams, b: Trigrams): number {
  let sum = 0;
  for (const [trigram, count] of a) sum += count * (b.get(trigram) ?? 0);
  return sum;
}
