import { InputError } from '../core/index.ts';
import { levelWeights, linearComparison, paretoFront, type LevelChoice } from '../stats/index.ts';
import { arrange, type Arranged } from './arranged.ts';
import { comparedLevels } from './contrast-analysis.ts';
import { placeGroups } from './places.ts';
import type { AnalysisPlan } from './plan.ts';
import type { CostLine, Mean } from './results.ts';
import type { RunTable, RunUsage } from './run-table.ts';

/**
 * Score against tokens, dollars and questions for every level of the compared factor, over everything and at each place,
 * with those that no other level dominates marked. Only runs with a score and a known usage count.
 */
export function costLines(arranged: Arranged, plan: AnalysisPlan, table: RunTable): CostLine[] {
  const factor = plan.comparedFactor;
  const { usage = [], answers = [] } = table;
  if (factor === undefined) return [];
  const tokens = arrangeCost(plan, table, usage, tokensOf);
  const dollars = arrangeCost(plan, table, usage, ({ costUsd }) => costUsd);
  const questions = arrangeCost(plan, table, answers, ({ decisions }) => decisions);
  if (!tokens && !dollars && !questions) return [];
  const judgeTokens = arrangeCost(plan, table, usage, (used) => used.judgeTokens);
  const judgeDollars = arrangeCost(plan, table, usage, (used) => used.judgeCostUsd);
  const others = plan.factors.filter(({ name }) => name !== factor);
  return placeGroups(others).flatMap(({ places }) =>
    places.flatMap((at) => {
      const lines = comparedLevels(plan).map((level) => {
        const choice = { ...at, [factor]: level };
        return {
          level,
          at,
          score: meanAt(arranged, plan, choice),
          tokens: meanAt(tokens, plan, choice),
          costUsd: meanAt(dollars, plan, choice),
          questions: meanAt(questions, plan, choice),
          ...(judgeTokens && { judgeTokens: meanAt(judgeTokens, plan, choice) }),
          ...(judgeDollars && { judgeCostUsd: meanAt(judgeDollars, plan, choice) }),
        };
      });
      const cheapest = {
        tokens: onFront(lines.map((line) => [line.score, line.tokens])),
        dollars: onFront(lines.map((line) => [line.score, line.costUsd])),
        questions: onFront(lines.map((line) => [line.score, line.questions])),
      };
      return lines.map((line, i): CostLine => ({
        ...line,
        onTokenFront: cheapest.tokens[i],
        onDollarFront: cheapest.dollars[i],
        onQuestionFront: cheapest.questions[i],
      }));
    }),
  );
}

/** Input and output tokens together; undefined when either is not known. */
function tokensOf({ inputTokens, outputTokens }: RunUsage): number | undefined {
  return inputTokens === undefined || outputTokens === undefined ? undefined : inputTokens + outputTokens;
}

/** The table with a cost in place of the response, arranged; undefined when too little of it is known. */
function arrangeCost<T>(
  plan: AnalysisPlan,
  table: RunTable,
  used: readonly (T | undefined)[],
  cost: (used: T) => number | undefined,
): Arranged | undefined {
  const response = table.response.map((score, row) => {
    const own = used[row];
    return score === null || !own ? null : (cost(own) ?? null);
  });
  if (response.every((value) => value === null)) return undefined;
  try {
    return arrange(plan, { ...table, response });
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

function meanAt(arranged: Arranged | undefined, plan: AnalysisPlan, at: LevelChoice): Mean | null {
  if (!arranged || arranged.absent.some(({ factor, level }) => at[factor] === level)) return null;
  const { design, estimates } = arranged;
  const { estimate, low, high } = linearComparison(estimates, levelWeights(design, at), plan.confidence);
  return estimate === null ? null : { estimate, low, high };
}

/** Which of these scores and costs are on the Pareto front; `null` for points of which one side is not known. */
export function onFront(points: readonly (readonly [Mean | null, Mean | null])[]): (boolean | null)[] {
  const known = points.flatMap(([score, cost], i) =>
    score && cost ? [{ i, score: score.estimate, cost: cost.estimate }] : [],
  );
  const front = new Array<boolean | null>(points.length).fill(null);
  if (known.length === 0) return front;
  const flags = paretoFront(
    known.map(({ score }) => score),
    known.map(({ cost }) => cost),
  );
  known.forEach(({ i }, k) => (front[i] = flags[k]));
  return front;
}
