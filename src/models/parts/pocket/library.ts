import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { UnknownIdError } from '../../../core/index.ts';
import { type PocketChat, pocketChat } from './chat.ts';
import { pocketFolder, readPocketFiles } from './files.ts';
import { pocketPool } from './pool.ts';

/** The embedded models that choose and chat which the package has files of, by name; writers of programs are none. */
export function pocketIds(): string[] {
  return idsOf((kind) => kind === undefined);
}

/** The embedded writers that the package has files of, by name. */
export function writerIds(): string[] {
  return idsOf((kind) => kind === 'writer');
}

function idsOf(wanted: (kind: unknown) => boolean): string[] {
  const home = fileURLToPath(new URL('../../../../models/', import.meta.url));
  if (!existsSync(home)) return [];
  return readdirSync(home, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && wanted(kindOf(path.join(home, entry.name, 'model.json'))))
    .map((entry) => entry.name)
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}

/** What a card says that its model is; false without a card. One that cannot be read is said when it is opened. */
function kindOf(card: string): unknown {
  if (!existsSync(card)) return false;
  try {
    return (JSON.parse(readFileSync(card, 'utf8')) as { readonly kind?: unknown }).kind;
  } catch {
    return undefined;
  }
}

export interface OpenPocket {
  /** Worker threads, at least 1. They start with the first request. */
  readonly threads: number;
  /** Where its files are, if not in the package. */
  readonly folder?: string;
}

/**
 * An embedded model of the package, ready to write.
 * @throws UnknownIdError; InputError when its files are missing or damaged
 */
export function openPocketChat(id: string, { threads, folder }: OpenPocket): PocketChat {
  if (folder === undefined) {
    const known = pocketIds();
    if (!known.includes(id)) throw new UnknownIdError('embedded model', id, known);
  }
  const place = folder ?? pocketFolder(id);
  return pocketChat(readPocketFiles(place), pocketPool(place, threads));
}
