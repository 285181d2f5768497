/**
 * The beginning of a GGUF file: what it says of its model, and which tensors follow. No weight is read. The format is
 * that of ggml (versions 2 and 3): https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
 */
export interface GgufHeader {
  /** Single values by key; of lists only those of numbers, and none of the vocabulary. */
  readonly metadata: ReadonlyMap<string, GgufValue>;
  readonly tensors: readonly GgufTensor[];
  /** Where the weights begin, in bytes. */
  readonly weightsAt: number;
}

export type GgufValue = string | number | boolean | readonly number[];

export interface GgufTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** ggml's number of its type; see `tensor-types`. */
  readonly type: number;
  /** From the beginning of the weights, in bytes. */
  readonly offset: number;
}

/** More of the file is needed than was given. */
export class HeaderGoesOn extends Error {}

/** It is no GGUF that can be read; the message ends a sentence that names the file. */
export class NoGguf extends Error {}

/** Longer lists are those of vocabularies. */
const longestList = 4096;
const longestText = 1 << 24;
const mostEntries = 1 << 20;

/**
 * @param bytes the file, or its beginning
 * @throws NoGguf; HeaderGoesOn when the header is longer than what was given
 */
export function readGgufHeader(bytes: Buffer): GgufHeader {
  const cursor = cursorOf(bytes);
  if (cursor.take(4).toString('latin1') !== 'GGUF') throw new NoGguf('is no GGUF file');
  const version = cursor.uint32();
  if (version > 0xffff) throw new NoGguf('is a GGUF file for machines of the other byte order');
  if (version !== 2 && version !== 3)
    throw new NoGguf(`is a GGUF file of version ${version}; 2 and 3 can be read`);
  const [tensorCount, entryCount] = [cursor.size(mostEntries), cursor.size(mostEntries)];
  const metadata = new Map<string, GgufValue>();
  for (let k = 0; k < entryCount; k++) {
    const key = cursor.text();
    const value = cursor.value(cursor.uint32());
    if (value !== undefined) metadata.set(key, value);
  }
  const tensors = Array.from({ length: tensorCount }, () => ({
    name: cursor.text(),
    shape: Array.from({ length: cursor.uint32() & 0xff }, () => cursor.size(Number.MAX_SAFE_INTEGER)),
    type: cursor.uint32(),
    offset: cursor.size(Number.MAX_SAFE_INTEGER),
  }));
  const alignment = metadata.get('general.alignment');
  const step = typeof alignment === 'number' && alignment > 0 ? alignment : 32;
  return { metadata, tensors, weightsAt: Math.ceil(cursor.at / step) * step };
}

const stringType = 8;
const listType = 9;
/** Readers of numbers and truth values by ggml's number of their type, with their size in bytes. */
const scalars: Readonly<Record<number, readonly [bytes: number, read: (b: Buffer) => number | boolean]>> = {
  0: [1, (b) => b.readUInt8()],
  1: [1, (b) => b.readInt8()],
  2: [2, (b) => b.readUInt16LE()],
  3: [2, (b) => b.readInt16LE()],
  4: [4, (b) => b.readUInt32LE()],
  5: [4, (b) => b.readInt32LE()],
  6: [4, (b) => b.readFloatLE()],
  7: [1, (b) => b.readUInt8() !== 0],
  10: [8, (b) => Number(b.readBigUInt64LE())],
  11: [8, (b) => Number(b.readBigInt64LE())],
  12: [8, (b) => b.readDoubleLE()],
};

function cursorOf(bytes: Buffer) {
  let at = 0;
  const take = (size: number) => {
    if (at + size > bytes.length) throw new HeaderGoesOn();
    at += size;
    return bytes.subarray(at - size, at);
  };
  const uint32 = () => take(4).readUInt32LE();
  const size = (most: number) => {
    const value = Number(take(8).readBigUInt64LE());
    if (value > most) throw new NoGguf('is a damaged GGUF file');
    return value;
  };
  const text = () => take(size(longestText)).toString('utf8');
  const scalar = (type: number) => {
    const known = scalars[type];
    if (!known) throw new NoGguf('is a damaged GGUF file');
    return known[1](take(known[0]));
  };
  const list = (): readonly number[] | undefined => {
    const type = uint32();
    const length = size(longestText);
    if (type === listType) {
      for (let k = 0; k < length; k++) list();
      return undefined;
    }
    if (type === stringType) {
      for (let k = 0; k < length; k++) take(size(longestText));
      return undefined;
    }
    if (length <= longestList) return Array.from({ length }, () => Number(scalar(type)));
    take(length * (scalars[type]?.[0] ?? 1));
    return undefined;
  };
  return {
    take,
    uint32,
    size,
    text,
    get at() {
      return at;
    },
    value: (type: number): GgufValue | undefined =>
      type === stringType ? text() : type === listType ? list() : scalar(type),
  };
}
