import {
  decodeSafetensorsHeader,
  encodeSafetensorsHeader,
  type SafetensorsHeader,
} from '../../../nn/index.ts';

// A pack is one safetensors file for all training seeds of a strategy on a task. The tensors of seed 3 are called
// `seed/3/...`; the metadata `seed/3` holds the hash of what that training depends on, and what its own file says
// that the others do not. From a pack come the very bytes of a training's own file, so that checksums, and with them
// the hashes of runs, are the same wherever it lies.

/** `qmix-coverage-3-00e4a0d5c7ff.safetensors`: what for, training seed, hash of all that it depends on. */
const nameForm = /^(.+)-(\d+)-([0-9a-f]{12})(-central)?\.safetensors$/;

export interface PackedName {
  readonly pack: string;
  readonly seed: number;
  readonly hash: string;
  /** Of the training's own file. */
  readonly name: string;
}

/** Where a training's own file would be packed; undefined for other files' names. */
export function packedName(name: string): PackedName | undefined {
  const [, what, seed, hash, suffix = ''] = nameForm.exec(name) ?? [];
  return what === undefined
    ? undefined
    : { pack: `${what}${suffix}.safetensors`, seed: Number(seed), hash, name };
}

/** The names of the own files of what a pack holds. */
export function namesIn(pack: string, { metadata }: SafetensorsHeader): string[] {
  const [, what, suffix = ''] = /^(.+?)(-central)?\.safetensors$/.exec(pack)!;
  return Object.entries(metadata).flatMap(([key, text]) => {
    const [, seed] = /^seed\/(\d+)$/.exec(key) ?? [];
    return seed === undefined ? [] : [`${what}-${seed}-${read(text).hash}${suffix}.safetensors`];
  });
}

/** What a pack says of one of its trainings, beside what it says of all. */
interface Entry {
  readonly hash: string;
  readonly metadata: Readonly<Record<string, string>>;
}

const keyOf = (seed: number) => `seed/${seed}`;
const read = (text: string) => JSON.parse(text) as Entry;

/** The header of a training's own file, and the place of its values behind the pack's header. */
export interface Unpacked {
  readonly header: Uint8Array;
  readonly from: number;
  readonly to: number;
}

/** Undefined where the pack has no such training. */
export function unpacked(
  { metadata, tensors }: SafetensorsHeader,
  { seed, hash }: PackedName,
): Unpacked | undefined {
  const text = metadata[keyOf(seed)];
  if (text === undefined) return undefined;
  const entry = read(text);
  if (entry.hash !== hash) return undefined;
  const prefix = `${keyOf(seed)}/`;
  const places = Object.entries(tensors).filter(([name]) => name.startsWith(prefix));
  const from = Math.min(...places.map(([, { data_offsets }]) => data_offsets[0]));
  const to = Math.max(...places.map(([, { data_offsets }]) => data_offsets[1]));
  const shared = Object.entries(metadata).filter(([key]) => !key.startsWith('seed/'));
  const own = places.map(([name, place]) => [name.slice(prefix.length), moved(place, -from)] as const);
  const header = encodeSafetensorsHeader({
    metadata: { ...Object.fromEntries(shared), ...entry.metadata },
    tensors: Object.fromEntries(own),
  });
  return { header, from, to };
}

export interface Training extends PackedName {
  /** Of its own file. */
  readonly bytes: Uint8Array;
}

/** @param trainings at least one; of one seed at most one */
export function packOf(trainings: readonly Training[]): Uint8Array {
  const parts = [...trainings]
    .sort((a, b) => a.seed - b.seed)
    .map((training) => ({ ...training, header: decodeSafetensorsHeader(training.bytes, training.name) }));
  const isShared = ([key, value]: readonly [string, string]) =>
    parts.every(({ header }) => header.metadata[key] === value);
  const metadata = Object.fromEntries(Object.entries(parts[0].header.metadata).filter(isShared));
  const tensors: Record<string, SafetensorsHeader['tensors'][string]> = {};
  let base = 0;
  for (const { seed, hash, header, bytes } of parts) {
    const own = Object.entries(header.metadata).filter((entry) => !isShared(entry));
    const entry: Entry = { hash, metadata: Object.fromEntries(own) };
    metadata[keyOf(seed)] = JSON.stringify(entry);
    for (const [name, place] of Object.entries(header.tensors))
      tensors[`${keyOf(seed)}/${name}`] = moved(place, base);
    base += bytes.length - header.length;
  }
  const values = parts.map(({ bytes, header }) => bytes.subarray(header.length));
  return Buffer.concat([encodeSafetensorsHeader({ metadata, tensors }), ...values]);
}

type Place = SafetensorsHeader['tensors'][string];

function moved(place: Place, by: number): Place {
  const [from, to] = place.data_offsets;
  return { ...place, data_offsets: [from + by, to + by] };
}
