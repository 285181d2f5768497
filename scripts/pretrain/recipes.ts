import type { TransformerShape } from '../../src/nn/index.ts';

/** How an embedded model is made, but for its vocabulary. */
export interface Recipe {
  readonly title: string;
  readonly shape: Omit<TransformerShape, 'vocabulary'>;
  /** Demonstrations seen in all. */
  readonly decisions: number;
  readonly rows: number;
  readonly learningRate: number;
}

/** All see the same number of decisions, in the same order. */
const decisions = 480_000;
const rows = 64;
const layers = 2;
const gists = 8;

/**
 * Five dense sizes at even distances in the logarithm, and two mixtures whose experts are half as wide as the
 * feed-forward part of a dense model, so that with two of four at work they have its active size. The width of a
 * head is a multiple of 4 where it can be: the engine is more than twice as fast there.
 */
export const recipes: Readonly<Record<string, Recipe>> = {
  'pocket-4k': {
    title: 'Embedded transformer of 3.5 thousand parameters',
    shape: { width: 5, layers, heads: 1, hidden: 20, gists },
    decisions,
    rows,
    learningRate: 8e-3,
  },
  'pocket-11k': {
    title: 'Embedded transformer of 10.5 thousand parameters',
    shape: { width: 12, layers, heads: 3, hidden: 48, gists },
    decisions,
    rows,
    learningRate: 6e-3,
  },
  'pocket-32k': {
    title: 'Embedded transformer of 32 thousand parameters',
    shape: { width: 24, layers, heads: 2, hidden: 144, gists },
    decisions,
    rows,
    learningRate: 4e-3,
  },
  'pocket-111k': {
    title: 'Embedded transformer of 111 thousand parameters',
    shape: { width: 64, layers, heads: 4, hidden: 160, gists },
    decisions,
    rows,
    learningRate: 2.5e-3,
  },
  'pocket-367k': {
    title: 'Embedded transformer of 367 thousand parameters',
    shape: { width: 112, layers, heads: 4, hidden: 448, gists },
    decisions,
    rows,
    learningRate: 1.5e-3,
  },
  'pocket-moe-32k': {
    title: 'Embedded mixture of experts, 32 thousand of 47 thousand parameters active',
    shape: { width: 24, layers, heads: 2, hidden: 72, gists, experts: 4 },
    decisions,
    rows,
    learningRate: 4e-3,
  },
  'pocket-moe-111k': {
    title: 'Embedded mixture of experts, 112 thousand of 153 thousand parameters active',
    shape: { width: 64, layers, heads: 4, hidden: 80, gists, experts: 4 },
    decisions,
    rows,
    learningRate: 2.5e-3,
  },
};

/** What all trainings have in common. */
export const trainingSettings = { warmupSteps: 100, balanceWeight: 0.01, vocabularyShare: 0.1 } as const;

/**
 * The tasks that are demonstrated: first with their defaults, which most decisions come from and all figures
 * refer to; then easier and harder.
 */
export const demonstratedTasks: readonly {
  readonly id: string;
  readonly variants: readonly Readonly<Record<string, number | boolean>>[];
  /** Updates on the defaults per update on one of the variants. */
  readonly share: number;
}[] = [
  { id: 'coverage', variants: [{ grid: 5 }, { grid: 9 }], share: 4 },
  { id: 'foraging', variants: [{ grid: 8 }, { sight: 3 }], share: 4 },
  { id: 'assembly', variants: [{ jobs: 7 }, { slack: 2 }], share: 4 },
  { id: 'hidden-profile', variants: [{ rounds: 2 }, { tellAsymmetry: false }], share: 2 },
];

export const corpusSettings = {
  seed: 0,
  /** Demonstrations of a task's defaults, and of each variant. */
  defaults: 300_000,
  variant: 40_000,
  /** Demonstrations that the vocabulary is derived from, per corpus. */
  sample: 1500,
  vocabulary: { limit: 900, patternLimit: 24, leastShare: 0.02 },
} as const;

/** Most tokens that the models read of a prefix and of a prompt. */
export const context = { prefix: 384, prompt: 256 } as const;

/** Instances per task of the figures on a model's card. */
export const heldOutInstances = 200;
