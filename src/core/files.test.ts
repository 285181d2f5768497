import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { exitCodes } from './errors.ts';
import { FileError, fileError, writeStreamed, writeWhole } from './files.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'agentmesh-files-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
});
const at = (name: string) => path.join(folder, name);
const text = (name: string) => readFileSync(at(name), 'utf8');

/** Both ways to write a file. */
const ways: readonly (readonly [string, (file: string, content: string) => void | Promise<void>])[] = [
  ['writeWhole', writeWhole],
  ['writeStreamed', (file, content) => writeStreamed(file, (write) => write(content))],
];

describe.each(ways)('%s', (_, write) => {
  it('replaces a file and leaves nothing beside it', async () => {
    await write(at('a'), 'one');
    await write(at('a'), 'two');
    expect(text('a')).toBe('two');
    expect(readdirSync(folder)).toEqual(['a']);
  });

  it('replaces a link, and never writes to what it leads to', async () => {
    writeFileSync(at('precious'), 'precious');
    symlinkSync(at('precious'), at('a'));
    symlinkSync(at('nowhere'), at('b'));
    // A link under the name of the unfinished file, set by somebody who guesses it.
    symlinkSync(at('precious'), at(`a.part-${process.pid}`));
    await write(at('a'), 'one');
    await write(at('b'), 'two');
    expect([text('precious'), text('a'), text('b')]).toEqual(['precious', 'one', 'two']);
    expect(existsSync(at('nowhere'))).toBe(false);
    expect(readdirSync(folder).sort()).toEqual(['a', 'b', 'precious']);
  });

  it('says in one sentence that the name is that of a folder, and leaves nothing', async () => {
    mkdirSync(at('taken/inside'), { recursive: true });
    const failed = await Promise.resolve()
      .then(() => write(at('taken'), 'x'))
      .catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(FileError);
    expect(failed).toMatchObject({ problem: 'is-folder', exitCode: exitCodes.refused });
    expect(readdirSync(folder)).toEqual(['taken']);
  });

  it('says which part of a path is a file', async () => {
    writeFileSync(at('file'), '');
    await expect(Promise.resolve().then(() => write(at('file/x/y'), 'z'))).rejects.toThrow(
      /file\/x\/y cannot be written/,
    );
  });
});

describe('writeStreamed', () => {
  it('keeps the old file, and nothing else, when the content cannot be made', async () => {
    writeFileSync(at('a'), 'old');
    const broken = writeStreamed(at('a'), async (write) => {
      await write('x'.repeat(200_000));
      throw new RangeError('no more');
    });
    await expect(broken).rejects.toThrow(RangeError);
    expect(text('a')).toBe('old');
    expect(readdirSync(folder)).toEqual(['a']);
  });

  it('writes pieces of text and bytes in order', async () => {
    const pieces = Array.from({ length: 5_000 }, (_, k) => (k % 2 ? Buffer.from(`${k};`) : `${k};`));
    await writeStreamed(at('a'), async (write) => {
      for (const piece of pieces) await write(piece);
    });
    expect(text('a')).toBe(pieces.map(String).join(''));
  });

  it.runIf(existsSync('/dev/full'))(
    'writes to a device without replacing it, and says that it is full',
    async () => {
      for (const length of [1, 1_000_000]) {
        const full = writeStreamed('/dev/full', (write) => write('x'.repeat(length)));
        await expect(full).rejects.toThrow(/^The disk is full: \/dev\/full could not be written \(ENOSPC\)/);
      }
      await writeStreamed('/dev/null', (write) => write('x'));
      expect(readdirSync('/dev').filter((name) => name.includes('.part-'))).toEqual([]);
    },
  );

  it('needs the folder, and says so', async () => {
    const missing = writeStreamed(at('no/where.csv'), (write) => write('x'), 'Choose another with --out.');
    await expect(missing).rejects.toThrow(/where\.csv cannot be written: there is no folder .*no .*--out\.$/);
  });
});

it.each([
  ['EDQUOT', 'disk-full', /^The disk is full/],
  ['EROFS', 'no-permission', /does not permit it/],
  ['EACCES', 'no-permission', /does not permit it/],
  ['EMFILE', 'other', /too many/],
])('%s has its sentence', (code, problem, sentence) => {
  const error = fileError(Object.assign(new Error('too many'), { code }), '/x/y');
  expect(error.problem).toBe(problem);
  expect(error.message).toMatch(sentence);
});
