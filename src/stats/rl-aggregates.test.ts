import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeGolden, goldenColumns, goldenTable } from '../../test/golden/statistics.ts';
import { InputError, randomStream } from '../core/index.ts';
import {
  interquartileMean,
  optimalityGap,
  performanceProfile,
  probabilityOfImprovement,
  resampledImprovement,
  resampledInterquartileMean,
  stratifiedBootstrap,
} from './rl-aggregates.ts';

const numbers = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 1, maxLength: 30 });

describe('aggregates of scores', () => {
  it('by hand', () => {
    // Eight values: the two lowest and two highest go; the middle four are 3, 4, 5, 6.
    expect(interquartileMean([1, 2, 3, 4, 5, 6, 7, 100])).toBe(4.5);
    // Pairs (2,1) (2,2) (3,1) (3,2): wins 1 + half + 1 + 1.
    expect(probabilityOfImprovement([2, 3], [1, 2])).toBe(3.5 / 4);
    expect(performanceProfile([0.1, 0.5, 0.9], [0, 0.5, 1])).toEqual([1, 1 / 3, 0]);
    expect(optimalityGap([0.5, 1.5], 1)).toBe(0.25);
  });

  it('probability of improvement: both directions add to 1, and it equals the double loop', () => {
    fc.assert(
      fc.property(numbers, numbers, (x, y) => {
        let sum = 0;
        for (const a of x) for (const b of y) sum += a > b ? 1 : a === b ? 0.5 : 0;
        expect(probabilityOfImprovement(x, y)).toBeCloseTo(sum / (x.length * y.length), 12);
        expect(probabilityOfImprovement(x, y) + probabilityOfImprovement(y, x)).toBeCloseTo(1, 12);
      }),
    );
  });

  it('of resamples by counting are those of the resampled scores, to the last bit', () => {
    // Thirds do not add up exactly, ties are common, and NaN stands for a missing score.
    const score = fc.integer({ min: -5, max: 5 }).map((k) => (k === -5 ? NaN : k / 3));
    const item = fc.tuple(score, score, fc.nat(3));
    fc.assert(
      fc.property(fc.array(item, { minLength: 1, maxLength: 20 }), (drawn) => {
        const counts = drawn.map(([, , count]) => count);
        const resample = (side: 0 | 1) =>
          drawn.flatMap((own) => Array<number>(own[2]).fill(own[side])).filter((x) => !Number.isNaN(x));
        const [x, y] = [resample(0), resample(1)];
        const sides = [drawn.map(([own]) => own), drawn.map(([, own]) => own)];
        const improvement = resampledImprovement(sides[0], sides[1])(counts);
        expect(improvement).toBe(x.length && y.length ? probabilityOfImprovement(x, y) : NaN);
        const present = sides[0].flatMap((own, k) => (Number.isNaN(own) ? [] : [k]));
        fc.pre(present.length > 0);
        const iqm = resampledInterquartileMean(
          present.map((k) => sides[0][k]),
          present,
        )(counts);
        expect(iqm).toBe(x.length ? interquartileMean(x) : NaN);
      }),
    );
  });

  it('the area under the profile is the mean: they are one distribution', () => {
    // For scores in [0, 1] the integral of P(score > tau) over tau is the mean.
    const scores = [0.2, 0.4, 0.4, 1];
    const steps = 10_000;
    const taus = Array.from({ length: steps }, (_, i) => (i + 0.5) / steps);
    const area = performanceProfile(scores, taus).reduce((a, b) => a + b, 0) / steps;
    expect(area).toBeCloseTo(0.5, 3);
    expect(1 - optimalityGap(scores, 1)).toBeCloseTo(0.5, 12);
  });

  it('refuse empty input and NaN', () => {
    for (const f of [interquartileMean, optimalityGap]) {
      expect(() => f([])).toThrow(InputError);
      expect(() => f([1, NaN])).toThrow(/row 2/);
    }
  });
});

describe('stratifiedBootstrap', () => {
  const mean = (strata: readonly (readonly number[])[]) => {
    const all = strata.flat();
    return all.reduce((a, b) => a + b, 0) / all.length;
  };
  it('keeps the strata: a difference between them adds no uncertainty', () => {
    const strata = [
      [0, 0, 0, 0],
      [1, 1, 1, 1],
    ];
    const { estimate, low, high } = stratifiedBootstrap(strata, mean, {
      stream: randomStream('t'),
      resamples: 200,
    });
    expect([estimate, low, high]).toEqual([0.5, 0.5, 0.5]);
  });

  it('has the spread that theory gives the mean of strata', () => {
    const noise = randomStream('test', 'strata');
    const strata = [5, 0].map((centre) => Array.from({ length: 40 }, () => centre + noise.normal()));
    const { low, high } = stratifiedBootstrap(strata, mean, { stream: noise, resamples: 4000 });
    const variance = strata.reduce((sum, items) => {
      const m = items.reduce((a, b) => a + b, 0) / 40;
      return sum + items.reduce((a, b) => a + (b - m) ** 2, 0) / 40 ** 2 / 4;
    }, 0);
    expect((high! - low!) / (2 * 1.96 * Math.sqrt(variance))).toBeCloseTo(1, 1);
  });

  it('has no interval with a single item in a stratum, and refuses an empty one', () => {
    const options = { stream: randomStream('t'), resamples: 200, method: 'bca' } as const;
    expect(stratifiedBootstrap([[1], [1, 2]], mean, options)).toMatchObject({ low: null, high: null });
    expect(() => stratifiedBootstrap([[], [1, 2]], mean, options)).toThrow(/stratum 1 is empty/);
  });
});

describeGolden('aggregates against R', (golden) => {
  interface Want {
    readonly iqm: number[];
    readonly prob_improve_vs_none_avg_over_tasks: number[];
    readonly optimality_gap_gamma60: number[];
    readonly profile_taus: number[];
    readonly profile: Record<string, number[]>;
  }
  const strategies = ['none', 'hint', 'retry', 'search', 'ensemble'];
  const sets = [
    ['balanced', 'balanced1400'],
    // Quantiles need the rows themselves, which the subset does not hold.
    ...(golden.kind === 'whole' ? ([['unbalanced', 'unbalanced3400']] as const) : []),
  ] as const;
  for (const [name, file] of sets) {
    it(name, () => {
      const want = (golden.json('golden2.json') as Record<string, Want>)[name];
      const { score, strategy, task } = goldenColumns(goldenTable(golden, file));
      const of = (s: string, t?: string) =>
        score.filter((_, i) => strategy[i] === s && (t === undefined || task[i] === t));
      const tasks = [...new Set(task)];
      strategies.forEach((s, i) => {
        expect(interquartileMean(of(s))).toBeCloseTo(want.iqm[i], 10);
        expect(optimalityGap(of(s), 60)).toBeCloseTo(want.optimality_gap_gamma60[i], 10);
        performanceProfile(of(s), want.profile_taus).forEach((share, k) =>
          expect(share).toBeCloseTo(want.profile[s][k], 12),
        );
        if (i === 0) return;
        const each = tasks.map((t) => probabilityOfImprovement(of(s, t), of('none', t)));
        const average = each.reduce((sum, p) => sum + p / tasks.length, 0);
        expect(average).toBeCloseTo(want.prob_improve_vs_none_avg_over_tasks[i - 1], 12);
      });
    });
  }
});
