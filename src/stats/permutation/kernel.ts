import { kernelBinary } from './kernel-binary.ts';

/** The functions of kernel.wat; arguments are byte offsets in its memory and counts. */
export interface KernelFunctions {
  shuffleAndSum(labels: number, rows: number, values: number, sums: number, state: number): void;
  sumByLabel(labels: number, rows: number, values: number, sums: number): void;
  addRows(program: number, count: number, work: number): void;
  subtractRows(program: number, count: number, work: number): void;
  addBatch(program: number, count: number, work: number): void;
  subtractBatch(program: number, count: number, work: number): void;
  triangle(packed: number, x: number, out: number, size: number, upper: 0 | 1): void;
  weigh(products: number, weights: number, out: number, blocks: number, cells: number): void;
}

/** An array in the kernel's memory, and where it starts. */
export interface Placed<A> {
  readonly at: number;
  readonly values: A;
}

export interface Kernel {
  readonly run: KernelFunctions;
  /** Room for doubles, 0 at first. */
  doubles(length: number): Placed<Float64Array>;
  /** A copy of the doubles. */
  copy(source: Float64Array): Placed<Float64Array>;
  integers(source: ArrayLike<number>): Placed<Int32Array>;
  labels(source: Uint16Array): Placed<Uint16Array>;
}

const pageBytes = 65536;

/**
 * A kernel with a memory of its own of at least that many bytes. The memory never grows, so arrays in it stay
 * valid.
 */
export function createKernel(bytes: number): Kernel {
  const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / pageBytes) + 1 });
  const module = new WebAssembly.Module(Uint8Array.from(Buffer.from(kernelBinary, 'base64')));
  const instance = new WebAssembly.Instance(module, { host: { memory } });
  let next = 0;
  /** Sixteen-byte steps, the width of the kernel's loads. */
  const reserve = (size: number): number => {
    const at = next;
    next += Math.ceil(size / 16) * 16;
    return at;
  };
  const doubles = (length: number): Placed<Float64Array> => {
    const at = reserve(length * 8);
    return { at, values: new Float64Array(memory.buffer, at, length) };
  };
  return {
    run: instance.exports as unknown as KernelFunctions,
    doubles,
    copy: (source) => {
      const placed = doubles(source.length);
      placed.values.set(source);
      return placed;
    },
    integers: (source) => {
      const at = reserve(source.length * 4);
      const values = new Int32Array(memory.buffer, at, source.length);
      values.set(source);
      return { at, values };
    },
    labels: (source) => {
      const at = reserve(source.length * 2);
      const values = new Uint16Array(memory.buffer, at, source.length);
      values.set(source);
      return { at, values };
    },
  };
}
