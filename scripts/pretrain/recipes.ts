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

export const recipes: Readonly<Record<string, Recipe>> = {
  'pocket-32k': {
    title: 'Embedded transformer of 32 thousand parameters',
    shape: { width: 24, layers: 2, heads: 2, hidden: 144, gists: 8 },
    decisions: 480_000,
    rows: 64,
    learningRate: 4e-3,
  },
};

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
  vocabulary: { limit: 640, patternLimit: 24, leastShare: 0.02 },
} as const;

/** Most tokens that the models read of a prefix and of a prompt. */
export const context = { prefix: 384, prompt: 256 } as const;

/** Instances per task of the figures on a model's card. */
export const heldOutInstances = 200;
