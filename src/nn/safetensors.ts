import { InputError } from '../core/index.ts';
import { float16Bits, float16Value } from './float16.ts';
import type { Weights } from './weights.ts';

/** What a weights file holds. */
export interface WeightFile {
  readonly weights: Weights;
  /** Free text beside the weights, by key. */
  readonly metadata: Readonly<Record<string, string>>;
}

const bytesOf = { F16: 2, F32: 4 } as const;
export type StoredType = keyof typeof bytesOf;

/** Where a tensor's values lie, in bytes after the header. */
interface TensorPlace {
  readonly dtype: StoredType;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [from: number, to: number];
}

/** What a file says before its values. */
export interface SafetensorsHeader {
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: Readonly<Record<string, TensorPlace>>;
  /** Bytes of the file before the first value. */
  readonly length: number;
}

/** The bytes before the values. Metadata are written in the order of their keys, tensors as they come. */
export function encodeSafetensorsHeader({
  metadata,
  tensors,
}: Pick<SafetensorsHeader, 'metadata' | 'tensors'>): Uint8Array {
  const keys = Object.keys(metadata).sort();
  const header = {
    ...(keys.length > 0 && { __metadata__: Object.fromEntries(keys.map((key) => [key, metadata[key]])) }),
    ...tensors,
  };
  const text = new TextEncoder().encode(JSON.stringify(header));
  const bytes = new Uint8Array(8 + Math.ceil(text.length / 8) * 8).fill(0x20, 8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(bytes.length - 8), true);
  bytes.set(text, 8);
  return bytes;
}

const broken = (what: string, file: string) =>
  new InputError(`Not a usable safetensors file: ${what}.`, { file });

/** How long the header is, with its length itself. @param bytes at least the first 8, if the file has so many */
export function safetensorsHeaderLength(bytes: Uint8Array, file: string): number {
  if (bytes.length < 8) throw broken(`it has ${bytes.length} bytes`, file);
  return 8 + Number(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigUint64(0, true));
}

/**
 * What a file says of itself before its values.
 * @param bytes the file's, at least to the end of the header
 * @throws InputError when they end before, or are something else
 */
export function decodeSafetensorsHeader(bytes: Uint8Array, file: string): SafetensorsHeader {
  const length = safetensorsHeaderLength(bytes, file);
  if (length > bytes.length)
    throw broken(`its header should have ${length - 8} bytes, but the file ends before`, file);
  let header: Record<string, unknown>;
  try {
    header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, length))) as Record<string, unknown>;
  } catch {
    throw broken('its header is not JSON', file);
  }
  const { __metadata__: metadata = {}, ...entries } = header;
  for (const [name, entry] of Object.entries(entries)) {
    const { dtype, shape, data_offsets: offsets } = entry as Record<string, unknown>;
    if (dtype !== 'F16' && dtype !== 'F32')
      throw broken(`tensor "${name}" has type ${String(dtype)}, not F16 or F32`, file);
    if (!isCounts(shape) || !isCounts(offsets) || offsets.length !== 2)
      throw broken(`the shape or place of tensor "${name}" is wrong`, file);
    if (offsets[1] - offsets[0] !== sizeOf(shape) * bytesOf[dtype])
      throw broken(`tensor "${name}" lies outside the file or has the wrong length`, file);
  }
  return {
    metadata: metadata as Record<string, string>,
    tensors: entries as unknown as SafetensorsHeader['tensors'],
    length,
  };
}

const sizeOf = (shape: readonly number[]) => shape.reduce((product, n) => product * n, 1);

/**
 * A safetensors file: the length of a JSON header (8 bytes, little-endian), the header, the values. Weights
 * and metadata are written in the order of their keys, so that equal contents give equal bytes.
 *
 * Format: https://huggingface.co/docs/safetensors (read 2025).
 *
 * @param type `F16` rounds every value to half precision
 */
export function encodeSafetensors({ weights, metadata }: WeightFile, type: StoredType): Uint8Array {
  const names = Object.keys(weights).sort();
  const tensors: Record<string, TensorPlace> = {};
  let offset = 0;
  for (const name of names) {
    const { shape, data } = weights[name];
    const size = sizeOf(shape);
    if (size !== data.length) {
      throw new RangeError(`Tensor "${name}" of shape [${shape.join(', ')}] has ${data.length} values.`);
    }
    const end = offset + size * bytesOf[type];
    tensors[name] = { dtype: type, shape, data_offsets: [offset, end] };
    offset = end;
  }
  const header = encodeSafetensorsHeader({ metadata, tensors });
  const bytes = new Uint8Array(header.length + offset);
  const view = new DataView(bytes.buffer);
  bytes.set(header);
  let p = header.length;
  for (const name of names) {
    for (const x of weights[name].data) {
      if (type === 'F16') view.setUint16(p, float16Bits(x), true);
      else view.setFloat32(p, x, true);
      p += bytesOf[type];
    }
  }
  return bytes;
}

/**
 * Reads a safetensors file of float16 or float32 tensors.
 *
 * @param file its name, for errors
 * @throws InputError when the bytes are not such a file, or end too early
 */
export function decodeSafetensors(bytes: Uint8Array, file: string): WeightFile {
  const { metadata, tensors, length } = decodeSafetensorsHeader(bytes, file);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const weights: Weights = {};
  for (const [name, { dtype, shape, data_offsets: offsets }] of Object.entries(tensors)) {
    if (length + offsets[1] > bytes.length)
      throw broken(`tensor "${name}" lies outside the file or has the wrong length`, file);
    const data = new Float32Array(sizeOf(shape));
    for (let k = 0, p = length + offsets[0]; k < data.length; k++, p += bytesOf[dtype]) {
      data[k] = dtype === 'F16' ? float16Value(view.getUint16(p, true)) : view.getFloat32(p, true);
    }
    weights[name] = { shape, data };
  }
  return { weights, metadata };
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);
}
