/**
 * What recording costs. Prints durable episodes per second, bytes per episode, CPU per agent decision, and the
 * times of resuming: `npx tsx bench/store.ts [folder] [episodes]`. The folder decides whose disk is measured.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { EpisodeRecord, PlannedRun, RunOutcome } from '../src/contracts/index.ts';
import { randomStream, sha256, systemClock } from '../src/core/index.ts';
import { openStore, storeFileName } from '../src/store/index.ts';
import { emptyDefinition } from '../src/testing/store-samples.ts';

const folder = mkdtempSync(path.join(process.argv[2] ?? tmpdir(), 'bench-store-'));
const count = Number(process.argv[3] ?? 3_000);
const designSize = 10_000;
const agents = 3;
const steps = 12;

const words = [
  'north',
  'south',
  'east',
  'west',
  'stay',
  'beacon',
  'Bob',
  'Ann',
  'Cid',
  'is',
  'at',
  'step',
  'of',
];

/** An episode of 36 decisions whose prompts have about 500 characters, with full distributions and advice. */
function makeEpisode(run: string, k: number): EpisodeRecord {
  const stream = randomStream('bench', k);
  const numbers = () => Array.from({ length: 5 }, () => stream.next());
  const text = () => {
    let out = 'You are Ann.';
    while (out.length < 500) out += ` ${stream.pick(words)} ${stream.integer(0, 9)}.`;
    return out;
  };
  const agent = () => ({
    prompt: text(),
    availableActions: [0, 1, 2, 3, 4],
    distribution: numbers(),
    advice: numbers(),
    policy: numbers(),
    action: stream.integer(0, 4),
    broadcast: stream.integer(0, 4),
    feedback: 'good' as const,
    usage: { inputTokens: stream.integer(100, 200), outputTokens: 1 },
  });
  return {
    run,
    episode: 0,
    instance: { cells: numbers(), beacons: numbers() },
    references: { high: -1.25, low: -7.5, lowStandardError: 0.01 },
    return: -stream.next(),
    score: stream.next(),
    prefix: 'The rules of the game are as follows. '.repeat(40),
    steps: Array.from({ length: steps }, () => ({
      agents: Array.from({ length: agents }, agent),
      reward: -stream.next(),
    })),
  };
}

const runs: PlannedRun[] = Array.from({ length: designSize }, (_, k) => ({
  hash: sha256(String(k)),
  model: `model-${k % 7}`,
  strategy: `strategy-${k % 6}`,
  task: `task-${k % 4}`,
  seed: k % 10,
  factors: { temperature: 1 },
}));
const outcomeOf = (episode: EpisodeRecord): RunOutcome => ({
  hash: episode.run,
  status: 'done',
  score: episode.score,
  return: episode.return,
  episodes: 1,
  steps,
  decisions: agents * steps,
  unparsable: 0,
  usage: { inputTokens: 5_400, outputTokens: 36 },
});

async function timed<T>(what: string, body: () => Promise<T>): Promise<T> {
  const start = systemClock.monotonicMs();
  const result = await body();
  console.log(`${what}: ${(systemClock.monotonicMs() - start).toFixed(1)} ms`);
  return result;
}

const store = await openStore(folder, { clock: systemClock });
const study = { name: 'bench', definition: emptyDefinition, runs };
await timed(`saveStudy, ${designSize} runs`, () => store.saveStudy(study));
await timed('saveStudy again, unchanged', () => store.saveStudy(study));

const episodes = Array.from({ length: Math.min(count, 500) }, (_, k) => makeEpisode('', k));
const cpu = process.cpuUsage();
const start = systemClock.monotonicMs();
for (let k = 0; k < count; k++) {
  const episode = { ...episodes[k % episodes.length], run: sha256(String(k)) };
  await store.saveEpisode(episode, { startedAt: systemClock.timestamp(), wallMs: 1 }, outcomeOf(episode));
}
const wallMs = systemClock.monotonicMs() - start;
const { user, system } = process.cpuUsage(cpu);
const decisions = count * agents * steps;
console.log(`durable episodes per second: ${((1000 * count) / wallMs).toFixed(0)}`);
console.log(
  `CPU per decision: ${((user + system) / decisions).toFixed(1)} us (user ${(user / decisions).toFixed(1)})`,
);
await store.close();
const bytes = statSync(path.join(folder, storeFileName)).size;
console.log(
  `bytes per episode: ${(bytes / count).toFixed(0)}, uncompressed trace ${JSON.stringify(episodes[0].steps).length}`,
);

const again = await timed('open', () => openStore(folder, { clock: systemClock }));
for (let k = count; k < designSize; k++)
  await again.saveOutcome(outcomeOf({ ...episodes[0], run: runs[k].hash }));
await timed(`settled runs, ${designSize} runs`, () => again.settled());
await timed(`study, ${designSize} runs`, () => again.study());
await timed(`outcomes, ${designSize} runs`, async () => {
  let n = 0;
  for await (const _ of again.outcomes()) n++;
  return n;
});
await timed('one episode with its trace', () => again.episode(runs[0].hash, 0));
await again.close();
rmSync(folder, { recursive: true });
