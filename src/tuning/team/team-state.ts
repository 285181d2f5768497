import type { JsonObject, NamedWeights } from '../../contracts/index.ts';
import type { Evaluation } from './evaluate-team.ts';
import type { Health } from './monitors.ts';

/** One line of the log: the same for the same seed. */
export type UpdateLine = {
  readonly update: number;
  /** Mean of the training groups. */
  readonly return: number;
  readonly jointEvaluations: number;
  /** Sampled so far. */
  readonly tokens: number;
  readonly health: Health;
  readonly warnings: readonly string[];
  readonly validation?: Evaluation;
};

/** What a training goes on from, and what its best version is. */
export interface TeamState {
  readonly lines: readonly UpdateLine[];
  readonly first: Evaluation;
  readonly testedFirst: Evaluation;
  readonly best: { readonly update: number; readonly return: number };
  readonly tuners: readonly NamedWeights[];
  readonly bestTuners: readonly NamedWeights[];
  /** One per agent, where the estimator has critics. */
  readonly critics: readonly NamedWeights[];
}

/** A state as a checkpoint keeps it. */
export function packState({ tuners, bestTuners, critics, ...progress }: TeamState): {
  progress: JsonObject;
  arrays: NamedWeights;
} {
  const all = [
    ...tuners.map((own, k) => [`last.${k}.`, own] as const),
    ...bestTuners.map((own, k) => [`best.${k}.`, own] as const),
    ...critics.map((own, k) => [`critic.${k}.`, own] as const),
  ];
  return {
    progress: progress,
    arrays: Object.fromEntries(
      all.flatMap(([prefix, own]) =>
        Object.entries(own).map(([key, array]) => [`${prefix}${key}`, array] as const),
      ),
    ),
  };
}

export function unpackState(
  { progress, arrays }: { progress: JsonObject; arrays: NamedWeights },
  { tuners, critics }: { readonly tuners: number; readonly critics: number },
): TeamState {
  const of = (prefix: string, count = tuners) =>
    Array.from({ length: count }, (_, k) =>
      Object.fromEntries(
        Object.entries(arrays)
          .filter(([key]) => key.startsWith(`${prefix}.${k}.`))
          .map(([key, array]) => [key.slice(`${prefix}.${k}.`.length), array]),
      ),
    );
  return {
    ...(progress as unknown as Omit<TeamState, 'tuners' | 'bestTuners' | 'critics'>),
    tuners: of('last'),
    bestTuners: of('best'),
    critics: of('critic', critics),
  };
}
