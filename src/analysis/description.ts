import { InputError, nearest } from '../core/index.ts';
import type { Ablation } from '../stats/index.ts';
import { column, levelsOf, type ModelSize, type RunTable } from './run-table.ts';

/** A factor of the analysis and its levels, in the order of the tables. */
export interface DescribedFactor {
  readonly name: string;
  readonly levels: readonly string[];
}

/** What is to be analysed, before anything is known of the scores: all that a plan is made from. */
export interface AnalysisDescription {
  readonly responseName: string;
  /** One to five factors, each with at least two levels. */
  readonly factors: readonly DescribedFactor[];
  /** Columns that together name a block; empty for a table without blocks. */
  readonly block: readonly string[];
  /** Blocks in each combination of the between-block factors, for example seeds per task. */
  readonly blocksPerGroup: number;
  /** The factor whose levels are compared with the baselines, for example `strategy`. */
  readonly comparedFactor?: string;
  /** Up to two of its levels. */
  readonly baselines: readonly string[];
  /** The factor that holds language models, for scaling. */
  readonly modelFactor?: string;
  readonly models: Readonly<Record<string, ModelSize>>;
  readonly ablations: readonly Ablation[];
  /** The best attainable response, for gains over headroom; undefined when there is none. */
  readonly ceiling?: number;
  /** Largest difference that counts as none; the usual one where it is not said. */
  readonly margin?: { readonly margin?: number; readonly byTask?: Readonly<Record<string, number>> };
  /** Seeds by each look, and the level over all of them, of a study that grows until it knows. */
  readonly until?: { readonly looks: readonly number[]; readonly confidence: number };
  /** How advice reached the models, where somebody advised and it was one way. */
  readonly advice?: string;
  readonly notes: readonly string[];
}

export interface TableDescriptionRequest {
  /** Factors in the order in which terms are named. */
  readonly factors: readonly string[];
  readonly block?: readonly string[];
  readonly baselines?: readonly string[];
  /** Factor whose levels are compared; default the first. */
  readonly comparedFactor?: string;
  /** Factor that holds models; default `model` when it is a factor. */
  readonly modelFactor?: string;
}

const mostFactors = 5;

/**
 * Describes anybody's table.
 *
 * @throws InputError when a column does not exist, a factor has one level, a baseline is no level of the compared
 *   factor, a block contains one run, or there are fewer than two blocks to tell a spread from
 */
export function describeTable(table: RunTable, request: TableDescriptionRequest): AnalysisDescription {
  const { factors: names, block = [], baselines = [] } = request;
  if (names.length === 0 || names.length > mostFactors) {
    throw new InputError(`${names.length} factors given; an analysis takes one to ${mostFactors}.`);
  }
  if (new Set(names).size < names.length)
    throw new InputError(`A factor is listed twice: ${names.join(', ')}.`);
  const factors = names.map((name): DescribedFactor => {
    const levels = levelsOf(column(table, name));
    if (levels.length === 1 && levels[0] === baselines[0]) {
      throw new InputError(
        `The table has only the baseline "${levels[0]}" in "${name}": there is nothing to compare it with. ` +
          `Bring runs of another ${name}.`,
      );
    }
    if (levels.length < 2) {
      throw new InputError(
        `The factor "${name}" has one level ("${levels[0] ?? ''}"). Leave it out, or bring runs of another level.`,
      );
    }
    return { name, levels };
  });
  const compared = request.comparedFactor ?? names[0];
  const comparedFactor = factors.find((factor) => factor.name === compared);
  if (!comparedFactor) throw new InputError(`"${compared}" is none of the factors ${names.join(', ')}.`);
  requireBaselines(comparedFactor, baselines);
  const blocksPerGroup = block.length > 0 ? countBlocks(table, names, block) : 0;
  return {
    responseName: table.responseName,
    factors,
    block,
    blocksPerGroup,
    comparedFactor: compared,
    baselines,
    modelFactor: request.modelFactor ?? (names.includes('model') ? 'model' : undefined),
    models: table.models,
    ablations: [],
    notes: [],
  };
}

function requireBaselines(factor: DescribedFactor, baselines: readonly string[]): void {
  if (baselines.length > 2)
    throw new InputError(`${baselines.length} baselines given; at most two are used.`);
  if (new Set(baselines).size < baselines.length)
    throw new InputError(`A baseline is listed twice: ${baselines.join(', ')}.`);
  for (const baseline of baselines) {
    if (factor.levels.includes(baseline)) continue;
    const near = nearest(baseline, factor.levels);
    throw new InputError(
      `The baseline "${baseline}" is no level of "${factor.name}".${near ? ` Did you mean "${near}"?` : ''} ` +
        `It has ${factor.levels.join(', ')}.`,
    );
  }
}

/** Fewest blocks per combination of the factors that blocks are made of, checked. */
function countBlocks(table: RunTable, factors: readonly string[], block: readonly string[]): number {
  const columns = block.map((name) => column(table, name));
  const between = block.filter((name) => factors.includes(name)).map((name) => column(table, name));
  const rows = new Map<string, number>();
  const groups = new Map<string, Set<string>>();
  for (let row = 0; row < table.response.length; row++) {
    const key = JSON.stringify(columns.map((values) => values[row]));
    rows.set(key, (rows.get(key) ?? 0) + 1);
    const group = JSON.stringify(between.map((values) => values[row]));
    groups.set(group, (groups.get(group) ?? new Set<string>()).add(key));
  }
  const name = block.join(', ');
  for (const [key, count] of rows) {
    if (count < 2) {
      const where = (JSON.parse(key) as string[]).map((value, i) => `${block[i]} = ${value}`).join(', ');
      throw new InputError(
        `The block ${where} contains one run, so nothing can be compared inside it. ` +
          `Check the block columns (${name}), or leave the row out.`,
      );
    }
  }
  for (const [key, keys] of groups) {
    if (keys.size < 2) {
      const values = JSON.parse(key) as string[];
      const levels = block.filter((column) => factors.includes(column));
      const where = values.map((value, i) => `${levels[i]} = ${value}`).join(', ');
      throw new InputError(
        `There is one block${where ? ` with ${where}` : ''}; at least two seeds are needed to tell an effect ` +
          'from chance. Bring runs of another seed.',
      );
    }
  }
  return Math.min(...[...groups.values()].map((keys) => keys.size));
}
