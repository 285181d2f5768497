import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import Database from 'libsql';
import { afterEach, describe, expect, it } from 'vitest';
import { StoreError } from '../../contracts/index.ts';
import { systemClock as clock, randomStream } from '../../core/index.ts';
import { randomEpisode } from '../../testing/index.ts';
import { temporaryFolders } from '../../../test/support/writing-process.ts';
import { acquireWriterLock, DamagedStoreError, openStore, readStore, storeFileName } from '../index.ts';

const opening = {
  read: (folder: string) => readStore(folder),
  write: (folder: string) => openStore(folder, { clock }),
};
const newFolder = temporaryFolders();
const timing = { startedAt: '2001-02-03T04:05:06Z', wallMs: 1 };
const episode = (k: number) => randomEpisode('run', k, randomStream('faults', k));
const fileIn = (folder: string) => path.join(folder, storeFileName);

const mounted: string[] = [];
afterEach(() => {
  for (const folder of mounted.splice(0)) execFileSync('umount', ['-l', folder]);
});
function mount(folder: string, ...args: string[]) {
  execFileSync('mount', [...args, folder], { stdio: 'pipe' });
  if (!mounted.includes(folder)) mounted.push(folder);
}
function canMount(): boolean {
  try {
    const folder = newFolder();
    execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', folder], { stdio: 'pipe' });
    execFileSync('umount', [folder]);
    return true;
  } catch {
    return false;
  }
}

const mounts = canMount();
if (!mounts) {
  console.warn(
    'SKIPPED: full disk and read-only disk, for this user may not mount file systems (needs root).',
  );
}

async function storeWith(folder: string, episodes: number) {
  const store = await openStore(folder, { clock });
  for (let k = 0; k < episodes; k++) await store.saveEpisode(episode(k), timing);
  return store;
}

async function saveUntilFailure(store: Awaited<ReturnType<typeof openStore>>, first: number) {
  for (let k = first; k < 10_000; k++) {
    try {
      await store.saveEpisode(episode(k), timing);
    } catch (error) {
      return { saved: k, error };
    }
  }
  throw new Error('the disk never became full');
}

function isIntact(folder: string) {
  const db = new Database(fileIn(folder));
  expect(db.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
  db.close();
}

describe.runIf(mounts)('a full disk', () => {
  it('ends in a clear error, keeps everything saved, and goes on once there is room', async () => {
    const folder = newFolder();
    mount(folder, '-t', 'tmpfs', '-o', 'size=2m', 'tmpfs');
    const filler = path.join(folder, 'filler');
    writeFileSync(filler, Buffer.alloc(1 << 20));
    const store = await openStore(folder, { clock });
    const { saved, error } = await saveUntilFailure(store, 0);
    expect(error).toBeInstanceOf(StoreError);
    expect((error as StoreError).message).toMatch(/^The disk is full\. Free some space/);
    expect((error as StoreError).message).toContain(fileIn(folder));
    expect(saved).toBeGreaterThan(10);
    expect(await store.episodes('run')).toHaveLength(saved);

    rmSync(filler);
    await store.saveEpisode(episode(saved), timing);
    await store.close();
    isIntact(folder);
    const reader = await readStore(folder);
    for (let k = 0; k <= saved; k++) expect(await reader.episode('run', k)).toEqual(episode(k));
    await reader.close();
  });

  it('loses nothing when the process gives up there and a later one starts with room', async () => {
    const folder = newFolder();
    mount(folder, '-t', 'tmpfs', '-o', 'size=2m', 'tmpfs');
    const filler = path.join(folder, 'filler');
    writeFileSync(filler, Buffer.alloc(1 << 20));
    const store = await openStore(folder, { clock });
    const { saved } = await saveUntilFailure(store, 0);
    await store.close();
    rmSync(filler);
    const again = await openStore(folder, { clock });
    expect(await again.episodes('run')).toHaveLength(saved);
    await again.saveEpisode(episode(saved), timing);
    await again.close();
    isIntact(folder);
  });

  it('refuses to begin a study in it, with the same clear error', async () => {
    const folder = newFolder();
    mount(folder, '-t', 'tmpfs', '-o', 'size=64k', 'tmpfs');
    try {
      writeFileSync(path.join(folder, 'filler'), Buffer.alloc(1 << 17));
    } catch {
      // Filled to the last page, as intended.
    }
    await expect(openStore(folder, { clock })).rejects.toThrow(/The disk is full/);
  });
});

describe.runIf(mounts)('a read-only disk', () => {
  async function readOnlyStudy() {
    const folder = newFolder();
    await (await storeWith(folder, 3)).close();
    for (const name of readdirSync(folder)) if (name !== storeFileName) rmSync(path.join(folder, name));
    mount(folder, '--bind', folder);
    execFileSync('mount', ['-o', 'remount,ro,bind', folder], { stdio: 'pipe' });
    return folder;
  }

  it('can be read from', async () => {
    const reader = await readStore(await readOnlyStudy());
    expect(await reader.episodes('run')).toHaveLength(3);
    expect(await reader.episode('run', 2)).toEqual(episode(2));
    await reader.close();
  });

  it('cannot be written to: a clear error names it', async () => {
    const folder = await readOnlyStudy();
    const opening = openStore(folder, { clock });
    await expect(opening).rejects.toThrow(StoreError);
    await expect(opening).rejects.toThrow(/cannot be opened for this/);
    await expect(opening).rejects.toThrow(folder);
  });
});

describe('a folder that cannot be used', () => {
  it('is named when a file stands in its place', async () => {
    const folder = newFolder();
    writeFileSync(path.join(folder, 'file'), '');
    for (const place of ['file', 'file/study']) {
      const opening = openStore(path.join(folder, place), { clock });
      await expect(opening).rejects.toThrow(StoreError);
      await expect(opening).rejects.toThrow(path.join(folder, place));
    }
  });

  it('is named when the database is a folder', async () => {
    const folder = newFolder();
    mkdirSync(fileIn(folder));
    await expect(openStore(folder, { clock })).rejects.toThrow(/cannot be opened for this/);
    await expect(readStore(folder)).rejects.toThrow(fileIn(folder));
  });

  it.skipIf(process.getuid?.() === 0)(
    'can be read, but is refused for writing, without permission',
    async () => {
      const folder = newFolder();
      await (await storeWith(folder, 3)).close();
      for (const name of readdirSync(folder)) if (name !== storeFileName) rmSync(path.join(folder, name));
      chmodSync(folder, 0o555);
      try {
        await expect(acquireWriterLock(folder, clock)).rejects.toThrow(/cannot be opened for this/);
        const reader = await readStore(folder);
        expect(await reader.episodes('run')).toHaveLength(3);
        await reader.close();
      } finally {
        chmodSync(folder, 0o755);
      }
    },
  );
});

describe('a damaged database', () => {
  const damage = (folder: string, from: number, to: number) => {
    const bytes = readFileSync(fileIn(folder));
    writeFileSync(fileIn(folder), bytes.fill(0x5a, from, Math.min(to, bytes.length)));
  };

  it('is reported as such when pages are overwritten', async () => {
    const folder = newFolder();
    await (await storeWith(folder, 30)).close();
    damage(folder, 4096, statSync(fileIn(folder)).size);
    const reading = readStore(folder).then((store) => store.episodes('run'));
    await expect(reading).rejects.toThrow(DamagedStoreError);
    await expect(reading).rejects.toThrow(fileIn(folder));
  });

  it('is reported as such when nothing is left of it, and is not begun anew in silence', async () => {
    for (const content of ['', 'x', 'not a database at all']) {
      const folder = newFolder();
      writeFileSync(fileIn(folder), content);
      writeFileSync(path.join(folder, 'report.html'), 'of an earlier start');
      for (const mode of ['write', 'read'] as const)
        await expect(opening[mode](folder)).rejects.toThrow(DamagedStoreError);
      expect(readFileSync(fileIn(folder), 'utf8')).toBe(content);
    }
  });

  it('that is empty and alone holds nothing that could be lost: the study starts anew, and that is said', async () => {
    const folder = newFolder();
    writeFileSync(fileIn(folder), '');
    await expect(readStore(folder)).rejects.toThrow(/is empty: 0 bytes/);
    const notes: string[] = [];
    const store = await openStore(folder, { clock, onNote: (text) => notes.push(text) });
    await store.close();
    expect(notes).toEqual([expect.stringContaining('was empty (0 bytes)')]);
  });

  it('does not come from a log that was left when the database was moved away', async () => {
    const folder = newFolder();
    const first = await storeWith(folder, 2);
    const log = readFileSync(`${fileIn(folder)}-wal`);
    await first.close();
    renameSync(fileIn(folder), path.join(folder, 'away.db'));
    writeFileSync(`${fileIn(folder)}-wal`, log);
    const second = await openStore(folder, { clock });
    expect(await second.episodes('run')).toEqual([]);
    await second.close();
    expect(readdirSync(folder).filter((name) => name.includes('.part-'))).toEqual([]);
  });

  it('is never written through a link', async () => {
    const folder = newFolder();
    const elsewhere = path.join(newFolder(), 'elsewhere.db');
    symlinkSync(elsewhere, fileIn(folder));
    await expect(openStore(folder, { clock })).rejects.toThrow(/is a link/);
    expect(existsSync(elsewhere)).toBe(false);
  });

  it('is reported as such when it has been cut off', async () => {
    const folder = newFolder();
    await (await storeWith(folder, 30)).close();
    writeFileSync(fileIn(folder), readFileSync(fileIn(folder)).subarray(0, 8192));
    const reading = readStore(folder).then((store) => store.episodes('run'));
    await expect(reading).rejects.toThrow(DamagedStoreError);
  });

  it('is reported with the episode whose trace cannot be read', async () => {
    const folder = newFolder();
    await (await storeWith(folder, 2)).close();
    const db = new Database(fileIn(folder));
    db.exec("UPDATE episode SET trace = x'0102030405' WHERE episode = 1");
    db.close();
    const store = await readStore(folder);
    await expect(store.episode('run', 1)).rejects.toThrow(/episode 1 of run run cannot be read/);
    expect(await store.episode('run', 0)).toEqual(episode(0));
    await store.close();
  });
});
