import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { errorCode } from './errors.ts';

export const writerInfoName = 'writer.json';

/** Who writes to a study, for people to read; the lock itself never depends on it. */
export interface Writer {
  readonly pid: number;
  readonly host: string;
  readonly startedAt: string;
}

/**
 * The process that a study's folder names as its writer; undefined when there is none, or when it has died on
 * this machine and left its name behind.
 */
export function currentWriter(directory: string): Writer | undefined {
  let writer: Writer;
  try {
    writer = JSON.parse(readFileSync(path.join(directory, writerInfoName), 'utf8')) as Writer;
  } catch {
    return undefined;
  }
  return writer.host !== hostname() || isAlive(writer.pid) ? writer : undefined;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}
