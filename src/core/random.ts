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

/** A stream whose place can be kept and taken up again. */
export interface ResumableStream extends RandomStream {
  /** Where the stream is: four 32-bit integers. */
  position(): number[];
  /** Goes on from a place of this or of another stream. */
  moveTo(position: readonly number[]): void;
}

export type NamePart = string | number;

/** Spreads a name over 128 bits. Different splits of the same text differ: ('a', 'b') is not ('ab'). */
function hashName(parts: readonly NamePart[]): Int32Array {
  const state = Int32Array.of(0x9e3779b9, 0x243f6a88, 0xb7e15162, 0xdeadbeef);
  for (const part of parts) {
    // The kind is absorbed as well, so that 1 and '1' name different streams.
    absorb(state, typeof part === 'number' ? 0x10001 : 0x10002);
    const text = String(part);
    for (let i = 0; i < text.length; i++) absorb(state, text.charCodeAt(i));
    absorb(state, 0x10000 + text.length);
  }
  for (let round = 0; round < 4; round++) absorb(state, 0x20000 + round);
  return state;
}

function absorb(state: Int32Array, code: number): void {
  state[0] = Math.imul(state[0] ^ code, 0x85ebca6b);
  state[1] = Math.imul(state[1] ^ code ^ (state[0] >>> 13), 0xc2b2ae35);
  state[2] = Math.imul(state[2] ^ code ^ (state[1] >>> 16), 0x27d4eb2f);
  state[3] = Math.imul(state[3] ^ code ^ (state[2] >>> 15), 0x165667b1);
  state[0] ^= state[3] >>> 11;
}

/**
 * The stream of that name.
 *
 * @example
 * const r = randomStream('instance', 'coverage', 3);
 * r.integer(1, 6);
 */
export function randomStream(...name: readonly NamePart[]): ResumableStream {
  // [a, b, c, counter]; variables of the closure would be boxed anew at every draw.
  const state = hashName(name);
  const next32 = (): number => {
    const b = state[1];
    const c = state[2];
    const t = (state[0] + b + state[3]) | 0;
    state[0] = b ^ (b >>> 9);
    state[1] = c + (c << 3);
    state[2] = ((c << 21) | (c >>> 11)) + t;
    state[3]++;
    return t >>> 0;
  };
  for (let i = 0; i < 12; i++) next32();
  const next = () => next32() / 4294967296;
  const stream: ResumableStream = {
    position: () => [...state],
    moveTo: (position) => state.set(position),
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
