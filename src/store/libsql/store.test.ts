import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, it } from 'vitest';
import { systemClock as clock } from '../../core/index.ts';
import { storeConformance } from '../../testing/index.ts';
import { memoryStore, openStore, storeFileName } from '../index.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});
const newFolder = () => {
  folders.push(mkdtempSync(path.join(tmpdir(), 'store-')));
  return folders[folders.length - 1];
};

describe('the libsql store conforms to the contract', () => {
  const checks = storeConformance({
    create: () => openStore(newFolder(), { clock }),
    // What the disk holds at this moment, with the log not yet written back, is what a crash leaves.
    crash: async (store) => {
      const [from, to] = [folders[folders.length - 1], newFolder()];
      for (const name of [storeFileName, `${storeFileName}-wal`]) {
        copyFileSync(path.join(from, name), path.join(to, name));
      }
      await store.close();
      return openStore(to, { clock });
    },
  });
  for (const check of checks) it(check.name, check.run);
});

describe('the store in memory conforms to the contract', () => {
  for (const check of storeConformance({ create: async () => memoryStore() })) it(check.name, check.run);
});
