import { AgentMeshError } from '../core/index.ts';
import {
  breuschPagan,
  brownForsythe,
  factor,
  fitLinearModel,
  normalQuantile,
  type BlockDesign,
  type CellEstimates,
  type VarianceTest,
} from '../stats/index.ts';
import { scoredRows, type Arranged } from './arranged.ts';
import type { AnalysisPlan } from './plan.ts';
import type { DiagnosticsResult } from './results.ts';
import { column, type RunTable } from './run-table.ts';

interface Residual {
  readonly fitted: number;
  readonly residual: number;
  /** Level of each factor of the design, by name. */
  readonly levels: Readonly<Record<string, string>>;
}

/** How the runs scatter around their block and cell: by factor, and against what the plain model expects. */
export function blockDiagnostics(
  { design, estimates }: Arranged,
  plan: AnalysisPlan,
  table: RunTable,
): DiagnosticsResult {
  const residuals = blockResiduals(design, estimates);
  return {
    brownForsythe: spreadByFactor(plan, residuals),
    breuschPagan: variancePattern(plan, table),
    residuals: plotData(residuals),
  };
}

/** The same for a table without blocks, around the cell means. */
export function plainDiagnostics(plan: AnalysisPlan, table: RunTable): DiagnosticsResult {
  const rows = scoredRows(plan, table);
  const values = plan.factors.map(({ name }) => column(table, name));
  const cells = new Map<string, number[]>();
  const keyOf = (row: number) => JSON.stringify(values.map((own) => own[row]));
  for (const row of rows) cells.set(keyOf(row), [...(cells.get(keyOf(row)) ?? []), row]);
  const residuals = [...cells.values()].flatMap((own) => {
    const mean = own.reduce((sum, row) => sum + (table.response[row] ?? NaN), 0) / own.length;
    return own.map((row): Residual => ({
      fitted: mean,
      residual: (table.response[row] ?? NaN) - mean,
      levels: Object.fromEntries(plan.factors.map(({ name }, i) => [name, values[i][row]])),
    }));
  });
  return {
    brownForsythe: spreadByFactor(plan, residuals),
    breuschPagan: variancePattern(plan, table),
    residuals: plotData(residuals),
  };
}

/** Score minus cell mean minus block level, for every run that is there. */
function blockResiduals(design: BlockDesign, estimates: readonly CellEstimates[]): Residual[] {
  return design.groups.flatMap((group, g) => {
    const { means } = estimates[g];
    const between = Object.fromEntries(
      design.between.map(({ name, levels }, i) => [name, levels[group.levels[i]]]),
    );
    return group.blocks.flatMap(({ cells }) => {
      const here = Array.from(cells.keys()).filter((c) => Number.isFinite(cells[c] - means[c]));
      const level = here.reduce((sum, c) => sum + (cells[c] - means[c]) / here.length, 0);
      return here.map((c): Residual => ({
        fitted: means[c] + level,
        residual: cells[c] - means[c] - level,
        levels: { ...between, ...cellLevels(design, c) },
      }));
    });
  });
}

function cellLevels({ within }: BlockDesign, cell: number): Record<string, string> {
  const levels: Record<string, string> = {};
  let rest = cell;
  for (let i = within.length - 1; i >= 0; i--) {
    const size = within[i].levels.length;
    levels[within[i].name] = within[i].levels[rest % size];
    rest = Math.floor(rest / size);
  }
  return levels;
}

function spreadByFactor(
  plan: AnalysisPlan,
  residuals: readonly Residual[],
): DiagnosticsResult['brownForsythe'] {
  return plan.factors.flatMap(({ name, levels }) => {
    const groups = levels
      .map((level) => residuals.filter((r) => r.levels[name] === level).map(({ residual }) => residual))
      .filter((group) => group.length > 0);
    const test = estimable(() => brownForsythe(groups));
    return test ? [{ factor: name, ...test }] : [];
  });
}

/** `undefined` where the data are too few or too flat for the statistic. */
function estimable<T>(compute: () => T): T | undefined {
  try {
    return compute();
  } catch (error) {
    if (error instanceof AgentMeshError) return undefined;
    throw error;
  }
}

function variancePattern(plan: AnalysisPlan, table: RunTable): VarianceTest | null {
  const rows = scoredRows(plan, table);
  const response = rows.map((row) => table.response[row] ?? NaN);
  return (
    estimable(() => {
      const columns = plan.factors.map(({ name }) => {
        const values = column(table, name);
        return factor(
          name,
          rows.map((row) => values[row]),
        );
      });
      return breuschPagan(fitLinearModel(response, columns), response);
    }) ?? null
  );
}

function plotData(residuals: readonly Residual[]): DiagnosticsResult['residuals'] {
  const n = residuals.length;
  const order = residuals.map((_, i) => i).sort((a, b) => residuals[a].residual - residuals[b].residual);
  const quantiles = new Array<number>(n);
  order.forEach((at, rank) => (quantiles[at] = normalQuantile((rank + 0.5) / n)));
  return {
    fitted: residuals.map(({ fitted }) => fitted),
    residual: residuals.map(({ residual }) => residual),
    normalQuantile: quantiles,
  };
}
