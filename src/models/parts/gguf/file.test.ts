import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { tinyGguf } from '../../../../test/support/tiny-gguf.ts';
import { sha256 } from '../../../core/index.ts';
import { fileHash, readGgufFile } from './file.ts';
import { memoryNeeded, refuseTooLarge } from './memory.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'agentmesh-gguf-'));
afterAll(() => rmSync(folder, { recursive: true }));
const written = (name: string, bytes: Buffer) => {
  const file = path.join(folder, name);
  writeFileSync(file, bytes);
  return file;
};

const tensors = [{ name: 'a', shape: [32], type: 0 }];
const whole = tinyGguf({ metadata: { 'general.architecture': 'llama' }, tensors, weights: 128 });

describe('a file', () => {
  it('that is whole is read, whatever the length of its vocabulary', async () => {
    const tokens = Array.from({ length: 300_000 }, (_, k) => `token ${k}`);
    const bytes = tinyGguf({ metadata: { 'tokenizer.ggml.tokens': tokens }, tensors, weights: 128 });
    expect(bytes.length).toBeGreaterThan(4e6);
    expect(await readGgufFile(written('long.gguf', bytes))).toMatchObject({ size: bytes.length, parts: 1 });
  });

  it.each<[what: string, bytes: Buffer | undefined, says: RegExp]>([
    ['missing', undefined, /^There is no file .*\. Name a GGUF file, as in "gguf:\.\/model\.gguf"\.$/],
    ['of another format', Buffer.from('{"a": "safetensors"}'), /^The file .* is no GGUF file\.$/],
    ['empty', Buffer.alloc(0), /^The file .* is cut: it has 0 bytes\. Get it again\.$/],
    ['cut in its header', whole.subarray(0, 60), /^The file .* is cut: it has 60 bytes\. Get it again\.$/],
    [
      'cut in its weights',
      whole.subarray(0, whole.length - 1),
      new RegExp(`is cut: it has ${whole.length - 1} of ${whole.length} bytes`),
    ],
    ['of an old version', tinyGguf({ version: 1 }), /is a GGUF file of version 1; 2 and 3 can be read\.$/],
    ['of the other byte order', tinyGguf({ version: 3 << 24 }), /of the other byte order\.$/],
    [
      'a part of several',
      tinyGguf({ metadata: { 'split.count': 3 } }),
      /is one of 3 parts\. Join them with "llama-gguf-split --merge"/,
    ],
  ])('that is %s is refused in one sentence', async (what, bytes, says) => {
    const file = bytes ? written(`${what}.gguf`, bytes) : path.join(folder, 'none.gguf');
    await expect(readGgufFile(file)).rejects.toThrow(says);
  });

  it('that is damaged in its header is refused, not followed', async () => {
    const bytes = Buffer.from(whole);
    bytes.writeBigUInt64LE(2n ** 60n, 16);
    await expect(readGgufFile(written('damaged.gguf', bytes))).rejects.toThrow(/is a damaged GGUF file\.$/);
  });

  it('that is a folder is refused', async () => {
    await expect(readGgufFile(folder)).rejects.toThrow(/is no file\. Name a GGUF file/);
  });

  it('has the hash of its bytes', async () => {
    const read: number[] = [];
    const file = written('hash.gguf', whole);
    expect(await fileHash(file, undefined, (bytes) => void read.push(bytes))).toBe(sha256(whole));
    expect(read.at(-1)).toBe(whole.length);
  });
});

it('a model that needs more memory than there is, is refused with what it needs', () => {
  const needed = memoryNeeded({ size: 1e9, bytesPerToken: 1e5 }, { contextLength: 1000, sequences: 4 });
  expect(needed).toBe(1e9 + 4e8 + 120e6);
  expect(() => refuseTooLarge('m.gguf', needed, 1.5e9)).toThrow(
    /^The model m\.gguf needs about 1\.5 GB of memory, but 1\.5 GB are free\. Take a smaller quantisation/,
  );
  expect(() => refuseTooLarge('m.gguf', needed, 1.6e9)).not.toThrow();
});
