import {
  closeSync,
  existsSync,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
} from 'node:fs';
import path from 'node:path';
import { InputError, writeWhole } from '../../../core/index.ts';
import {
  decodeSafetensorsHeader,
  type SafetensorsHeader,
  safetensorsHeaderLength,
} from '../../../nn/index.ts';
import { namesIn, packedName, type PackedName, packOf, unpacked } from './pack-format.ts';

// A folder of trainings. While somebody trains, each has a file of its own: it appears whole, and what was stopped
// goes on. What ships is packed (`pack-format.ts`): of a pack only the header and the training's own values are read.

/**
 * The bytes of a training's file, from that file or from its pack, and where they lie; undefined where the folder
 * has neither.
 * @throws InputError when the pack is damaged
 */
export function readTrainingFile(
  folder: string,
  name: string,
): { readonly bytes: Uint8Array; readonly file: string } | undefined {
  const own = path.join(folder, name);
  if (existsSync(own)) return { bytes: readFileSync(own), file: own };
  const packed = packedName(name);
  return (
    packed &&
    inPack(folder, packed.pack, (header, file, descriptor) => {
      const found = unpacked(header, packed);
      if (!found) return undefined;
      const values = readAt(descriptor, header.length + found.from, found.to - found.from, file);
      return { bytes: Buffer.concat([found.header, values]), file };
    })
  );
}

/** Whether a folder has a training, in a file of its own or in a pack. */
export function hasTrainingFile(folder: string, name: string): boolean {
  if (existsSync(path.join(folder, name))) return true;
  const packed = packedName(name);
  return (
    packed !== undefined && inPack(folder, packed.pack, (header) => unpacked(header, packed)) !== undefined
  );
}

/** The names of all trainings of a folder, packed or not, in order. */
export function trainingFilesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.safetensors'))
    .flatMap((name) =>
      packedName(name) ? [name] : (inPack(folder, name, (header) => namesIn(name, header)) ?? []),
    );
  return [...new Set(names)].sort();
}

/**
 * Puts the trainings that have a file of their own into their packs, where one of the same seed is replaced.
 * @param wanted which trainings stay; all when absent
 */
export function packTrainings(folder: string, wanted: (name: string) => boolean = () => true): void {
  // What is packed comes first, then files of their own by age: the latest of a seed stays.
  const age = (name: string) => statSync(path.join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const names = trainingFilesIn(folder).sort((a, b) => age(a) - age(b));
  const packs = new Map<string, Map<number, PackedName>>();
  for (const packed of names.map((name) => packedName(name)!)) {
    const seeds = packs.get(packed.pack) ?? new Map<number, PackedName>();
    packs.set(packed.pack, seeds);
    if (wanted(packed.name)) seeds.set(packed.seed, packed);
  }
  for (const [pack, seeds] of packs) {
    const file = path.join(folder, pack);
    const read = (packed: PackedName) => ({ ...packed, bytes: readTrainingFile(folder, packed.name)!.bytes });
    if (seeds.size > 0) writeWhole(file, packOf([...seeds.values()].map(read)));
    else rmSync(file, { force: true });
  }
  for (const name of names) rmSync(path.join(folder, name), { force: true });
}

/** Opens a pack, if it is there, with its header read. */
function inPack<T>(
  folder: string,
  pack: string,
  body: (header: SafetensorsHeader, file: string, descriptor: number) => T,
): T | undefined {
  const file = path.join(folder, pack);
  if (!existsSync(file)) return undefined;
  const descriptor = openSync(file, 'r');
  try {
    return body(headerOf(file, descriptor), file, descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Headers by file, for as long as the file is the same. */
const headers = new Map<string, { readonly stamp: string; readonly header: SafetensorsHeader }>();

function headerOf(file: string, descriptor: number): SafetensorsHeader {
  const { size, mtimeMs, ino } = fstatSync(descriptor);
  const stamp = `${size} ${mtimeMs} ${ino}`;
  const known = headers.get(file);
  if (known?.stamp === stamp) return known.header;
  const length = safetensorsHeaderLength(readAt(descriptor, 0, Math.min(size, 8), file), file);
  const header = decodeSafetensorsHeader(readAt(descriptor, 0, Math.min(size, length), file), file);
  headers.set(file, { stamp, header });
  return header;
}

function readAt(descriptor: number, position: number, length: number, file: string): Uint8Array {
  const bytes = new Uint8Array(length);
  if (readSync(descriptor, bytes, 0, length, position) < length)
    throw new InputError('Not a usable safetensors file: it ends before its values do.', { file });
  return bytes;
}
