import { Buffer } from 'node:buffer';

type Value = string | number | boolean | readonly number[] | readonly string[];

export interface TinyGguf {
  readonly version?: number;
  readonly metadata?: Readonly<Record<string, Value>>;
  /** ggml's type of each tensor and its shape. */
  readonly tensors?: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly type: number;
  }[];
  /** Bytes of weights; none when absent. */
  readonly weights?: number;
}

/** A GGUF file after the format's description, written apart from what reads it. Offsets are those of 32-bit floats. */
export function tinyGguf({ version = 3, metadata = {}, tensors = [], weights = 0 }: TinyGguf): Buffer {
  const entries = Object.entries(metadata);
  let offset = 0;
  const header = Buffer.concat([
    Buffer.from('GGUF'),
    uint32(version),
    uint64(tensors.length),
    uint64(entries.length),
    ...entries.flatMap(([key, value]) => [text(key), typed(value)]),
    ...tensors.flatMap(({ name, shape, type }) => {
      const at = offset;
      offset += 4 * shape.reduce((product, size) => product * size, 1);
      return [text(name), uint32(shape.length), ...shape.map(uint64), uint32(type), uint64(at)];
    }),
  ]);
  return Buffer.concat([header, Buffer.alloc((32 - (header.length % 32)) % 32), Buffer.alloc(weights)]);
}

function typed(value: Value): Buffer {
  if (typeof value === 'string') return Buffer.concat([uint32(8), text(value)]);
  if (typeof value === 'boolean') return Buffer.from([7, 0, 0, 0, value ? 1 : 0]);
  if (typeof value === 'number') {
    if (Number.isInteger(value)) return Buffer.concat([uint32(4), uint32(value)]);
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleLE(value);
    return Buffer.concat([uint32(12), bytes]);
  }
  const strings = value.every((each) => typeof each === 'string');
  return Buffer.concat([
    uint32(9),
    uint32(strings ? 8 : 4),
    uint64(value.length),
    ...value.map((each) => (typeof each === 'string' ? text(each) : uint32(each))),
  ]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([uint64(bytes.length), bytes]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function uint64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}
