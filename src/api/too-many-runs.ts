import { InputError } from '../core/index.ts';
import { countRuns, type ResolvedStudy, type StudySource } from '../study/index.ts';

/** The most runs of a study in the embedded store, whose plan is held in memory. */
export const mostRuns = 1_000_000;

/**
 * Counts the runs of a study before any is planned.
 * @throws InputError with their number and what it is made of, when there are more than `mostRuns`
 */
export function refuseTooManyRuns(study: ResolvedStudy, { placeOf }: StudySource): void {
  const count = countRuns(study);
  if (count <= mostRuns) return;
  const { models, strategies, tasks, seeds, factors } = study;
  const number = (n: number) => n.toLocaleString('en');
  const parts = [
    [models, 'models'],
    [strategies, 'strategies'],
    [tasks, 'tasks'],
    ...factors.map(({ name, levels }) => [levels, `levels of ${name}`] as const),
    [seeds, 'seeds'],
  ] as const;
  throw new InputError(
    `The study has ${number(count)} runs (${parts.map(([{ length }, what]) => `${number(length)} ${what}`).join(' x ')}), ` +
      `and its store takes at most ${number(mostRuns)}. Take fewer seeds or levels, or split it into several studies.`,
    placeOf(['seeds']),
  );
}
