import { reasonOf } from '../../core/index.ts';
import { statfsSync } from 'node:fs';
import path from 'node:path';
import { StoreError } from '../../contracts/index.ts';

/** Another process is writing to this study. */
export class StudyLockedError extends StoreError {
  /** Process id of the writer; undefined when it could not be found out. */
  readonly pid?: number;
  constructor(directory: string, writer?: { pid: number; host: string; startedAt: string }) {
    const who = writer
      ? `process ${writer.pid} on ${writer.host} (started ${writer.startedAt})`
      : 'another process';
    super(
      `The study in ${directory} is being written by ${who}. ` +
        'Wait until it has finished, stop it, or choose another folder with --data.',
      directory,
    );
    this.pid = writer?.pid;
  }
}

/** The database was written by a later version of this program. */
export class NewerStoreError extends StoreError {
  readonly found: number;
  readonly supported: number;
  constructor(file: string, found: number, supported: number) {
    super(
      `${file} has format version ${found}, but this program knows versions up to ${supported}. ` +
        'Install a newer agentmesh-stm, or choose another folder with --data. The file was not changed.',
      file,
    );
    this.found = found;
    this.supported = supported;
  }
}

/** The database was written by an earlier version and this access may not convert it. */
export class OlderStoreError extends StoreError {
  constructor(file: string, found: number, needed: number) {
    super(
      `${file} has format version ${found}, and reading needs version ${needed}. ` +
        'Convert it by starting the study once with `agentmesh run`; a backup of the file is made first.',
      file,
    );
  }
}

/** The file is no study database, or parts of it cannot be read. */
export class DamagedStoreError extends StoreError {
  constructor(file: string, detail: string, cause?: unknown) {
    super(
      `${file} is damaged or not a study database (${detail}). ` +
        'Put a backup in its place, or move it and its -wal and -shm files away and start the study anew.',
      file,
      { cause },
    );
  }
}

const roomNeededBytes = 1 << 16;

/** The clearest error for what the database driver or the file system threw while `doing` something to `file`. */
export function toStoreError(error: unknown, file: string, doing: string): StoreError {
  if (error instanceof StoreError) return error;
  const detail = reasonOf(error);
  const kind = kindOf(error, detail);
  const say = (what: string) =>
    new StoreError(`${what} (${doing} ${file}: ${detail})`, file, { cause: error });
  if (kind === 'damaged') return new DamagedStoreError(file, detail, error);
  if (kind === 'full' || (kind === 'io' && diskIsFull(file))) {
    return say('The disk is full. Free some space and start again; everything saved before is intact');
  }
  if (kind === 'denied') {
    return say(
      'The folder or file cannot be opened for this. Make it accessible (permissions, read-only disk, ' +
        'a file where a folder should be), or choose another folder with --data',
    );
  }
  if (kind === 'busy') {
    return say('Another program holds the database. Close it (a database browser, a backup) and start again');
  }
  if (kind === 'io')
    return say('The disk reported an error. Check it; what was saved before should be intact');
  return say('The database refused');
}

type Kind = 'full' | 'denied' | 'damaged' | 'busy' | 'io' | 'other';

const kinds: readonly (readonly [RegExp, Kind])[] = [
  [/^(SQLITE_FULL|ENOSPC|EDQUOT)/, 'full'],
  [
    /^(SQLITE_READONLY|SQLITE_CANTOPEN|SQLITE_PERM|SQLITE_AUTH|EACCES|EPERM|EROFS|ENOTDIR|EEXIST|ENOENT)/,
    'denied',
  ],
  [/^(SQLITE_CORRUPT|SQLITE_NOTADB)/, 'damaged'],
  [/^(SQLITE_BUSY|SQLITE_LOCKED)/, 'busy'],
  [/^(SQLITE_IOERR|EIO)/, 'io'],
];

function kindOf(error: unknown, detail: string): Kind {
  const code = errorCode(error);
  const known = kinds.find(([pattern]) => pattern.test(code))?.[1];
  // Failures to open reach us without a code, as text that ends in SQLite's result code; 14 is "cannot open".
  return known ?? (/: 14"?\)?$/.test(detail) ? 'denied' : 'other');
}

/** The driver's or the file system's name for the failure; empty where there is none. */
export function errorCode(error: unknown): string {
  const code = (error as { readonly code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}

/** SQLite reports some writes that found no room as plain input/output errors. */
function diskIsFull(file: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(path.dirname(file));
    return bavail * bsize < roomNeededBytes;
  } catch {
    return false;
  }
}
