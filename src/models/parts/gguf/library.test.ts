import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { InputError } from '../../../core/index.ts';
import { findLibrary, libraryName } from './library.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'agentmesh-peer-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A folder with a package in it, and one that is two folders below it. */
function installed(name: string, version: string, code: string) {
  const above = path.join(folder, name);
  const home = path.join(above, 'node_modules', libraryName);
  mkdirSync(home, { recursive: true });
  writeFileSync(
    path.join(home, 'package.json'),
    JSON.stringify({ version, main: 'index.js', type: 'module' }),
  );
  writeFileSync(path.join(home, 'index.js'), code);
  return path.join(above, 'studies', 'mine');
}

describe('the library', () => {
  it('is found beside or above the folder that a user works in', async () => {
    const below = installed('good', '3.21.1', 'export const getLlama = () => "llama";');
    const { library, version } = await findLibrary([folder, below]);
    expect([version, library.getLlama({} as never)]).toEqual(['3.21.1', 'llama']);
  });

  it('that is missing is named with the command that installs it', async () => {
    await expect(findLibrary([folder])).rejects.toThrow(
      new InputError(
        'Models of GGUF files need the package node-llama-cpp, which is not installed here. ' +
          'Install it (732 MB) with: npm install node-llama-cpp@3.21.1',
      ),
    );
  });

  it.each(['2.9.0', '3.9.0', '3.21.0', '4.0.0', 'unknown'])('of version %s is refused', async (version) => {
    const below = installed(version, version, '');
    await expect(findLibrary([below])).rejects.toThrow(
      new RegExp(`need node-llama-cpp 3\\.21\\.1 or a later 3, but .* has ${version}`),
    );
  });

  it.each(['3.21.2', '3.30.0'])('of version %s is taken', async (version) => {
    expect((await findLibrary([installed(version, version, '')])).version).toBe(version);
  });

  it('that does not start says why', async () => {
    const below = installed('broken', '3.21.1', 'throw new Error("a file is missing");');
    await expect(findLibrary([below])).rejects.toThrow(
      /does not start \(a file is missing\)\. Install it again with/,
    );
  });
});
