import { mkdirSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { AgentMeshError } from './errors.ts';

/** Why a file could not be written. */
export type FileProblem = 'disk-full' | 'no-permission' | 'no-folder' | 'is-folder' | 'other';

/** A file that cannot be written. The machine must be put right, not the input; nothing unfinished is left behind. */
export class FileError extends AgentMeshError {
  readonly file: string;
  readonly problem: FileProblem;
  constructor(file: string, problem: FileProblem, message: string, cause?: unknown) {
    super(message, { cause });
    this.file = file;
    this.problem = problem;
  }
}

const problems: Readonly<Record<string, FileProblem>> = {
  ENOSPC: 'disk-full',
  EDQUOT: 'disk-full',
  EFBIG: 'disk-full',
  EACCES: 'no-permission',
  EPERM: 'no-permission',
  EROFS: 'no-permission',
  ENOENT: 'no-folder',
  ENOTDIR: 'no-folder',
  EISDIR: 'is-folder',
  ENOTEMPTY: 'is-folder',
};

/** The sentence for what the file system threw when `file` was written. */
export function fileError(error: unknown, file: string, remedy = 'Choose another place.'): FileError {
  if (error instanceof FileError) return error;
  const { code = '', message = String(error) } = (error ?? {}) as NodeJS.ErrnoException;
  const problem = problems[code] ?? 'other';
  const sentences: Readonly<Record<FileProblem, string>> = {
    'disk-full': `The disk is full: ${file} could not be written (${code}). Free some space, or write it elsewhere.`,
    'no-permission': `${file} cannot be written: its folder, or the file, does not permit it (${code}). ${remedy}`,
    'no-folder': `${file} cannot be written: there is no folder ${path.dirname(file)} (${code}). Make it first. ${remedy}`,
    'is-folder': `${file} cannot be written: it is a folder. ${remedy}`,
    other: `${file} cannot be written (${message}). ${remedy}`,
  };
  return new FileError(file, problem, sentences[problem], error);
}

/**
 * Writes a file so that a kill at any moment leaves the old one or the new one, whole: under another name in the same
 * folder (`<file>.part-<process id>`, of this process alone), then renamed. A link of that name is replaced, never
 * followed. The folder is made where there is none.
 *
 * @throws FileError with the reason in one sentence
 */
export function writeWhole(file: string, content: string | Uint8Array): void {
  const unfinished = unfinishedName(file);
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    // A leftover, or a link that somebody put there: `wx` opens neither.
    rmSync(unfinished, { force: true });
    writeFileSync(unfinished, content, { flag: 'wx' });
    renameSync(unfinished, file);
  } catch (error) {
    discard(unfinished);
    throw fileError(error, file);
  }
}

const pieceBytes = 1 << 16;

/**
 * The same for what is too long to be held at once: `body` hands over piece by piece, and the file gets its name when
 * `body` has ended. Devices and pipes (`/dev/stdout`) are written directly. The folder must be there.
 *
 * @throws FileError with the reason in one sentence; whatever `body` throws
 */
export async function writeStreamed(
  file: string,
  body: (write: (piece: string | Uint8Array) => Promise<void>) => Promise<void>,
  remedy?: string,
): Promise<void> {
  const direct = isSpecial(file);
  const target = direct ? file : unfinishedName(file);
  const told = async <T>(act: () => T | Promise<T>): Promise<T> => {
    try {
      return await act();
    } catch (error) {
      throw fileError(error, file, remedy);
    }
  };
  const handle = await told(async () => {
    if (!direct) rmSync(target, { force: true });
    return open(target, direct ? 'w' : 'wx');
  });
  let waiting: Uint8Array[] = [];
  let bytes = 0;
  const flush = async () => {
    const all = Buffer.concat(waiting);
    waiting = [];
    bytes = 0;
    await told(() => handle.writeFile(all));
  };
  try {
    await body(async (piece) => {
      const next = typeof piece === 'string' ? Buffer.from(piece) : piece;
      waiting.push(next);
      bytes += next.length;
      if (bytes >= pieceBytes) await flush();
    });
    await flush();
    await told(() => handle.close());
    if (!direct) await told(() => renameSync(target, file));
  } catch (error) {
    await handle.close().catch(() => {});
    if (!direct) discard(target);
    throw error;
  }
}

function unfinishedName(file: string): string {
  return `${file}.part-${process.pid}`;
}

function discard(unfinished: string): void {
  try {
    rmSync(unfinished, { force: true });
  } catch {
    // Its folder is none, or permits nothing: then there is nothing to take away.
  }
}

/** Whether there is a device or a pipe of that name, which must not be replaced by a file. */
function isSpecial(file: string): boolean {
  try {
    const folder = realpathSync(path.dirname(file));
    if (/^\/(dev(?!\/shm)|proc)(\/|$)/.test(folder)) return true;
  } catch {
    return false;
  }
  const found = statSync(file, { throwIfNoEntry: false });
  return found !== undefined && !found.isFile() && !found.isDirectory();
}
