import type { Json, Tuner } from '../../contracts/index.ts';
import type { NamePart } from '../../core/index.ts';
import { mean, rollOut, type WritingTask } from './rollout.ts';

/** How a team does on problems that it was not trained on, one sample each, at temperature 1. */
export type Evaluation = {
  readonly return: number;
  readonly standardError: number;
  readonly problems: number;
  /** Means of what the task measures, by name. */
  readonly measures: Readonly<Record<string, number>>;
  /** What was written about the first of them in the first turn, one text per agent. */
  readonly example: readonly string[];
};

/** How a team does on given problems, one sample per agent and turn. */
export async function evaluateTeam(
  writing: WritingTask,
  acting: readonly Tuner[],
  problems: readonly Json[],
  name: readonly NamePart[],
  signal?: AbortSignal,
): Promise<Evaluation> {
  const { turns } = await rollOut(writing, acting, problems, {
    group: 1,
    grouping: 'aligned',
    name,
    ...(signal && { signal }),
  });
  const returns = turns[0].map((node) => node.returns[0]);
  const average = mean(returns);
  const outcomes = turns[0].map(({ ends }) => ends[0][0].measures ?? {});
  const names = [...new Set(outcomes.flatMap(Object.keys))];
  return {
    return: average,
    standardError: Math.sqrt(mean(returns.map((r) => (r - average) ** 2)) / Math.max(1, returns.length - 1)),
    problems: problems.length,
    example: turns[0][0].samples.map(([{ text }]) => text),
    measures: Object.fromEntries(names.map((key) => [key, mean(outcomes.map((own) => own[key] ?? 0))])),
  };
}
