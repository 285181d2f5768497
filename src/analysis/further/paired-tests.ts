import { adjustP, equivalenceTest, signedRankTest } from '../../stats/index.ts';
import { marginAt } from '../plan-margin.ts';
import { againstFirst } from './arms.ts';
import { type FurtherStatistic, withoutRows } from './further.ts';
import { placeText } from '../places.ts';

const paired = 'tests of paired differences need blocks: name their columns with --block';

/** Wilcoxon's signed-rank test of every level against the first baseline, at every finest place. */
export const wilcoxon: FurtherStatistic = {
  id: 'wilcoxon',
  title: 'Wilcoxon signed-rank test against the baseline (exact, ties included)',
  compute: (context) => {
    const { plan, arranged, alternative } = context;
    if (!arranged || plan.baselines.length === 0) return withoutRows(paired);
    const lines = againstFirst(context).map((own) => ({
      ...own,
      differences: own.x.map((value, i) => value - own.y[i]),
    }));
    const tests = lines.map(({ differences }) =>
      differences.length === 0
        ? undefined
        : signedRankTest(differences, { alternative, confidence: plan.confidence }),
    );
    const adjusted = adjustP(
      tests.map((test) => test?.p ?? null),
      'holm',
    );
    return {
      columns: ['level', 'where', 'median difference', 'low', 'high', 'W', 'n', 'p', 'p (Holm)'],
      rows: lines.map(({ level, at }, i) => {
        const test = tests[i];
        return [
          level,
          placeText(at),
          test?.estimate ?? null,
          test?.low ?? null,
          test?.high ?? null,
          test?.statistic ?? null,
          test?.n ?? 0,
          test?.p ?? null,
          adjusted[i],
        ];
      }),
      notes: [
        `the alternative is ${alternative}; differences of 0 are left out, n counts the others`,
        'the median difference is that of Hodges and Lehmann; its interval takes differences for symmetric',
      ],
    };
  },
};

/** TOST and non-inferiority, each comparison on its own. */
export const equivalence: FurtherStatistic = {
  id: 'equivalence',
  title: 'Equivalence and non-inferiority against the baseline (t tests)',
  compute: (context) => {
    const { plan, arranged } = context;
    if (!arranged || plan.baselines.length === 0) return withoutRows(paired);
    return {
      columns: ['level', 'where', 'margin', 'difference', 'low', 'high', 'p equivalent', 'p not inferior'],
      rows: againstFirst(context).map(({ level, at, x, y }) => {
        const margin = marginAt(plan, at);
        const differences = x.map((value, i) => value - y[i]);
        const spread = differences.some((d) => Math.abs(d - differences[0]) > 1e-12);
        const test = spread ? equivalenceTest(differences, margin, plan.confidence) : undefined;
        return [
          level,
          placeText(at),
          margin,
          test?.estimate ?? differences.at(0) ?? null,
          test?.low ?? null,
          test?.high ?? null,
          test?.p ?? null,
          test?.nonInferiorityP ?? null,
        ];
      }),
      notes: [
        `the interval is the ${Math.round(100 * (2 * plan.confidence - 1))}% one that lies within the margin exactly when p is small enough`,
        'p are not adjusted for their number; verdicts of "as good as" are',
      ],
    };
  },
};
