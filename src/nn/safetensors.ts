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
  const header: Record<string, unknown> = {};
  if (Object.keys(metadata).length > 0) {
    header.__metadata__ = Object.fromEntries(
      Object.keys(metadata)
        .sort()
        .map((key) => [key, metadata[key]]),
    );
  }
  let offset = 0;
  for (const name of names) {
    const { shape, data } = weights[name];
    const size = shape.reduce((product, n) => product * n, 1);
    if (size !== data.length) {
      throw new RangeError(`Tensor "${name}" of shape [${shape.join(', ')}] has ${data.length} values.`);
    }
    const end = offset + size * bytesOf[type];
    header[name] = { dtype: type, shape, data_offsets: [offset, end] };
    offset = end;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const headerLength = Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(8 + headerLength + offset);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(headerLength), true);
  bytes.fill(0x20, 8, 8 + headerLength);
  bytes.set(text, 8);
  let p = 8 + headerLength;
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
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const broken = (what: string) => new InputError(`Not a usable safetensors file: ${what}.`, { file });
  if (bytes.length < 8) throw broken(`it has ${bytes.length} bytes`);
  const headerLength = Number(view.getBigUint64(0, true));
  const start = 8 + headerLength;
  if (start > bytes.length)
    throw broken(`its header should have ${headerLength} bytes, but the file ends before`);
  let header: Record<string, unknown>;
  try {
    header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, start))) as Record<string, unknown>;
  } catch {
    throw broken('its header is not JSON');
  }
  const { __metadata__: metadata = {}, ...entries } = header;
  const weights: Weights = {};
  for (const [name, entry] of Object.entries(entries)) {
    const { dtype, shape, data_offsets: offsets } = entry as Record<string, unknown>;
    if (dtype !== 'F16' && dtype !== 'F32')
      throw broken(`tensor "${name}" has type ${String(dtype)}, not F16 or F32`);
    if (!isCounts(shape) || !isCounts(offsets) || offsets.length !== 2) {
      throw broken(`the shape or place of tensor "${name}" is wrong`);
    }
    const size = shape.reduce((product, n) => product * n, 1);
    const [from, to] = offsets;
    if (to - from !== size * bytesOf[dtype] || start + to > bytes.length) {
      throw broken(`tensor "${name}" lies outside the file or has the wrong length`);
    }
    const data = new Float32Array(size);
    for (let k = 0, p = start + from; k < size; k++, p += bytesOf[dtype]) {
      data[k] = dtype === 'F16' ? float16Value(view.getUint16(p, true)) : view.getFloat32(p, true);
    }
    weights[name] = { shape, data };
  }
  return { weights, metadata: metadata as Record<string, string> };
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);
}
