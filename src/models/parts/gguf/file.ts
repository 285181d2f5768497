import { createHash } from 'node:crypto';
import { createReadStream, type Stats } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { InputError } from '../../../core/index.ts';
import { type GgufFacts, ggufFacts } from './facts.ts';
import { HeaderGoesOn, NoGguf, readGgufHeader } from './header.ts';

/** Vocabularies are the longest part of a header; the largest known take some 20 MB. */
const longestHeader = 1 << 28;
const firstRead = 1 << 20;

export interface GgufFile extends GgufFacts {
  /** Size in bytes. */
  readonly size: number;
}

/**
 * Reads what a GGUF file says of itself, and checks that it is whole.
 *
 * @throws InputError when there is no such file, it is of another format, cut, or a part of several
 */
export async function readGgufFile(path: string): Promise<GgufFile> {
  const { size } = await existing(path);
  const described = await headerOf(path, size);
  if (described.parts > 1) {
    throw new InputError(
      `The file ${path} is one of ${described.parts} parts. Join them with "llama-gguf-split --merge" and name the whole.`,
    );
  }
  if (size < described.bytes) throw cut(path, size, described.bytes);
  return { ...described, size };
}

async function existing(path: string): Promise<Stats> {
  let found: Stats;
  try {
    found = await stat(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR')
      throw new InputError(`There is no file ${path}. Name a GGUF file, as in "gguf:./model.gguf".`);
    throw new InputError(`The file ${path} cannot be read (${code}).`);
  }
  if (!found.isFile())
    throw new InputError(`${path} is no file. Name a GGUF file, as in "gguf:./model.gguf".`);
  return found;
}

async function headerOf(path: string, size: number): Promise<GgufFacts> {
  const handle = await open(path).catch((error: NodeJS.ErrnoException) => {
    throw new InputError(`The file ${path} cannot be read (${error.code}).`);
  });
  try {
    for (let length = Math.min(firstRead, size); ; length = Math.min(4 * length, size)) {
      const { buffer } = await handle.read(Buffer.alloc(length), 0, length, 0);
      try {
        return ggufFacts(readGgufHeader(buffer));
      } catch (error) {
        if (error instanceof NoGguf) throw new InputError(`The file ${path} ${error.message}.`);
        if (!(error instanceof HeaderGoesOn)) throw error;
        if (length === size) throw cut(path, size);
        if (length >= longestHeader) throw new InputError(`The file ${path} is a damaged GGUF file.`);
      }
    }
  } finally {
    await handle.close();
  }
}

function cut(path: string, size: number, wanted?: number): InputError {
  const of = wanted === undefined ? '' : ` of ${wanted}`;
  return new InputError(`The file ${path} is cut: it has ${size}${of} bytes. Get it again.`);
}

/**
 * SHA-256 of a file of any size.
 *
 * @param onRead told how many bytes have been read
 * @throws the reason of `signal` when it aborts
 */
export async function fileHash(
  path: string,
  signal?: AbortSignal,
  onRead?: (bytes: number) => void,
): Promise<string> {
  const hash = createHash('sha256');
  let read = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 22, ...(signal && { signal }) })) {
    hash.update(chunk as Buffer);
    onRead?.((read += (chunk as Buffer).length));
  }
  return hash.digest('hex');
}
