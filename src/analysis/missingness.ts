import { differenceWeights, levelWeights, missingBounds } from '../stats/index.ts';
import type { Arranged } from './arranged.ts';
import { comparedLevels, levelsAgainst } from './contrast-analysis.ts';
import type { AnalysisPlan } from './plan.ts';
import type { MissingnessResult } from './results.ts';
import { column, type RunTable } from './run-table.ts';

/** The status of a run with a response. */
const doneStatus = 'done';

/**
 * Which runs have no response, by kind and by level of each factor, and how far the pooled contrasts could move
 * had they had one.
 */
export function missingness(
  table: RunTable,
  plan: AnalysisPlan,
  arranged: Arranged | undefined,
): MissingnessResult {
  const kindOf = (row: number) => (table.response[row] === null ? table.status[row] : doneStatus);
  const rows = table.response.map((_, row) => row);
  const levels = plan.factors.flatMap(({ name, levels: own }) => {
    const values = column(table, name);
    return own.map((level) => {
      const here = rows.filter((row) => values[row] === level);
      return { factor: name, level, planned: here.length, kinds: countKinds(here.map(kindOf)) };
    });
  });
  const scored = table.response.filter((value) => value !== null);
  const range: [number, number] = scored.reduce<[number, number]>(
    ([low, high], x) => [Math.min(low, x), Math.max(high, x)],
    plan.ceiling === undefined ? [Infinity, -Infinity] : [0, plan.ceiling],
  );
  return {
    planned: rows.length,
    scored: scored.length,
    kinds: countKinds(rows.map(kindOf)),
    levels,
    range,
    bounds: arranged && scored.length < rows.length ? bounds(arranged, plan, range) : [],
  };
}

function countKinds(kinds: readonly string[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const kind of kinds) if (kind !== doneStatus) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return Object.fromEntries(counts);
}

function bounds(
  { design, absent }: Arranged,
  plan: AnalysisPlan,
  range: readonly [number, number],
): MissingnessResult['bounds'] {
  const factor = plan.comparedFactor;
  if (factor === undefined) return [];
  const levels = comparedLevels(plan).filter(
    (l) => !absent.some((a) => a.factor === factor && a.level === l),
  );
  return plan.baselines
    .filter((baseline) => levels.includes(baseline))
    .flatMap((baseline) =>
      levelsAgainst(plan, baseline)
        .filter((level) => levels.includes(level))
        .map((level) => {
          const top = levelWeights(design, { [factor]: level });
          const bottom = levelWeights(design, { [factor]: baseline });
          return { level, baseline, ...missingBounds(design, differenceWeights(top, bottom), range) };
        }),
    );
}
