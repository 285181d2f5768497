import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Writes a file so that a kill at any moment leaves the old one or the new one, whole. Its folder is made; the
 * unfinished file beside it, `<file>.part-<process id>`, is of this process alone.
 */
export function writeWhole(file: string, content: string | Uint8Array): void {
  mkdirSync(path.dirname(file), { recursive: true });
  const unfinished = `${file}.part-${process.pid}`;
  writeFileSync(unfinished, content);
  renameSync(unfinished, file);
}
