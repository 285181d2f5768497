import Database from 'libsql';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock as clock, randomStream } from '../core/index.ts';
import { randomEpisode } from '../testing/index.ts';
import { startChild, temporaryFolders } from './child.test-support.ts';
import { openStore, storeFileName } from './index.ts';

const newFolder = temporaryFolders();
const expected = (k: number) => randomEpisode(`run-${k}`, 0, randomStream('child', k));

describe('a store whose process is killed', () => {
  it(
    'loses no saved episode in 24 kills at random moments, and opens again at once',
    { timeout: 300_000 },
    async () => {
      const folder = newFolder();
      const moments = randomStream('moments of kills');
      let saved = 0;
      let killed = 0;
      while (killed < 24) {
        const child = startChild(folder, saved, 100_000);
        await child.said('ready');
        // Short waits hit the opening, for the first child even the creation of the file; long ones hit writing.
        await clock.sleep(moments.integer(0, 3) === 0 ? moments.integer(0, 30) : moments.integer(30, 250));
        child.process.kill('SIGKILL');
        await child.ended;
        killed++;
        expect(child.lines.filter((line) => line.startsWith('failed'))).toEqual([]);
        const said = child.lines.filter((line) => line.startsWith('saved')).length;

        const store = await openStore(folder, { mode: 'write', clock });
        const settled = await store.settled();
        // The child may die between the commit and its message, never the other way round.
        expect(settled.size - saved - said).toBeGreaterThanOrEqual(0);
        expect(settled.size - saved - said).toBeLessThanOrEqual(1);
        for (let k = saved; k < settled.size; k++) {
          expect(await store.episode(`run-${k}`, 0)).toEqual(expected(k));
          expect(await store.timings(`run-${k}`)).toHaveLength(1);
          expect(settled.get(`run-${k}`)?.status).toBe('done');
        }
        saved = settled.size;
        await store.close();
      }
      // Were every child killed before it wrote, the test would show nothing.
      expect(saved).toBeGreaterThan(50);
      const db = new Database(path.join(folder, storeFileName));
      expect(db.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
      expect(db.prepare('SELECT count(*) AS n FROM episode').all()).toEqual([{ n: saved }]);
      db.close();
    },
  );
});

describe('a study that is being written', () => {
  it('can be read by another process all the while', { timeout: 60_000 }, async () => {
    const folder = newFolder();
    const child = startChild(folder, 0, 400);
    await child.said('saved 0');
    const counts = new Set<number>();
    const store = await openStore(folder, { mode: 'read', clock });
    let running = true;
    void child.ended.then(() => (running = false));
    while (running) {
      const settled = await store.settled();
      counts.add(settled.size);
      const last = settled.size - 1;
      expect(await store.episode(`run-${last}`, 0)).toEqual(expected(last));
      await clock.sleep(5);
    }
    expect((await store.settled()).size).toBe(400);
    expect(child.lines.at(-1)).toBe('saved 399');
    expect(counts.size).toBeGreaterThan(3);
    await expect(store.saveReferences('k', { oracle: 1, random: 0, randomStandardError: 0 })).rejects.toThrow(
      /cannot be opened for this/,
    );
    await store.close();
  });
});
