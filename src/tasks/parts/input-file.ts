import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { InputError, sha256 } from '../../core/index.ts';

const mostBytes = 64e6;

/** Where a file lies that comes with the package. */
export function shippedFile(name: string): string {
  return fileURLToPath(new URL(`../../../examples/${name}`, import.meta.url));
}

/** What is in a file, by which it is known wherever it lies. */
export const fileHash = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'this is no SHA-256 in lower-case hexadecimal')
  .optional()
  .describe('The SHA-256 of what is in the file; another file is refused.');

/**
 * Adds to options what is in their file, once they are read.
 * @param shipped what is read where no file is named
 */
export function withHash<Options extends { readonly file?: string; readonly sha256?: string }>(
  shipped: string,
): (options: Options, context: z.RefinementCtx) => Options & { readonly sha256: string } {
  return (options, context) => {
    const { file = shipped } = options;
    try {
      const found = sha256(fileBytes(file));
      if (options.sha256 === undefined || options.sha256 === found) return { ...options, sha256: found };
      context.addIssue({
        code: 'custom',
        path: ['sha256'],
        message: `${file} has the SHA-256 ${found}: it is not the file that was meant`,
      });
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      context.addIssue({ code: 'custom', path: ['file'], message: error.message });
    }
    return z.NEVER;
  };
}

/** The bytes of that file. @throws InputError when they are others by now */
export function bytesMeant(file: string, meant: string): Uint8Array {
  const bytes = fileBytes(file);
  if (sha256(bytes) === meant) return bytes;
  throw new InputError('The file was changed while it was read. Start again.', { file });
}

/**
 * The bytes of a file, from the folder that the command was started in.
 * @throws InputError when it is not there, no file, empty, or too large
 */
function fileBytes(name: string): Uint8Array {
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
