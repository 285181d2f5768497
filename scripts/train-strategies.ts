/**
 * Trains the weights that ship with the package: every trained strategy and its ablated variants, on the four
 * default tasks, with ten training seeds; of whole strategies also the mixers and critics that central feedback
 * reads. What is there already is kept and a training that was stopped goes on from its checkpoint, so an
 * interrupted run goes on. At the end the trainings of a strategy on a task are packed into one file; what no training
 * of today would read is named (--prune removes it). Where only a mixer or critic is missing, the training is done
 * again, and must give the execution weights that are there byte for byte.
 *
 *   npm run train:strategies -- [--strategy vdn,qmix] [--task coverage] [--seeds 0-9] [--processes 2] [--prune]
 *
 * All trainings of the first seed come first, then the whole strategies of the others, then their variants.
 */
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { version } from '../src/api/version.ts';
import {
  type AnyTaskDefinition,
  createTask,
  simulatorOf,
  type StrategyDefinition,
  type StrategyPart,
} from '../src/contracts/index.ts';
import { systemClock, writeWhole } from '../src/core/index.ts';
import * as strategies from '../src/strategies/index.ts';
import {
  centralFileName,
  encodeCentral,
  encodeTraining,
  keepsCentral,
  ownWeights,
  shippedCentral,
  shippedWeights,
  type TrainingKey,
  trainingSeeds,
  weightFileName,
} from '../src/strategies/parts/network/weight-files.ts';
import {
  hasTrainingFile,
  packTrainings,
  readTrainingFile,
  trainingFilesIn,
} from '../src/strategies/parts/network/weight-packs.ts';
import * as tasks from '../src/tasks/index.ts';
import { checkpointFile, instancesOf, trainStrategy, type TrainingInstances } from '../src/training/index.ts';

const shippedTasks = ['coverage', 'hidden-profile', 'foraging', 'assembly'];

const { values } = parseArgs({
  options: {
    strategy: { type: 'string' },
    task: { type: 'string', default: shippedTasks.join(',') },
    seeds: { type: 'string', default: `0-${trainingSeeds - 1}` },
    processes: { type: 'string', default: '2' },
    shard: { type: 'string' },
    prune: { type: 'boolean', default: false },
  },
});

interface Job {
  readonly label: string;
  readonly file: string;
  /** The mixer or critic, kept for whole strategies. */
  readonly centralFile?: string;
  readonly key: TrainingKey;
}

/** Without repetition: variants that come to the same training have the same file. */
function jobs(): Job[] {
  const [firstSeed, lastSeed = firstSeed] = values.seeds.split('-').map(Number);
  const wantedStrategies = values.strategy?.split(',');
  const definitions = Object.values<AnyTaskDefinition>(tasks);
  const prepared = values.task.split(',').map((id) => {
    const definition = definitions.find((task) => task.id === id);
    if (!definition) throw new Error(`There is no task "${id}".`);
    const taskOptions = definition.optionsSchema.parse({});
    const task = simulatorOf(createTask(definition, taskOptions), 'Training');
    return { taskId: id, taskOptions, task };
  });
  const trained = Object.values<StrategyDefinition>(strategies).flatMap(({ id, training, parts }) =>
    training && (!wantedStrategies || wantedStrategies.includes(id)) ? [{ id, training, parts }] : [],
  );
  const found = new Map<string, Job>();
  const passes = ['whole', 'without credit or messages', 'without shaping'];
  const seeds = Array.from({ length: lastSeed - firstSeed + 1 }, (_, k) => firstSeed + k);
  // All of the first seed, so that every study can start; then whole strategies of the others, then variants.
  const order = [
    ...passes.map((pass) => ({ pass, trainingSeed: seeds[0] })),
    ...passes.flatMap((pass) => seeds.slice(1).map((trainingSeed) => ({ pass, trainingSeed }))),
  ];
  for (const { pass, trainingSeed } of order) {
    {
      for (const { taskId, taskOptions, task } of prepared) {
        for (const { id, training, parts } of trained) {
          const variants: StrategyPart[][] =
            pass === 'whole'
              ? [[]]
              : parts
                  .filter((part) => (part === 'shaping') === (pass === 'without shaping'))
                  .map((part) => [part]);
          for (const without of variants) {
            const options = training.trainingSchema.parse({});
            const key = { strategy: training, options, without, task, taskId, taskOptions, trainingSeed };
            const file = weightFileName(key);
            const label = `${[id, ...without].join('-')} ${taskId} ${trainingSeed}`;
            const centralFile =
              without.length === 0 && keepsCentral(key) ? { centralFile: centralFileName(key) } : {};
            if (!found.has(file)) found.set(file, { label, file, ...centralFile, key });
          }
        }
      }
    }
  }
  return [...found.values()];
}

const isThere = ({ file, centralFile }: Job) =>
  hasTrainingFile(shippedWeights, file) && (!centralFile || hasTrainingFile(shippedCentral, centralFile));

/** @throws Error when other bytes are there already: the same seed must give the same weights */
function keep(folder: string, file: string, bytes: Uint8Array) {
  const there = readTrainingFile(folder, file);
  if (!there) writeWhole(path.join(folder, file), bytes);
  else if (!Buffer.from(there.bytes).equals(bytes))
    throw new Error(`${file} came out otherwise than in ${there.file}. Remove that to train it anew.`);
}

async function work(shard: number, shards: number): Promise<void> {
  for (const folder of [shippedWeights, shippedCentral]) mkdirSync(folder, { recursive: true });
  const all = jobs();
  const missing = all.filter((job) => !isThere(job));
  const own = missing.filter((_, k) => k % shards === shard - 1);
  const shared = new Map<string, TrainingInstances>();
  if (shard === 1) console.log(`${all.length - missing.length} of ${all.length} trainings are there.`);
  for (const [k, { label, file, centralFile, key }] of own.entries()) {
    const before = process.cpuUsage();
    const group = `${key.taskId} ${key.trainingSeed}`;
    const instances = shared.get(group) ?? instancesOf(key.task, key.taskId, key.trainingSeed);
    shared.set(group, instances);
    const checkpoints = checkpointFile(path.join(ownWeights, `${file}.checkpoint`), {
      key: `${file} ${version}`,
      clock: systemClock,
    });
    const trained = await trainStrategy({ ...key, instances, checkpoints, onNote: console.log });
    const { weights, central, summary } = trained;
    const { user, system } = process.cpuUsage(before);
    const { episodes } = summary;
    keep(shippedWeights, file, encodeTraining(key, weights, episodes));
    if (central && centralFile) keep(shippedCentral, centralFile, encodeCentral(key, central, episodes));
    checkpoints.clear();
    console.log(`${k + 1}/${own.length} ${label}: ${((user + system) / 1e6).toFixed(1)} s of processor time`);
  }
}

/** Packs what was trained, and names what belongs to no training of today, after a change of options or of a task. */
function pack(folder: string, wanted?: ReadonlySet<string | undefined>): void {
  const stale = wanted ? trainingFilesIn(folder).filter((file) => !wanted.has(file)) : [];
  for (const file of stale) {
    const done = values.prune ? ': removed' : ' (--prune removes it)';
    console.log(`${path.join(folder, file)} belongs to no training of today${done}`);
  }
  packTrainings(folder, (file) => !values.prune || !stale.includes(file));
}

if (values.shard) {
  const [shard, shards] = values.shard.split('/').map(Number);
  await work(shard, shards);
} else if (values.processes === '1') {
  await work(1, 1);
} else {
  const script = fileURLToPath(import.meta.url);
  const shards = Number(values.processes);
  const started = Array.from(
    { length: shards },
    (_, k) =>
      new Promise<number>((resolve) => {
        const args = ['--import', 'tsx', script, ...process.argv.slice(2), '--shard', `${k + 1}/${shards}`];
        spawn(process.execPath, args, { stdio: 'inherit' }).on('exit', (code) => resolve(code ?? 1));
      }),
  );
  process.exitCode = Math.max(...(await Promise.all(started)));
}
if (!values.shard) {
  const whole =
    !values.strategy && values.task === shippedTasks.join(',') && values.seeds === `0-${trainingSeeds - 1}`;
  const all = whole ? jobs() : undefined;
  pack(shippedWeights, all && new Set(all.map(({ file }) => file)));
  pack(shippedCentral, all && new Set(all.map(({ centralFile }) => centralFile)));
}
