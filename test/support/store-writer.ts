/**
 * A writing process for the tests, which kill it: `store-writer.ts <folder> <first> <count>`. Saves runs
 * `first`, `first + 1`, ... and says `saved <k>` once each is durable; with a count of 0 it holds the lock, and starts
 * a process of its own (`sleeper <pid>`) that outlives it.
 */
import { spawn } from 'node:child_process';
import { writeSync } from 'node:fs';
import { randomStream, systemClock as clock } from '../../src/core/index.ts';
import { randomEpisode } from '../../src/testing/index.ts';
import { openStore } from '../../src/store/index.ts';

const [folder, first, count] = process.argv.slice(2);
const say = (text: string) => writeSync(1, `${text}\n`);

say('ready');
try {
  const store = await openStore(folder, { clock });
  say('open');
  for (let k = Number(first); k < Number(first) + Number(count); k++) {
    const episode = randomEpisode(`run-${k}`, 0, randomStream('child', k));
    const { score } = episode;
    await store.saveEpisode(
      episode,
      { startedAt: clock.timestamp(), wallMs: 0 },
      {
        hash: episode.run,
        status: 'done',
        score,
        episodes: 1,
        steps: 4,
        decisions: 12,
        unparsable: 4,
        usage: {},
      },
    );
    say(`saved ${k}`);
  }
  if (count === '0') {
    say(`sleeper ${spawn('sleep', ['600'], { stdio: 'ignore', detached: true }).pid}`);
    await clock.sleep(600_000);
  }
  await store.close();
} catch (error) {
  say(`failed ${String(error)}`);
  process.exitCode = 1;
}
