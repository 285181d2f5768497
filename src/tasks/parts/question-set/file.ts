import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { InputError } from '../../../core/index.ts';

/** Twenty questions that come with the package. */
const shipped = fileURLToPath(new URL('../../../../examples/questions.jsonl', import.meta.url));

const mostBytes = 64e6;

/** The name of a file for messages; that of the questions of the package where none is given. */
export function fileName(file: string | undefined): string {
  return file ?? shipped;
}

/**
 * The bytes of a file of questions, from the folder that the command was started in.
 * @throws InputError when it is not there, no file, empty, or too large
 */
export function fileBytes(file: string | undefined): Uint8Array {
  const name = fileName(file);
  const where = path.resolve(name) === name ? '' : ` (looked for as ${path.resolve(name)})`;
  let bytes: Uint8Array;
  try {
    const { size } = statSync(name);
    if (size > mostBytes)
      throw new InputError(`${name} has ${Math.round(size / 1e6)} MB; ${mostBytes / 1e6} MB are the most`);
    bytes = readFileSync(name);
  } catch (error) {
    if (error instanceof InputError) throw error;
    const { code = String(error) } = error as NodeJS.ErrnoException;
    throw new InputError(
      code === 'ENOENT'
        ? `there is no file ${name}${where}`
        : `${name} cannot be read (${code === 'EISDIR' ? 'it is a folder' : code})${where}`,
    );
  }
  if (bytes.length === 0) throw new InputError(`${name} is empty`);
  return bytes;
}
