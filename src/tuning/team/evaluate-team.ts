import type { Json, Tuner } from '../../contracts/index.ts';
import type { NamePart } from '../../core/index.ts';
import { swaps } from './contributions.ts';
import { mean, rollOut, type WritingTask } from './rollout.ts';

/** How a team does on problems that it was not trained on, one sample each, at temperature 1. */
export type Evaluation = {
  readonly return: number;
  readonly standardError: number;
  readonly problems: number;
  /** Means of what the task measures, by name, each over the problems of which it was measured. */
  readonly measures: Readonly<Record<string, number>>;
  /** What was asked and written about the first of them in the first turn, one text per agent. */
  readonly asked: readonly string[];
  readonly example: readonly string[];
  /** What the return loses where each agent answers another problem; in tasks of one turn, where it was asked for. */
  readonly elsewhere?: readonly number[];
};

/** How a team does on given problems, one sample per agent and turn. */
export async function evaluateTeam(
  writing: WritingTask,
  acting: readonly Tuner[],
  problems: readonly Json[],
  name: readonly NamePart[],
  { signal, whoAdds }: { readonly signal?: AbortSignal | undefined; readonly whoAdds?: boolean } = {},
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
  const elsewhere: number[] = [];
  if (whoAdds && writing.task.horizon === 1) {
    const swapped = swaps(writing, turns[0], signal);
    for (const agent of acting.keys()) elsewhere.push(await swapped.elsewhere(agent));
  }
  const known = (key: string) => outcomes.flatMap((own) => own[key] ?? []);
  return {
    return: average,
    standardError: Math.sqrt(mean(returns.map((r) => (r - average) ** 2)) / Math.max(1, returns.length - 1)),
    problems: problems.length,
    asked: turns[0][0].requests.map(({ prompt }) => prompt),
    example: turns[0][0].samples.map(([{ text }]) => text),
    ...(elsewhere.length > 0 && { elsewhere }),
    measures: Object.fromEntries(names.map((key) => [key, mean(known(key))])),
  };
}
