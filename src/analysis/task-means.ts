import { cellsWith, type LevelChoice, type TaskMeans } from '../stats/index.ts';
import { groupsAt, type Arranged } from './arranged.ts';
import { comparedLevels } from './contrast-analysis.ts';
import { placesAt } from './places.ts';
import type { AnalysisPlan } from './plan.ts';

/** The means of all levels at one task, with their error. */
export interface TaskStratum extends TaskMeans {
  readonly at: LevelChoice;
}

/**
 * The factors whose levels are the tasks that partial pooling and precision weights speak of: those that vary
 * between blocks, and the tasks, however a table names its blocks.
 */
export function taskFactors({ design }: Arranged, plan: AnalysisPlan) {
  const own = plan.factors.filter(
    ({ name }) =>
      name !== plan.comparedFactor &&
      (name === 'task' || design.between.some((other) => other.name === name)),
  );
  return own;
}

/**
 * Means of the compared levels at every task, at the given levels of all other factors. The error is what is left
 * of a block's scores after its own mean and the levels' means, pooled over levels.
 *
 * @returns undefined when there are fewer than two tasks, or fewer than two levels with scores at all of them
 */
export function taskMeans(
  arranged: Arranged,
  plan: AnalysisPlan,
  at: LevelChoice,
): { readonly levels: readonly string[]; readonly tasks: readonly TaskStratum[] } | undefined {
  const { design, estimates, absent } = arranged;
  const factors = taskFactors(arranged, plan);
  if (factors.length === 0) return undefined;
  const present = factors.map(({ name, levels }) => ({
    name,
    levels: levels.filter((level) => !absent.some((a) => a.factor === name && a.level === level)),
  }));
  const fixed = Object.fromEntries(
    Object.entries(at).filter(([name]) => !factors.some((own) => own.name === name)),
  );
  const strata = placesAt(present).flatMap((task) => {
    const place = { ...fixed, ...task };
    const groups = groupsAt(design, place);
    return groups.length === 1 ? [{ task, place, estimates: estimates[groups[0]] }] : [];
  });
  const meanOf = (stratum: (typeof strata)[number], level: string) => {
    const cells = cellsWith(design, { ...stratum.place, [plan.comparedFactor!]: level });
    const of = (values: ArrayLike<number>, offset: number) =>
      cells.reduce((sum, c) => sum + values[offset + c], 0) / cells.length;
    return { mean: of(stratum.estimates.means, 0), residual: of };
  };
  const levels = comparedLevels(plan).filter(
    (level) =>
      !absent.some((a) => a.factor === plan.comparedFactor && a.level === level) &&
      strata.every((stratum) => Number.isFinite(meanOf(stratum, level).mean)),
  );
  if (strata.length < 2 || levels.length < 2 || strata.some((own) => own.estimates.blocks < 2))
    return undefined;
  const tasks = strata.map((stratum): TaskStratum => {
    const { residuals, blocks } = stratum.estimates;
    const own = levels.map((level) => meanOf(stratum, level));
    const df = (blocks - 1) * (levels.length - 1);
    let squares = 0;
    for (let b = 0; b < blocks; b++) {
      const rows = own.map(({ residual }) => residual(residuals, b * design.cells));
      const level = rows.reduce((sum, x) => sum + x / rows.length, 0);
      for (const x of rows) squares += (x - level) ** 2;
    }
    return { at: stratum.task, means: own.map(({ mean }) => mean), variance: squares / df / blocks, df };
  });
  return { levels, tasks };
}
