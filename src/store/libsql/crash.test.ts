import Database from 'libsql';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock as clock, randomStream } from '../../core/index.ts';
import { randomEpisode } from '../../testing/index.ts';
import { startChild, temporaryFolders } from '../../../test/support/writing-process.ts';
import { openStore, readStore, storeFileName } from '../index.ts';

const newFolder = temporaryFolders();
const expected = (k: number) => randomEpisode(`run-${k}`, 0, randomStream('child', k));

describe('a store whose process is killed', () => {
  it('loses no saved episode in 24 kills at random moments, and opens again at once', async () => {
    const folder = newFolder();
    const moments = randomStream('moments of kills');
    let saved = 0;
    let killed = 0;
    while (killed < 24) {
      const child = startChild(folder, saved, 100_000);
      // Some kills hit the opening, for the first child even the creation of the file; the others hit writing.
      const opening = moments.integer(0, 3) === 0;
      await child.said(opening ? 'ready' : 'saved');
      await clock.sleep(moments.integer(0, opening ? 30 : 200));
      child.process.kill('SIGKILL');
      await child.ended;
      killed++;
      expect(child.lines.filter((line) => line.startsWith('failed'))).toEqual([]);
      const said = child.lines.filter((line) => line.startsWith('saved')).length;

      const store = await openStore(folder, { clock });
      const settled = await store.settled();
      // The child may die between the commit and its message, never the other way round.
      expect(settled.size - saved - said).toBeGreaterThanOrEqual(0);
      expect(settled.size - saved - said).toBeLessThanOrEqual(1);
      for (let k = saved; k < settled.size; k++) {
        expect(await store.episode(`run-${k}`, 0)).toEqual(expected(k));
        expect(await store.episodes(`run-${k}`)).toHaveLength(1);
        expect(settled.get(`run-${k}`)?.status).toBe('done');
      }
      saved = settled.size;
      await store.close();
    }
    // Were every child killed before it wrote, the test would show nothing.
    expect(saved).toBeGreaterThan(12);
    const db = new Database(path.join(folder, storeFileName));
    expect(db.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
    expect(db.prepare('SELECT count(*) AS n FROM episode').all()).toEqual([{ n: saved }]);
    db.close();
  });
});

describe('a study that is being written', () => {
  it('can be read by another process all the while', async () => {
    const folder = newFolder();
    const child = startChild(folder, 0, 100_000);
    await child.said('saved 0');
    const counts = new Set<number>();
    const store = await readStore(folder);
    while (counts.size < 40) {
      const settled = await store.settled();
      counts.add(settled.size);
      const last = settled.size - 1;
      expect(await store.episode(`run-${last}`, 0)).toEqual(expected(last));
      await clock.sleep(5);
    }
    child.process.kill('SIGKILL');
    await child.ended;
    const { size } = await store.settled();
    expect(size).toBeGreaterThanOrEqual(child.lines.filter((line) => line.startsWith('saved')).length);
    expect(size).toBeGreaterThanOrEqual(Math.max(...counts));
    await store.close();
  });
});
