import { InputError } from '../core/index.ts';
import {
  blockDesign,
  cellEstimates,
  type BlockDesign,
  type CellEstimates,
  type LevelChoice,
} from '../stats/index.ts';
import type { AnalysisPlan } from './plan.ts';
import { column, type RunTable } from './run-table.ts';

/** A table arranged for a plan: its blocks and their estimated cells. */
export interface Arranged {
  readonly design: BlockDesign;
  readonly estimates: readonly CellEstimates[];
  /** Levels of the plan without any scored run. */
  readonly absent: readonly { readonly factor: string; readonly level: string }[];
}

/** The rows of the table that have a response and only levels the plan knows. */
export function scoredRows(
  plan: AnalysisPlan,
  table: RunTable,
  extraLevels: readonly string[] = [],
): readonly number[] {
  const allowed = plan.factors.map(({ name, levels }) => ({
    values: column(table, name),
    levels: new Set(name === plan.comparedFactor ? [...levels, ...extraLevels] : levels),
  }));
  return table.response.flatMap((value, row) => {
    if (value === null || !allowed.every(({ values, levels }) => levels.has(values[row]))) return [];
    return [row];
  });
}

/**
 * Arranges the scored rows by block.
 *
 * @param extraLevels further levels of the compared factor, for ablations
 * @throws InputError when a factor has fewer than two levels with scores, or too few blocks have any
 */
export function arrange(plan: AnalysisPlan, table: RunTable, extraLevels: readonly string[] = []): Arranged {
  const rows = scoredRows(plan, table, extraLevels);
  if (rows.length === 0)
    throw new InputError(`No run has a ${table.responseName}; there is nothing to analyse.`);
  const pick = (name: string) => {
    const values = column(table, name);
    return rows.map((row) => values[row]);
  };
  const factors = Object.fromEntries(plan.factors.map(({ name }) => [name, pick(name)]));
  const absent = plan.factors.flatMap(({ name, levels }) => {
    const present = new Set(factors[name]);
    return levels.filter((level) => !present.has(level)).map((level) => ({ factor: name, level }));
  });
  for (const { name, levels } of plan.factors) {
    const present = levels.filter((level) => !absent.some((a) => a.factor === name && a.level === level));
    if (present.length < 2) {
      throw new InputError(
        `Only the level "${present.join('')}" of "${name}" has runs with a ${table.responseName}; ` +
          'a comparison needs two.',
      );
    }
  }
  const parts = plan.block.map(pick);
  const design = blockDesign({
    response: rows.map((row) => table.response[row] ?? NaN),
    factors,
    block: rows.map((_, i) => blockKey(parts.map((values) => values[i]))),
    levels: Object.fromEntries(
      plan.factors.map(({ name, levels }) => [
        name,
        name === plan.comparedFactor ? [...levels, ...extraLevels] : levels,
      ]),
    ),
  });
  return { design, estimates: design.groups.map((group) => cellEstimates(group, design.cells)), absent };
}

function blockKey(values: readonly string[]): string {
  return JSON.stringify(values);
}

/** Indices of the groups of blocks at that place. */
export function groupsAt(design: BlockDesign, at: LevelChoice): number[] {
  return Array.from(design.groups.keys()).filter((g) =>
    design.between.every(({ name, levels }, i) => {
      return at[name] === undefined || at[name] === levels[design.groups[g].levels[i]];
    }),
  );
}

/** A level of the place that no scored run has, or undefined. */
export function absentLevel({ absent }: Pick<Arranged, 'absent'>, at: LevelChoice): string | undefined {
  return absent.find(({ factor, level }) => at[factor] === level)?.level;
}
