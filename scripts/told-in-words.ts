/**
 * Whether models use what they are told in words. Reads the exported traces of a study in which a coordinator advises in
 * words, beside one strategy that tells nothing, and compares first steps, where all see the same:
 *
 *   npx agentmesh export real-told --what traces --format jsonl | npx tsx scripts/told-in-words.ts [none]
 *
 * For each strategy and task: the mean probability of the advised action where it is advised and where it is not; the
 * mean change of its log odds in nats, with the standard error over seeds; and how often it is the likeliest action.
 */
import { createInterface } from 'node:readline';

interface Decision {
  readonly strategy: string;
  readonly task: string;
  readonly seed: number;
  readonly episode: number;
  readonly step: number;
  readonly agent: number;
  readonly prompt: string | null;
  readonly availableActionWords: readonly string[];
  readonly distribution: readonly number[] | null;
}

const [untold = 'none'] = process.argv.slice(2);
const decisions: Decision[] = [];
for await (const line of createInterface({ input: process.stdin })) {
  const decision = JSON.parse(line) as Decision;
  if (decision.step === 0 && decision.distribution) decisions.push(decision);
}

const placeOf = ({ task, seed, episode, agent }: Decision) => JSON.stringify([task, seed, episode, agent]);
const alone = new Map(decisions.filter(({ strategy }) => strategy === untold).map((d) => [placeOf(d), d]));
const logOdds = (p: number) => Math.log(p / (1 - p));
const mean = (xs: readonly number[]) => xs.reduce((a, b) => a + b, 0) / xs.length;
const isLikeliest = (p: readonly number[], k: number) => (p[k] === Math.max(...p) ? 1 : 0);

const rows = new Map<
  string,
  { seed: number; before: number; after: number; change: number; likeliest: readonly [number, number] }[]
>();
for (const told of decisions) {
  const advised = /Your coordinator \w+ advises (.+?)\. Choose /.exec(told.prompt ?? '')?.[1];
  const same = alone.get(placeOf(told));
  if (advised === undefined || !same?.distribution || !told.distribution) continue;
  const k = told.availableActionWords.indexOf(advised);
  const [before, after] = [same.distribution[k], told.distribution[k]];
  const key = `${told.strategy} | ${told.task}`;
  rows.set(key, [
    ...(rows.get(key) ?? []),
    {
      seed: told.seed,
      before,
      after,
      change: logOdds(after) - logOdds(before),
      likeliest: [isLikeliest(same.distribution, k), isLikeliest(told.distribution, k)],
    },
  ]);
}

console.log('| told by | task | told | untold p | told p | change of log odds | likeliest untold | told |');
console.log('|---|---|---|---|---|---|---|---|');
for (const [key, own] of rows) {
  const seeds = [...new Set(own.map(({ seed }) => seed))];
  const bySeed = seeds.map((seed) =>
    mean(own.filter((row) => row.seed === seed).map(({ change }) => change)),
  );
  const centre = mean(bySeed);
  const error = Math.sqrt(
    bySeed.reduce((sum, x) => sum + (x - centre) ** 2, 0) / (seeds.length - 1) / seeds.length,
  );
  const [before, after] = [mean(own.map((row) => row.before)), mean(own.map((row) => row.after))];
  const likeliest = [0, 1].map((k) => mean(own.map((row) => row.likeliest[k])).toFixed(2));
  console.log(
    `| ${key} | ${own.length} | ${before.toFixed(3)} | ${after.toFixed(3)} | ` +
      `${centre.toFixed(2)} ± ${error.toFixed(2)} | ${likeliest.join(' | ')} |`,
  );
}
