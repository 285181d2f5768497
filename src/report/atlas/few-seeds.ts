import type { Atlas } from './context.ts';

/**
 * How often a study without any effect shows a gain or harm somewhere although at most 5% should, on scores that
 * have rare disasters: whole blocks drawn from 30 seeds of `studies/quick.yaml`. Measured by
 * `npm run verify:statistics`; the table is in docs/methods/statistics-calibration.md, and a test compares.
 */
export const measuredError: readonly { readonly seeds: number; readonly share: string }[] = [
  { seeds: 10, share: '18.4' },
  { seeds: 30, share: '7.6' },
];

/** How far the level of the verdicts was kept, for readers who look up what they are told. */
export const errorAsMeasured =
  `It was measured: with ${measuredError[0].seeds} seeds and scores that have rare disasters it is ` +
  `${measuredError[0].share}%, with most other kinds it holds (docs/methods/statistics-calibration.md).`;

/**
 * What must be said beside a gain or harm from few seeds: a disaster that none of them met is in no interval.
 * Undefined where nothing is shown, or where the seeds are many.
 */
export function fewSeedsCaution({ results }: Atlas): string | undefined {
  const shown = (results?.verdicts ?? [])
    .filter(({ role }) => role === 'verdicts')
    .flatMap(({ places }) => places)
    .flatMap(({ verdicts }) => verdicts)
    .filter(({ shown }) => shown === 'gain shown' || shown === 'harm shown');
  const fewest = Math.min(...shown.map(({ blocks }) => blocks));
  const [few, more] = measuredError;
  if (!(fewest < more.seeds)) return undefined;
  return (
    `${fewest} seeds do not show rare disasters that none of them met. On scores that have some, the 5% of studies ` +
    `with a false gain or harm were measured as ${few.share}% with ${few.seeds} seeds and ${more.share}% with ` +
    `${more.seeds}; on most others they hold (docs/methods/statistics-calibration.md).`
  );
}
