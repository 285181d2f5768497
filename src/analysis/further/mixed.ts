import { InputError } from '../../core/index.ts';
import { type FixedColumn, type Groupings, linearMixedModel, ordinalMixedModel } from '../../stats/index.ts';
import { scoredRows } from '../arranged.ts';
import { comparedLevels } from '../contrast-analysis.ts';
import { column } from '../run-table.ts';
import { type FurtherContext, type FurtherStatistic, withoutRows } from './further.ts';

/** More grades than this are a score. */
const mostGrades = 10;

/**
 * A model in which tasks and instances are a sample: random intercepts of the factors between blocks, of these with
 * each level (so that effects may differ from task to task), and of blocks. Fixed are the compared factor against
 * the first baseline and all other factors.
 */
export const mixed: FurtherStatistic = {
  id: 'mixed',
  title: 'Mixed model: tasks and instances as random',
  compute: (context) => {
    const { arranged } = context;
    if (!arranged) return withoutRows('random effects need blocks: name their columns with --block');
    const { response, columns, random } = mixedInput(context);
    const graded = new Set(response).size <= mostGrades && response.every((x) => Number.isInteger(x));
    const fit = graded ? gradedTable : scoreTable;
    try {
      return fit(context, response, columns, random);
    } catch (error) {
      if (error instanceof InputError) return withoutRows(error.message);
      throw error;
    }
  },
};

function scoreTable(
  { plan }: FurtherContext,
  response: readonly number[],
  columns: readonly FixedColumn[],
  random: Groupings,
) {
  const model = linearMixedModel({ response, columns, random, confidence: plan.confidence });
  return {
    columns: ['effect', 'estimate', 'low', 'high', 'standard error', 'df', 'p'],
    rows: model.coefficients.map((c) => [c.name, c.estimate, c.low, c.high, c.standardError, c.df, c.p]),
    notes: [
      'linear, restricted maximum likelihood, Satterthwaite degrees of freedom',
      spreads({ ...model.deviations, residual: model.residualDeviation }),
    ],
  };
}

function gradedTable(
  { plan }: FurtherContext,
  scores: readonly number[],
  columns: readonly FixedColumn[],
  random: Groupings,
) {
  const grades = [...new Set(scores)].sort((a, b) => a - b);
  const response = scores.map((score) => grades.indexOf(score));
  const model = ordinalMixedModel({ response, columns, random, confidence: plan.confidence });
  const kind = grades.length === 2 ? 'logistic' : `cumulative logit over the grades ${grades.join(', ')}`;
  return {
    columns: ['effect', 'log odds', 'low', 'high', 'standard error', 'odds ratio', 'p'],
    rows: model.coefficients.map((c) => [
      c.name,
      c.estimate,
      c.low,
      c.high,
      c.standardError,
      Math.exp(c.estimate),
      c.p,
    ]),
    notes: [`${kind}, Laplace’s approximation, Wald intervals`, spreads(model.deviations)],
  };
}

function spreads(deviations: Readonly<Record<string, number>>): string {
  const parts = Object.entries(deviations).map(([name, own]) => `${name} ${own.toFixed(3)}`);
  return `standard deviations: ${parts.join(', ')}`;
}

function mixedInput({ plan, table }: FurtherContext) {
  const rows = scoredRows(plan, table);
  const labels = (name: string) => {
    const values = column(table, name);
    return rows.map((row) => values[row]);
  };
  const between = plan.factors.filter(({ place }) => place === 'between blocks').map(({ name }) => name);
  const compared = plan.comparedFactor!;
  const own = labels(compared);
  const [baseline = comparedLevels(plan)[0]] = plan.baselines;
  const dummies = (name: string, values: readonly string[], reference: string) =>
    [...new Set(values)]
      .filter((level) => level !== reference)
      .map((level): FixedColumn => ({
        name: `${name} ${level}`,
        values: values.map((value) => (value === level ? 1 : 0)),
      }));
  const others = plan.factors.filter(({ name }) => name !== compared && !between.includes(name));
  const joined = (names: readonly string[]) => {
    const parts = names.map(labels);
    return rows.map((_, i) => JSON.stringify(parts.map((values) => values[i])));
  };
  const random: Record<string, readonly string[]> = {};
  for (const name of between) {
    random[name] = labels(name);
    random[`${name} with ${compared}`] = joined([name, compared]);
  }
  random.block = joined(plan.block);
  return {
    response: rows.map((row) => table.response[row] ?? NaN),
    columns: [
      ...dummies(compared, own, baseline),
      ...others.flatMap(({ name }) => dummies(name, labels(name), labels(name)[0])),
    ],
    random,
  };
}
