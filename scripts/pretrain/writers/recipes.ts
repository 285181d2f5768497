import type { TransformerShape } from '../../../src/nn/index.ts';

/** How a writer is made, but for its vocabulary. */
export interface WriterRecipe {
  readonly title: string;
  readonly shape: Omit<TransformerShape, 'vocabulary' | 'written'>;
  /** Updates, each of `rows` demonstrations. */
  readonly updates: number;
  readonly learningRate: number;
}

/** Goes up when a recipe, a demonstration or the training itself changes, so that a card can tell. */
export const writerRecipeRevision = 3;

const gists = 0;

/** Three sizes at even distances in the logarithm. */
export const writerRecipes: Readonly<Record<string, WriterRecipe>> = {
  'pocket-code-35k': {
    title: 'Embedded writer of 35 thousand parameters, for pair programming',
    shape: { width: 32, layers: 2, heads: 2, hidden: 72, gists },
    updates: 600,
    learningRate: 8e-3,
  },
  'pocket-code-140k': {
    title: 'Embedded writer of 140 thousand parameters, for pair programming',
    shape: { width: 64, layers: 3, heads: 4, hidden: 144, gists },
    updates: 600,
    learningRate: 4e-3,
  },
  'pocket-code-600k': {
    title: 'Embedded writer of 600 thousand parameters, for pair programming',
    shape: { width: 128, layers: 3, heads: 4, hidden: 448, gists },
    updates: 400,
    learningRate: 2e-3,
  },
};

/** What all have in common. */
export const writerSettings = {
  rows: 64,
  warmupUpdates: 40,
  /**
   * Demonstrations that the vocabulary is derived from, and merges of what is written and of what is only read. They come
   * to 96 tokens that are written, of 544: multiples of 16, because for others the engine takes 10 to 40 times as long
   * over the gradient of the embedding.
   */
  vocabulary: { sample: 2000, written: 49, read: 239 },
  /** Tokens; a demonstration with more is not used. */
  context: { prompt: 97, text: 24 },
} as const;
