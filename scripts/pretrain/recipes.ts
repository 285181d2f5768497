import type { TransformerShape } from '../../src/nn/index.ts';
import { couplingLevels } from '../../src/tasks/parts/coupling.ts';

/** How an embedded model is made, but for its vocabulary. */
export interface Recipe {
  readonly title: string;
  readonly shape: Omit<TransformerShape, 'vocabulary'>;
  /** Demonstrations seen in all. */
  readonly decisions: number;
  readonly rows: number;
  readonly learningRate: number;
  /** What it is trained on, where that is not what all others are. */
  readonly tasks?: readonly TaskShare[];
}

/**
 * Goes up when a recipe, a demonstrated expert or the training itself changes, so that a card can tell whether
 * today's program would make the same model.
 */
export const recipeRevision = 3;

/** A task that is demonstrated, and how much of the training it gets. */
export interface TaskShare {
  readonly id: string;
  /** The options that most decisions and all figures are of; the defaults when absent. */
  readonly options?: Readonly<Record<string, number | boolean | string>>;
  /** Easier and harder options. */
  readonly variants: readonly Readonly<Record<string, number | boolean>>[];
  /** Updates on these options in a round; of the tasks that have variants, every second one turns to one of them. */
  readonly share: number;
  /** Demonstrations of these options: enough that none is seen twice. */
  readonly demonstrations: number;
  /** Temperature at which the loss is measured. */
  readonly temperature: number;
}

/** Most decisions come from a task's defaults, which all figures refer to. */
export const demonstratedTasks: readonly TaskShare[] = [
  {
    id: 'coverage',
    variants: [{ grid: 5 }, { grid: 9 }],
    share: 9,
    demonstrations: 200_000,
    temperature: 1,
  },
  {
    id: 'foraging',
    variants: [{ grid: 8 }, { sight: 3 }],
    share: 4,
    demonstrations: 90_000,
    temperature: 1,
  },
  {
    id: 'assembly',
    variants: [{ jobs: 7 }, { slack: 2 }],
    share: 7,
    demonstrations: 160_000,
    temperature: 2,
  },
  {
    id: 'hidden-profile',
    variants: [{ rounds: 2 }, { tellAsymmetry: false }],
    share: 3,
    demonstrations: 70_000,
    temperature: 1,
  },
];

/**
 * The four tasks at their three levels of coupling, each level as often as the others: what a model for studies of
 * coupling is trained on, so that no level is one it knows better.
 */
export const coupledTasks: readonly TaskShare[] = demonstratedTasks.flatMap(
  ({ id, share, demonstrations, temperature }) =>
    couplingLevels.map((coupling) => ({
      id,
      options: { coupling },
      variants: [],
      share,
      demonstrations: Math.ceil(demonstrations / 4),
      temperature,
    })),
);

/** All that play the default study see the same number of decisions, in the same order. */
const decisions = 540_000;
const rows = 64;
const layers = 3;
const gists = 8;

/**
 * Five dense sizes at even distances in the logarithm, and two mixtures whose experts are half as wide as the
 * feed-forward part of a dense model, so that with two of four at work they have its active size. The width of a
 * head is a multiple of 4 where it can be: the engine is more than twice as fast there.
 */
export const recipes: Readonly<Record<string, Recipe>> = {
  'pocket-4k': {
    title: 'Embedded transformer of 4 thousand parameters',
    shape: { width: 5, layers, heads: 1, hidden: 8, lastHidden: 24, gists },
    decisions,
    rows,
    learningRate: 8e-3,
  },
  'pocket-12k': {
    title: 'Embedded transformer of 12 thousand parameters',
    shape: { width: 12, layers, heads: 3, hidden: 16, lastHidden: 72, gists },
    decisions,
    rows,
    learningRate: 5e-3,
  },
  'pocket-32k': {
    title: 'Embedded transformer of 34 thousand parameters',
    shape: { width: 24, layers, heads: 3, hidden: 24, lastHidden: 192, gists },
    decisions,
    rows,
    learningRate: 3e-3,
  },
  'pocket-126k': {
    title: 'Embedded transformer of 125 thousand parameters',
    shape: { width: 48, layers, heads: 4, hidden: 48, lastHidden: 592, gists },
    decisions,
    rows,
    learningRate: 2e-3,
  },
  'pocket-400k': {
    title: 'Embedded transformer of 400 thousand parameters',
    shape: { width: 96, layers, heads: 4, hidden: 64, lastHidden: 1056, gists },
    decisions,
    rows,
    learningRate: 1.5e-3,
  },
  'pocket-moe-32k': {
    title: 'Embedded mixture of experts, 35 thousand of 46 thousand parameters active',
    shape: { width: 24, layers, heads: 3, hidden: 12, lastHidden: 96, gists, experts: 4 },
    decisions,
    rows,
    learningRate: 3e-3,
  },
  'pocket-32k-coupling': {
    title: 'Embedded transformer of 34 thousand parameters, for the four tasks at three levels of coupling',
    shape: { width: 24, layers, heads: 3, hidden: 24, lastHidden: 192, gists },
    decisions: 300_000,
    rows,
    learningRate: 3e-3,
    tasks: coupledTasks,
  },
  'pocket-moe-126k': {
    title: 'Embedded mixture of experts, 126 thousand of 192 thousand parameters active',
    shape: { width: 48, layers, heads: 4, hidden: 24, lastHidden: 296, gists, experts: 4 },
    decisions,
    rows,
    learningRate: 2e-3,
  },
};

/** What all trainings have in common. */
export const trainingSettings = {
  warmupSteps: 100,
  balanceWeight: 0.01,
  vocabularyShare: 0.1,
} as const;

export const corpusSettings = {
  seed: 0,
  /** Demonstrations of each variant. */
  variant: 8_000,
  /** Demonstrations that the vocabulary is derived from, per corpus. */
  sample: 1500,
  vocabulary: { limit: 900, patternLimit: 24, leastShare: 0.02 },
} as const;

/** Most tokens that the models read of a prefix and of a prompt. */
export const context = { prefix: 384, prompt: 256 } as const;

/** Instances per task of the figures on a model's card. */
export const heldOutInstances = 200;
