import {
  type JsonObject,
  type Learner,
  type Simulator,
  teamShape,
  type TrainableStrategy,
} from '../../src/contracts/index.ts';
import { randomStream } from '../../src/core/index.ts';
import { matrixGame } from '../../src/tasks/matrix-game.ts';
import { twoStepGame } from '../../src/tasks/two-step-game.ts';
import { learnedTables, type LearnedTable, trainTeam } from '../../src/training/index.ts';
import { average } from './interval.ts';

/** The published two-step game. */
export const twoStep = twoStepGame.create({});

/** Additive: entry = row + column, with rows (1, 0, 2) and columns (0, 3, 1). */
export const additivePayoff = [
  [1, 4, 2],
  [0, 3, 1],
  [2, 5, 3],
];

/** Monotonic, not additive: rows (3, 0, 6) times columns (0, 1, 1/3). */
export const monotonicPayoff = [
  [0, 3, 1],
  [0, 0, 0],
  [0, 6, 2],
];

/** Claus and Boutilier 1998: no agent can tell from its own action what is good. */
export const climbingPayoff = [
  [11, -30, 0],
  [-30, 7, 0],
  [0, 6, 5],
];

export function payoffGame(payoff: Payoff): Simulator {
  return matrixGame.create(matrixGame.optionsSchema.parse({ payoff }));
}

/** A learner after training, with what it learned. The caller disposes of the learner. */
export interface Trained {
  readonly learner: Learner;
  readonly tables: readonly LearnedTable[];
}

/** Trains a strategy on a game with one instance. */
export async function trainOnGame<Options extends JsonObject>(
  strategy: TrainableStrategy<Options>,
  task: Simulator,
  settings: JsonObject,
  seed: number,
): Promise<Trained> {
  const options = strategy.trainingSchema.parse(settings);
  const learner = strategy.learner(options, teamShape(task), [], randomStream('verify', 'weights', seed));
  const plan = strategy.plan(options, teamShape(task));
  const { rewardScale } = await trainTeam({ task, learner, plan, name: ['verify', seed] });
  const unit = learner.data === 'replay' ? 1 / rewardScale : 1;
  const tables = learnedTables(task, learner, task.generate(randomStream('verify')), { unit });
  if (!tables) throw new Error('This game has too many situations for a table.');
  return { learner, tables };
}

/** Uniform exploration and the discount of the published two-step game; all else as `agentmesh train` has it. */
export const valueSettings = { exploration: 'uniform', gamma: 0.99 } as const;

/** Tables of whole numbers from -9 to 9, drawn at random: for two and three agents with two to four actions each. */
export function randomTables(): { readonly name: string; readonly payoff: Payoff }[] {
  const sizes = [[3, 3], [3, 3], [2, 4], [2, 2, 2], [3, 3, 3]]; // prettier-ignore
  return sizes.map((size, k) => {
    const stream = randomStream('verification tables', k);
    const nested = (level: number): Payoff =>
      level === size.length
        ? stream.integer(-9, 9)
        : Array.from({ length: size[level] }, () => nested(level + 1));
    return { name: `${size.join(' x ')} no. ${k + 1}`, payoff: nested(0) };
  });
}

export type Payoff = number | readonly Payoff[];

/**
 * The sum of one number per agent and action that comes nearest to a table, every entry counting alike: the grand mean
 * plus each action's mean less the grand mean. In the table's own order, flat.
 */
export function additiveFit(payoff: Payoff): number[] {
  const sizes: number[] = [];
  for (let level = payoff; typeof level !== 'number'; level = level[0]) sizes.push(level.length);
  const entries = [payoff].flat(9) as number[];
  const joints = entries.map((_, k) => {
    const joint: number[] = [];
    for (const size of [...sizes].reverse()) {
      joint.unshift(k % size);
      k = Math.floor(k / size);
    }
    return joint;
  });
  const grand = average(entries);
  const effects = sizes.map((size, agent) =>
    Array.from(
      { length: size },
      (_, a) => average(entries.filter((__, k) => joints[k][agent] === a)) - grand,
    ),
  );
  return joints.map((joint) => joint.reduce((sum, a, agent) => sum + effects[agent][a], grand));
}

/** The largest absolute difference between two nested tables. */
export function largestError(learned: unknown, expected: unknown): number {
  const flat = (x: unknown) => [x].flat(4) as number[];
  const [a, b] = [flat(learned), flat(expected)];
  if (a.length !== b.length) throw new Error(`Tables of ${a.length} and ${b.length} entries.`);
  return Math.max(...a.map((x, k) => Math.abs(x - b[k])));
}

/** COMA's settings on the verification games: the published floor on action probabilities, raw advantages. */
export const comaSettings = {
  standardizeRewards: false,
  standardizeAdvantages: false,
  updates: 800,
  newSteps: 64,
  gamma: 0.99,
  lambda: 0.8,
  learningRate: 0.003,
  criticRate: 2,
  layers: 1,
  explorationStart: 0.5,
  explorationEnd: 0.02,
  explorationOver: 0.7,
  entropyWeight: 0.05,
} as const;
