/**
 * Trains the weights that ship with the package: every trained strategy and its ablated variants, on the four
 * default tasks, with ten training seeds. Whatever is there already is kept, so an interrupted run goes on.
 *
 *   npm run train:strategies -- [--strategy vdn,qmix] [--task coverage] [--seeds 0-9] [--shard 1/2]
 *
 * Without --shard two processes share the work.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { StrategyDefinition, StrategyPart, TaskDefinition } from '../src/contracts/index.ts';
import { encodeSafetensors } from '../src/nn/index.ts';
import * as strategies from '../src/strategies/index.ts';
import { shippedWeights, trainingSeeds, weightFileName } from '../src/strategies/parts/weight-files.ts';
import * as tasks from '../src/tasks/index.ts';
import { trainStrategy } from '../src/training/index.ts';

const shippedTasks = ['coverage', 'foraging', 'assembly', 'hidden-profile'];

const { values } = parseArgs({
  options: {
    strategy: { type: 'string' },
    task: { type: 'string', default: shippedTasks.join(',') },
    seeds: { type: 'string', default: `0-${trainingSeeds - 1}` },
    shard: { type: 'string' },
  },
});

interface Job {
  readonly label: string;
  readonly file: string;
  readonly train: () => ReturnType<typeof trainStrategy>;
}

function jobs(): Job[] {
  const [firstSeed, lastSeed = firstSeed] = values.seeds.split('-').map(Number);
  const wantedTasks = values.task.split(',');
  const wantedStrategies = values.strategy?.split(',');
  const found = new Map<string, Job>();
  const seeds = Array.from({ length: lastSeed - firstSeed + 1 }, (_, k) => firstSeed + k);
  for (const definition of Object.values<TaskDefinition>(tasks)) {
    if (!wantedTasks.includes(definition.id)) continue;
    const taskOptions = definition.optionsSchema.parse({});
    const task = definition.create(taskOptions);
    for (const { training, parts, id } of Object.values<StrategyDefinition>(strategies)) {
      if (!training || (wantedStrategies && !wantedStrategies.includes(id))) continue;
      const variants: StrategyPart[][] = [[], ...parts.map((part) => [part])];
      for (const without of variants) {
        for (const trainingSeed of seeds) {
          const options = training.trainingSchema.parse({});
          const key = { strategy: training, options, without, task, taskId: definition.id, trainingSeed };
          const file = weightFileName({ ...key, taskOptions });
          found.set(file, {
            label: `${[id, ...without].join('-')} ${definition.id} ${trainingSeed}`,
            file,
            train: () => trainStrategy(key),
          });
        }
      }
    }
  }
  return [...found.values()];
}

async function work(shard: number, shards: number): Promise<void> {
  mkdirSync(shippedWeights, { recursive: true });
  const own = jobs().filter((_, k) => k % shards === shard - 1);
  for (const [k, { label, file, train }] of own.entries()) {
    const target = path.join(shippedWeights, file);
    if (existsSync(target)) continue;
    const before = process.cpuUsage();
    const { weights, summary } = await train();
    const { user, system } = process.cpuUsage(before);
    const metadata = { training: label, episodes: String(summary.episodes) };
    writeFileSync(`${target}.part`, encodeSafetensors({ weights, metadata }, 'F16'));
    renameSync(`${target}.part`, target);
    console.log(`${k + 1}/${own.length} ${label}: ${((user + system) / 1e6).toFixed(1)} s of processor time`);
  }
}

if (values.shard) {
  const [shard, shards] = values.shard.split('/').map(Number);
  await work(shard, shards);
} else {
  const script = fileURLToPath(import.meta.url);
  const started = [1, 2].map(
    (shard) =>
      new Promise<number>((resolve) => {
        const args = ['--import', 'tsx', script, ...process.argv.slice(2), '--shard', `${shard}/2`];
        spawn(process.execPath, args, { stdio: 'inherit' }).on('exit', (code) => resolve(code ?? 1));
      }),
  );
  process.exitCode = Math.max(...(await Promise.all(started)));
}
