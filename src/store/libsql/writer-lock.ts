import { mkdirSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import Database from 'libsql';
import { type Clock, FileError, writeWhole } from '../../core/index.ts';
import { errorCode, StudyLockedError, toStoreError } from './errors.ts';
import { currentWriter, type Writer, writerInfoName } from './writer-info.ts';

/** The right to write to a study. */
export interface WriterLock {
  readonly directory: string;
  /** Lets go; calling it again does nothing. */
  release(): void;
}

const lockTimeoutMs = 250;
const patienceMs = 1_000;
const pollMs = 25;

/**
 * One writer per study. The lock is an open transaction on `writer.lock`: the operating system frees it when
 * the process dies, however it dies, so no process id is ever trusted for it. `writer.json` beside it only
 * tells a second writer whom it meets.
 *
 * @throws StudyLockedError naming the process that writes
 * @throws StoreError when the folder cannot be written
 */
export async function acquireWriterLock(directory: string, clock: Clock): Promise<WriterLock> {
  const folder = path.resolve(directory);
  const lockFile = path.join(folder, 'writer.lock');
  const infoFile = path.join(folder, writerInfoName);
  let db: Database.Database;
  try {
    mkdirSync(folder, { recursive: true });
    db = new Database(lockFile, { timeout: lockTimeoutMs });
  } catch (error) {
    throw toStoreError(error, folder, 'locking');
  }
  try {
    // Never prepare on this connection: a living statement would keep it, and the lock, after close().
    db.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    if (errorCode(error) !== 'SQLITE_BUSY') throw toStoreError(error, lockFile, 'locking');
    throw new StudyLockedError(folder, await whoWrites(folder, clock));
  }
  const release = () => {
    if (!db.open) return;
    rmSync(infoFile, { force: true });
    db.exec('ROLLBACK');
    db.close();
  };
  try {
    const writer: Writer = { pid: process.pid, host: hostname(), startedAt: clock.timestamp() };
    writeWhole(infoFile, `${JSON.stringify(writer)}\n`);
  } catch (error) {
    release();
    throw toStoreError(error instanceof FileError ? error.cause : error, infoFile, 'writing');
  }
  return { directory: folder, release };
}

/** Waits a moment for the name of a writer that has just begun; a dead process left its name, not the lock. */
async function whoWrites(directory: string, clock: Clock): Promise<Writer | undefined> {
  for (let waited = 0; waited <= patienceMs; waited += pollMs) {
    const writer = currentWriter(directory);
    if (writer) return writer;
    await clock.sleep(pollMs);
  }
  return undefined;
}
