import { UnknownIdError } from '../../core/index.ts';
import { effects } from './effects.ts';
import type { FurtherContext, FurtherStatistic, FurtherTable } from './further.ts';
import { friedman } from './friedman.ts';
import { improvement, profiles } from './improvement.ts';
import { mixed } from './mixed.ts';
import { ownContrasts } from './contrasts.ts';
import { equivalence, wilcoxon } from './paired-tests.ts';

/** The registry: what `--also` knows. */
export const furtherStatistics: readonly FurtherStatistic[] = [
  effects,
  equivalence,
  wilcoxon,
  friedman,
  improvement,
  profiles,
  mixed,
];

/** What was asked for beside the plan's own analyses. @throws UnknownIdError */
export function furtherTables(
  context: FurtherContext,
  ids: readonly string[],
  contrasts: readonly string[],
): FurtherTable[] {
  const known = furtherStatistics.map(({ id }) => id);
  const chosen = ids.includes('all') ? known : ids;
  const tables = chosen.map((id) => {
    const statistic = furtherStatistics.find((own) => own.id === id);
    if (!statistic) throw new UnknownIdError('statistic', id, [...known, 'all']);
    return { id, title: statistic.title, ...statistic.compute(context) };
  });
  return [...tables, ...(contrasts.length > 0 ? [ownContrasts(context, contrasts)] : [])];
}

export type { FurtherTable } from './further.ts';
