import { freemem } from 'node:os';
import { InputError } from '../../../core/index.ts';
import type { GgufFile } from './file.ts';

/** What llama.cpp takes for a batch beside weights, keys and values, roughly; measured on models of 0.1 to 0.4 GB. */
const workspace = 120e6;

/** Bytes of memory that a model takes, about. */
export function memoryNeeded(
  { size, bytesPerToken }: Pick<GgufFile, 'size' | 'bytesPerToken'>,
  { contextLength, sequences }: { readonly contextLength: number; readonly sequences: number },
): number {
  return size + bytesPerToken * contextLength * sequences + workspace;
}

/**
 * @param available bytes that this process may still take; measured when absent
 * @throws InputError when the model needs more
 */
export function refuseTooLarge(path: string, needed: number, available = availableMemory()): void {
  if (needed <= available) return;
  throw new InputError(
    `The model ${path} needs about ${gigabytes(needed)} of memory, but ${gigabytes(available)} are free. Take a smaller ` +
      'quantisation, or lower its options `contextLength` or `sequences`.',
  );
}

/** What can be had at once, files that the system keeps in memory included. */
export function availableMemory(): number {
  return process.availableMemory?.() ?? freemem();
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
