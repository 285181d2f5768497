import type { TransformerShape } from '../../src/nn/index.ts';
import {
  context,
  corpusSettings,
  demonstratedTasks,
  heldOutInstances,
  recipeRevision,
  type TaskShare,
  trainingSettings,
} from './recipes.ts';

/** Everything that a training depends on besides the model's own recipe. Tests have smaller ones. */
export interface Plan {
  readonly revision: number;
  readonly tasks: readonly TaskShare[];
  readonly corpus: {
    readonly seed: number;
    readonly variant: number;
    readonly sample: number;
    readonly vocabulary: {
      readonly limit: number;
      readonly patternLimit: number;
      readonly leastShare: number;
    };
  };
  readonly training: {
    readonly warmupSteps: number;
    readonly balanceWeight: number;
    readonly vocabularyShare: number;
  };
  readonly context: { readonly prefix: number; readonly prompt: number };
  /** How figures are measured: instances of episodes per task, and where they come from. */
  readonly figures: {
    readonly instances: number;
    readonly namespace: 'development' | 'held-out';
    /** Held-out demonstrations that accuracy and loss are measured on. */
    readonly demonstrations: number;
  };
  /** Where corpora and checkpoints are kept. */
  readonly work: string;
  /** Where `<id>/` is written. */
  readonly out: string;
}

export type Shape = Omit<TransformerShape, 'vocabulary'>;

/** The plan by which the shipped models were made. */
export function shippedPlan(
  work: string,
  out: string,
  namespace: Plan['figures']['namespace'] = 'held-out',
  tasks: Plan['tasks'] = demonstratedTasks,
): Plan {
  return {
    revision: recipeRevision,
    tasks,
    corpus: corpusSettings,
    training: trainingSettings,
    context,
    figures: { instances: heldOutInstances, namespace, demonstrations: 2000 },
    work,
    out,
  };
}
