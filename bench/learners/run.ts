/**
 * How fast the learners learn: updates per CPU second of each, and environment steps per CPU second of a whole
 * VDN training, beside PyTorch where `python3` has it (Debian: python3-torch), one thread each.
 *
 * Updates: 3 agents, observation 16, 6 actions, hidden 64, mixing 32, batches of 32 episodes of 10 steps.
 * End to end: `coverage` with its defaults, 4 new episodes and a batch of 8 per update; PyTorch acts for all its
 * episodes at once in a vectorised NumPy environment whose trajectories are checked against ours first.
 *
 *   npm run bench -- learners
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type EpisodeBatch, type JsonObject, teamShape, type TeamShape } from '../../src/contracts/index.ts';
import { randomStream } from '../../src/core/index.ts';
import { startEngine } from '../../src/nn/index.ts';
import * as strategies from '../../src/strategies/index.ts';
import { coverage, type CoverageInstance } from '../../src/tasks/coverage.ts';
import { trainTeam } from '../../src/training/index.ts';

const shape: TeamShape = { agents: 3, actions: 6, featureLength: 16, stateLength: 16, horizon: 10 };
const sizes: JsonObject = { hidden: 64, layers: 2, criticHidden: 64, embed: 32, hyperHidden: 64 };
const learners = ['independent', 'vdn', 'qmix', 'coma', 'commnet'] as const;
const episodes = 32;

const cpuSeconds = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

function randomBatch(): EpisodeBatch {
  const stream = randomStream('bench learners');
  const rows = episodes * shape.horizon;
  const fill = (count: number) => Float32Array.from({ length: count }, () => stream.normal());
  return {
    episodes,
    steps: shape.horizon,
    features: fill(rows * shape.agents * shape.featureLength),
    states: fill(rows * shape.stateLength),
    actions: Int32Array.from({ length: rows * shape.agents }, () => stream.integer(0, shape.actions - 1)),
    available: new Float32Array(rows * shape.agents * shape.actions).fill(1),
    rewards: fill(rows),
    mask: new Float32Array(rows).fill(1),
    exploration: 0.05,
  };
}

/** Updates per CPU second after the first ones, which compile. */
function updateRate(id: (typeof learners)[number]): number {
  const { training } = strategies[id];
  const known = Object.keys(training!.trainingSchema.parse({}));
  const own = Object.fromEntries(Object.entries(sizes).filter(([name]) => known.includes(name)));
  const options = training!.trainingSchema.parse({ ...own, ...(id === 'commnet' && { rounds: 2 }) });
  const learner = training!.learner(options, shape, [], randomStream('bench', id));
  const batch = randomBatch();
  for (let k = 0; k < 5; k++) learner.update(batch, 1e-3);
  const count = 60;
  const before = cpuSeconds();
  for (let k = 0; k < count; k++) learner.update(batch, 1e-3);
  const rate = count / (cpuSeconds() - before);
  learner.dispose();
  return rate;
}

const coverageTask = coverage.create(coverage.optionsSchema.parse({}));

/** Environment steps per CPU second of a VDN training on `coverage`, learning included. */
async function endToEnd(updates: number): Promise<number> {
  const { training } = strategies.vdn;
  const options = training!.trainingSchema.parse({ updates, layers: 2 });
  const learner = training!.learner(options, teamShape(coverageTask), [], randomStream('bench vdn'));
  const before = cpuSeconds();
  const summary = await trainTeam({
    task: coverageTask,
    learner,
    plan: training!.plan(options, teamShape(coverageTask), ['shaping']),
    name: ['bench'],
  });
  learner.dispose();
  return summary.environmentSteps / (cpuSeconds() - before);
}

/** What our environment does on a few instances under fixed actions: the NumPy one must do the same. */
function trajectories() {
  const stream = randomStream('bench trajectories');
  return Array.from({ length: 20 }, () => {
    const instance = coverageTask.generate(stream) as CoverageInstance;
    const environment = coverageTask.start(instance);
    const steps: unknown[] = [];
    while (!environment.done) {
      const features = coverageTask.agentNames.map((_, agent) => {
        const out = new Float32Array(coverageTask.featureLength);
        environment.features(agent, out);
        return [...out];
      });
      const available = coverageTask.agentNames.map((_, agent) => environment.availableActions(agent));
      const joint = available.map((actions) => stream.pick(actions));
      steps.push({ features, available, joint, reward: environment.step(joint) });
    }
    return { agents: instance.agents, beacons: instance.beacons, steps };
  });
}

await startEngine();
const folder = mkdtempSync(path.join(tmpdir(), 'bench-learners-'));
const file = path.join(folder, 'trajectories.json');
writeFileSync(file, JSON.stringify(trajectories()));
// Debian's PyTorch belongs to Debian's Python, which need not be the first one in the path.
const peers = ['python3', '/usr/bin/python3'].map((command) =>
  spawnSync(command, [path.join(import.meta.dirname, 'learners_torch.py'), file], {
    encoding: 'utf8',
    env: { ...process.env, OMP_NUM_THREADS: '1', MKL_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' },
  }),
);
const python = peers.find(({ status }) => status === 0) ?? peers[1];
rmSync(folder, { recursive: true });
const theirs =
  python.status === 0
    ? (JSON.parse(python.stdout) as { updates: Record<string, number>; endToEnd: number; version: string })
    : undefined;
if (!theirs)
  console.log(`PyTorch was not measured: ${(python.stderr || 'no python3').trim().split('\n').at(-1)}`);

const row = (what: string, ours: number, other: number | undefined) =>
  console.log(
    `${what.padEnd(34)} ${ours.toFixed(0).padStart(8)}` +
      (other === undefined
        ? ''
        : ` ${other.toFixed(0).padStart(8)} ${(ours / other).toFixed(2).padStart(7)}x`),
  );
console.log(
  `${''.padEnd(34)} ${'ours'.padStart(8)}${theirs ? ` ${`torch`.padStart(8)}   ratio (torch ${theirs.version})` : ''}`,
);
for (const id of learners) row(`${id}: updates per CPU second`, updateRate(id), theirs?.updates[id]);
row('vdn, coverage: steps per CPU second', await endToEnd(400), theirs?.endToEnd);
