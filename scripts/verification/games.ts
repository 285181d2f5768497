import {
  type JsonObject,
  type Learner,
  type Task,
  teamShape,
  type TrainableStrategy,
} from '../../src/contracts/index.ts';
import { randomStream } from '../../src/core/index.ts';
import { matrixGame } from '../../src/tasks/matrix-game.ts';
import { twoStepGame } from '../../src/tasks/two-step-game.ts';
import { learnedTables, type LearnedTable, trainTeam } from '../../src/training/index.ts';

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

export function payoffGame(payoff: number[][]): Task {
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
  task: Task,
  settings: JsonObject,
  seed: number,
): Promise<Trained> {
  const options = strategy.trainingSchema.parse(settings);
  const learner = strategy.learner(options, teamShape(task), [], randomStream('verify', 'weights', seed));
  await trainTeam({ task, learner, plan: strategy.plan(options), name: ['verify', seed] });
  const tables = learnedTables(task, learner, task.generate(randomStream('verify')));
  if (!tables) throw new Error('This game has too many situations for a table.');
  return { learner, tables };
}

/**
 * The settings of the verification games for value decompositions: uniform exploration, unstandardised rewards,
 * one-step targets, one hidden layer of 64.
 */
export const valueSettings = {
  exploration: 'uniform',
  standardizeRewards: false,
  updates: 2500,
  newSteps: 4,
  batchSteps: 64,
  replayEpisodes: 5000,
  learningRate: 2e-3,
  finalLearningRate: 0.02,
  gamma: 0.99,
  lambda: 0,
  hidden: 64,
  layers: 1,
  targetEvery: 100,
} as const;
export const mixerSettings = { ...valueSettings, embed: 8, hyperHidden: 64 } as const;

/** The largest absolute difference between two nested tables. */
export function largestError(learned: unknown, expected: unknown): number {
  const flat = (x: unknown) => [x].flat(4) as number[];
  const [a, b] = [flat(learned), flat(expected)];
  if (a.length !== b.length) throw new Error(`Tables of ${a.length} and ${b.length} entries.`);
  return Math.max(...a.map((x, k) => Math.abs(x - b[k])));
}

export function meanSquaredError(learned: unknown, expected: unknown): number {
  const flat = (x: unknown) => [x].flat(4) as number[];
  const [a, b] = [flat(learned), flat(expected)];
  return a.reduce((sum, x, k) => sum + (x - b[k]) ** 2, 0) / a.length;
}

/** COMA's settings on the verification games: the published floor on action probabilities, raw advantages. */
export const comaSettings = {
  standardizeRewards: false,
  standardizeAdvantages: false,
  updates: 800,
  newSteps: 64,
  batchSteps: 64,
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
