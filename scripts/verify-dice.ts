/**
 * Measures what the same dice for all strategies are worth: the variance of paired differences between a strategy
 * and none, with dice of their own for every run and with the dice that studies throw. Writes
 * docs/methods/same-dice.md.
 *
 *   npm run verify:dice -- [--seeds 60] [--throws 10] [--model pocket-4k] [--strategy vdn]
 */
import { availableParallelism } from 'node:os';
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { format } from 'prettier';
import { builtInCatalogue } from '../src/api/catalogue.ts';
import { systemClock } from '../src/core/index.ts';
import { diceOf, type PreparedRun, prepareStudy, resolveStudy } from '../src/study/index.ts';
import { playEpisode } from '../src/episode/index.ts';
import { instanceSource } from '../src/study/instances.ts';
import { memoryStore } from '../src/store/index.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '60' },
    throws: { type: 'string', default: '10' },
    model: { type: 'string', default: 'pocket-4k' },
    strategy: { type: 'string', default: 'vdn' },
    output: { type: 'string', default: 'docs/methods/same-dice.md' },
  },
});
const throws = Number(values.throws);
const tasks = ['coverage', 'foraging', 'assembly', 'hidden-profile'];
const value = {
  name: 'dice',
  models: [values.model],
  strategies: ['none', values.strategy],
  tasks,
  seeds: Number(values.seeds),
};

const study = resolveStudy({ value, placeOf: () => ({ file: 'verify-dice' }) }, builtInCatalogue);
const prepared = await prepareStudy(study, { clock: systemClock, workers: availableParallelism() });
const instances = instanceSource(memoryStore());

async function score(run: PreparedRun, streamName: readonly (string | number)[]): Promise<number> {
  const { preparedTask, playerModel: model, playerStrategy: strategy, temperature, maxInteractions } = run;
  const { instance, references } = await instances(preparedTask, run.seed, 0);
  const { task } = preparedTask;
  const setting = { task, model, strategy, temperature, maxInteractions, instance, references };
  return (await playEpisode({ ...setting, streamName })).score!;
}

function moments(values: readonly number[]): { mean: number; variance: number } {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const squares = values.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  return { mean, variance: squares / (values.length - 1) };
}

const rows: string[] = [];
try {
  for (const task of tasks) {
    const runs = prepared.runs.filter((run) => run.task === task);
    const gains = async (nameOf: (run: PreparedRun) => readonly (string | number)[]) => {
      const all: ReturnType<typeof moments>[] = [];
      for (let number = 0; number < throws; number++) {
        const scores = await Promise.all(runs.map((run) => score(run, [...nameOf(run), number])));
        const of = (strategy: string) => scores.filter((_, k) => runs[k].strategy === strategy);
        const none = of('none');
        all.push(moments(of(values.strategy).map((x, k) => x - none[k])));
      }
      const mean = (part: 'mean' | 'variance') => all.reduce((sum, one) => sum + one[part], 0) / throws;
      return { mean: mean('mean'), variance: mean('variance') };
    };
    const own = await gains((run) => [run.hash]);
    const shared = await gains(diceOf);
    const shown = [own, shared].flatMap(({ mean, variance }) => [
      mean.toFixed(3),
      Math.sqrt(variance).toFixed(3),
    ]);
    rows.push(`| ${task} | ${shown.join(' | ')} | ${(shared.variance / own.variance).toFixed(2)} |`);
    console.log(rows.at(-1));
  }
} finally {
  await prepared.close();
}

writeFileSync(
  values.output,
  await format(
    `# The same dice for all strategies

Written by \`npm run verify:dice\`. Runs draw their random numbers from streams that are named by model, task, seed and episode (\`src/study/dice.ts\`), so the strategies of a block differ by what they do and not by their luck. Here ${values.model} plays ${values.seeds} seeds of each task with \`none\` and with \`${values.strategy}\`: once with dice of its own for every run, as before play revision 2, and once with the same dice. A gain is the difference of the two scores on one seed; where the variance ratio is below 1, the same dice make it sharper. Means and variances over seeds are averaged over ${throws} throws of all dice on the same instances, because a ratio of two variances of few seeds says little.

| task | mean gain, own dice | sd | mean gain, same dice | sd | variance ratio |
|---|---|---|---|---|---|
${rows.join('\n')}
`,
    { parser: 'markdown' },
  ),
);
