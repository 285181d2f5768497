import { cellsWith, type LevelChoice } from '../../stats/index.ts';
import { absentLevel, groupsAt, scoredRows } from '../arranged.ts';
import { comparedLevels } from '../contrast-analysis.ts';
import { finestPlaces } from '../places.ts';
import { column } from '../run-table.ts';
import type { FurtherContext } from './further.ts';

/** The scores of each compared level at one finest place, block by block; NaN where there is none. */
export interface PlaceArms {
  readonly at: LevelChoice;
  readonly arms: ReadonlyMap<string, readonly number[]>;
  /** Are the scores of different levels of the same blocks? */
  readonly paired: boolean;
}

/** Every finest place with the scores of its levels. */
export function armsByPlace({ plan, table, arranged }: FurtherContext): PlaceArms[] {
  const factor = plan.comparedFactor!;
  const levels = comparedLevels(plan);
  const places = finestPlaces(plan.factors.filter(({ name }) => name !== factor));
  if (!arranged) {
    const rows = scoredRows(plan, table);
    return places.map((at) => {
      const here = rows.filter((row) =>
        Object.entries(at).every(([name, level]) => column(table, name)[row] === level),
      );
      const of = (level: string) => here.filter((row) => column(table, factor)[row] === level);
      const arms = new Map(
        levels.map((level) => [level, of(level).map((row) => table.response[row] ?? NaN)]),
      );
      return { at, arms, paired: false };
    });
  }
  const { design } = arranged;
  return places.map((at) => {
    const blocks = groupsAt(design, at).flatMap((g) => design.groups[g].blocks);
    const of = (level: string) => {
      const own = { ...at, [factor]: level };
      if (absentLevel(arranged, own) !== undefined) return blocks.map(() => NaN);
      const [cell] = cellsWith(design, own);
      return blocks.map(({ cells }) => cells[cell]);
    };
    return { at, arms: new Map(levels.map((level) => [level, of(level)])), paired: true };
  });
}

/** Both arms where both have a score. */
export function pairsOf(x: readonly number[], y: readonly number[]): { x: number[]; y: number[] } {
  const both = x.map((_, i) => i).filter((i) => !Number.isNaN(x[i]) && !Number.isNaN(y[i]));
  return { x: both.map((i) => x[i]), y: both.map((i) => y[i]) };
}

/** The comparisons of every level with the first baseline, place by place. */
export function againstFirst(context: FurtherContext) {
  const [baseline] = context.plan.baselines;
  return armsByPlace(context).flatMap(({ at, arms, paired }) =>
    [...arms].flatMap(([level, scores]) => {
      if (level === baseline) return [];
      const base = arms.get(baseline) ?? [];
      const own = paired ? pairsOf(scores, base) : { x: [...scores], y: [...base] };
      return [{ at, level, baseline, paired, ...own }];
    }),
  );
}
