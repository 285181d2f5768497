import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Migration, sql } from 'kysely';
import Database from 'libsql';
import { describe, expect, it } from 'vitest';
import { systemClock as clock, randomStream } from '../../core/index.ts';
import { randomEpisode } from '../../testing/index.ts';
import { temporaryFolders } from '../../../test/support/writing-process.ts';
import {
  DamagedStoreError,
  NewerStoreError,
  OlderStoreError,
  openStore,
  readStore,
  storeFileName,
} from '../index.ts';
import { storeMigrations } from './migrations.ts';

const opening = {
  read: (folder: string) => readStore(folder),
  write: (folder: string) => openStore(folder, { clock }),
};
const newFolder = temporaryFolders();
const episode = randomEpisode('run', 0, randomStream('migration'));
const timing = { startedAt: '2001-02-03T04:05:06Z', wallMs: 1 };
const fileIn = (folder: string) => path.join(folder, storeFileName);

// What a next version could do: a new column, and rows that it touches.
const next: Record<string, Migration> = {
  ...storeMigrations,
  '9998-note': {
    up: async (db) => {
      await db.schema.alterTable('episode').addColumn('note', 'text').execute();
      await sql`UPDATE episode SET note = 'converted'`.execute(db);
    },
  },
};
const failing: Record<string, Migration> = {
  ...next,
  '9999-broken': { up: async (db) => void (await sql`UPDATE no_such_table SET a = 1`.execute(db)) },
};
const released = Object.keys(storeMigrations).length;

async function studyWithOneEpisode(): Promise<string> {
  const folder = newFolder();
  const store = await openStore(folder, { clock });
  await store.saveEpisode(episode, timing);
  await store.close();
  return folder;
}

describe('opening an older database', () => {
  it('converts it after a backup, which opens as it was', async () => {
    const folder = await studyWithOneEpisode();
    const store = await openStore(folder, { clock, migrations: next });
    expect(await store.episode('run', 0)).toEqual(episode);
    await store.close();
    const backup = `${fileIn(folder)}.backup-v${released}`;
    const notes = (file: string) => {
      const db = new Database(file);
      const columns = db.prepare("SELECT name FROM pragma_table_info('episode')").all() as { name: string }[];
      db.close();
      return columns.filter(({ name }) => name === 'note').length;
    };
    expect(notes(fileIn(folder))).toBe(1);
    expect(notes(backup)).toBe(0);

    const restored = newFolder();
    copyFileSync(backup, fileIn(restored));
    const old = await openStore(restored, { clock });
    expect(await old.episode('run', 0)).toEqual(episode);
    await old.close();
  });

  it('makes no backup of a new or a current database', async () => {
    const folder = await studyWithOneEpisode();
    await (await openStore(folder, { clock })).close();
    expect(readdirSync(folder).filter((name) => name.includes('backup'))).toEqual([]);
  });

  it('changes nothing when a conversion fails half way', async () => {
    const folder = await studyWithOneEpisode();
    await expect(openStore(folder, { clock, migrations: failing })).rejects.toThrow(/no_such_table/);
    const store = await openStore(folder, { clock });
    expect(await store.episode('run', 0)).toEqual(episode);
    await store.close();
    const again = await openStore(folder, { clock, migrations: next });
    await again.close();
  });

  it('is refused for reading, with the remedy', async () => {
    const folder = await studyWithOneEpisode();
    const before = readFileSync(fileIn(folder));
    const reading = readStore(folder, { migrations: next });
    await expect(reading).rejects.toThrow(OlderStoreError);
    await expect(reading).rejects.toThrow(/agentmesh run/);
    expect(readFileSync(fileIn(folder)).equals(before)).toBe(true);
  });
});

describe('opening a newer database', () => {
  it.each(['read', 'write'] as const)(
    'is refused for %s, naming both versions; nothing changes',
    async (mode) => {
      const folder = await studyWithOneEpisode();
      await (await openStore(folder, { clock, migrations: next })).close();
      const before = readFileSync(fileIn(folder));
      const refused = opening[mode](folder);
      await expect(refused).rejects.toThrow(NewerStoreError);
      await expect(refused).rejects.toThrow(
        `format version ${released + 1}, but this program knows versions up to ${released}`,
      );
      expect(readFileSync(fileIn(folder)).equals(before)).toBe(true);
      // The lock has been given back.
      await (await openStore(folder, { clock, migrations: next })).close();
    },
  );
});

describe('opening what is no study database', () => {
  it.each(['read', 'write'] as const)(
    'refuses a foreign database for %s and leaves it alone',
    async (mode) => {
      const folder = newFolder();
      const db = new Database(fileIn(folder));
      db.exec('CREATE TABLE mine (a)');
      db.close();
      const before = readFileSync(fileIn(folder));
      await expect(opening[mode](folder)).rejects.toThrow(/made by another program/);
      expect(readFileSync(fileIn(folder)).equals(before)).toBe(true);
    },
  );

  it.each(['read', 'write'] as const)('refuses a file of other content for %s', async (mode) => {
    const folder = newFolder();
    writeFileSync(fileIn(folder), 'Not a database at all. '.repeat(500));
    await expect(opening[mode](folder)).rejects.toThrow(DamagedStoreError);
  });

  it('starts anew on an empty file, which is what a crash during creation leaves', async () => {
    const folder = newFolder();
    writeFileSync(fileIn(folder), '');
    const store = await openStore(folder, { clock });
    expect(await store.study()).toBeUndefined();
    await store.close();
  });

  it('says which study does not exist, and creates nothing', async () => {
    const folder = path.join(newFolder(), 'missing');
    await expect(readStore(folder)).rejects.toThrow(/There is no study in .*missing/);
    expect(existsSync(folder)).toBe(false);
  });
});
