/**
 * Named, seeded random streams: the only source of randomness in the project.
 *
 * A stream is addressed by its name parts, so two pieces of code that draw from different names never
 * disturb each other, whatever the order or the concurrency in which they run.
 *
 * The generator is sfc32 (Chris Doty-Humphrey's PractRand), period at least 2^32 per seed, about 2^127 on
 * average; the name is spread over its 128 bits of state by four lanes of 32-bit mixing. It is fast and passes
 * PractRand; it is not for cryptography.
 */
export interface RandomStream {
  /** Uniform in [0, 1), 32 random bits. */
  next(): number;
  /** Uniform integer in [low, high], both ends included. */
  integer(low: number, high: number): number;
  /** One element, uniformly. Throws RangeError when empty. */
  pick<T>(items: readonly T[]): T;
  /** A shuffled copy (Fisher-Yates). */
  shuffle<T>(items: readonly T[]): T[];
  /** Standard normal (Box-Muller, one value per call). */
  normal(): number;
  /** An index drawn with probability proportional to its weight; weights are finite, non-negative, not all 0. */
  categorical(weights: ArrayLike<number>): number;
}

export type NamePart = string | number;

/** Spreads a name over 128 bits. Different splits of the same text differ: ('a', 'b') is not ('ab'). */
function hashName(parts: readonly NamePart[]): [number, number, number, number] {
  let a = 0x9e3779b9;
  let b = 0x243f6a88;
  let c = 0xb7e15162;
  let d = 0xdeadbeef;
  const absorb = (code: number) => {
    a = Math.imul(a ^ code, 0x85ebca6b);
    b = Math.imul(b ^ code ^ (a >>> 13), 0xc2b2ae35);
    c = Math.imul(c ^ code ^ (b >>> 16), 0x27d4eb2f);
    d = Math.imul(d ^ code ^ (c >>> 15), 0x165667b1);
    a ^= d >>> 11;
  };
  for (const part of parts) {
    // The kind is absorbed as well, so that 1 and '1' name different streams.
    absorb(typeof part === 'number' ? 0x10001 : 0x10002);
    const text = String(part);
    for (let i = 0; i < text.length; i++) absorb(text.charCodeAt(i));
    absorb(0x10000 + text.length);
  }
  for (let round = 0; round < 4; round++) absorb(0x20000 + round);
  return [a | 0, b | 0, c | 0, d | 0];
}

/**
 * The stream of that name.
 *
 * @example
 * const r = randomStream('instance', 'coverage', 3);
 * r.integer(1, 6);
 */
export function randomStream(...name: readonly NamePart[]): RandomStream {
  let [a, b, c, counter] = hashName(name);
  const next32 = (): number => {
    const t = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return t >>> 0;
  };
  for (let i = 0; i < 12; i++) next32();
  const next = () => next32() / 4294967296;
  const stream: RandomStream = {
    next,
    integer: (low, high) => low + Math.floor(next() * (high - low + 1)),
    pick: (items) => {
      if (items.length === 0) throw new RangeError('pick: the list is empty');
      return items[Math.floor(next() * items.length)];
    },
    shuffle: (items) => {
      const out = items.slice();
      for (let i = out.length - 1; i > 0; i--) {
        const j = Math.floor(next() * (i + 1));
        [out[i], out[j]] = [out[j], out[i]];
      }
      return out;
    },
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    categorical: (weights) => {
      let total = 0;
      for (let i = 0; i < weights.length; i++) total += weights[i];
      if (!(total > 0) || !Number.isFinite(total)) {
        throw new RangeError(
          `categorical: the weights must be finite, non-negative and not all 0 (sum ${total})`,
        );
      }
      let rest = next() * total;
      let last = -1;
      for (let i = 0; i < weights.length; i++) {
        if (weights[i] <= 0) continue;
        last = i;
        rest -= weights[i];
        if (rest < 0) return i;
      }
      return last;
    },
  };
  return stream;
}
