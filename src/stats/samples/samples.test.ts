import { describe, expect, it } from 'vitest';
import { randomStream } from '../../core/index.ts';
import { chiSquareUpperTail } from '../distributions/chi-square.ts';
import { probabilityOfImprovement } from '../rl-aggregates.ts';
import { cliffsDelta, cohensDz, equivalenceTest, friedmanTest, hedgesG, signedRankTest } from './index.ts';

// Figures of R 4.2.2. x and y are the data of `example(wilcox.test)`.
const x = [1.83, 0.5, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.3];
const y = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29];
const d = [0.1, 0.2, 0.2, -0.1, 0.3, 0, 0.4, 0.2, -0.2, 0.5, 0.3, 0.1];
const near = (value: number, expected: number, digits = 11) => expect(value).toBeCloseTo(expected, digits);

describe('Wilcoxon signed-rank', () => {
  it('is exact without ties: wilcox.test(x, y, paired = TRUE, conf.int = TRUE)', () => {
    const differences = x.map((own, i) => own - y[i]);
    const test = signedRankTest(differences);
    expect(test).toMatchObject({ statistic: 40, p: 0.0390625, n: 9, exact: true });
    near(test.estimate, 0.46);
    near(test.low!, 0.01);
    near(test.high!, 0.786);
    expect(signedRankTest(differences, { alternative: 'greater' }).p).toBe(0.01953125);
  });

  it('is exact with ties: all 2^11 signs of the midranks counted in R', () => {
    expect(signedRankTest(d)).toMatchObject({ statistic: 58.5, p: 0.0234375, n: 11 });
    expect(signedRankTest(d, { alternative: 'greater' }).p).toBe(0.01171875);
    expect(signedRankTest(d, { alternative: 'less' }).p).toBe(0.994140625);
  });

  it('the normal approximation for many meets the exact test where it ends', () => {
    const stream = randomStream('signed rank');
    const many = Array.from({ length: 201 }, () => Math.round(10 * (stream.normal() + 0.15)));
    while (many.filter((own) => own !== 0).length < 201) many.push(1);
    const approximate = signedRankTest(many);
    expect(approximate.exact).toBe(false);
    const exact = signedRankTest(many.filter((own) => own !== 0).slice(0, 200));
    expect(exact.exact).toBe(true);
    expect(Math.abs(approximate.p - exact.p)).toBeLessThan(0.02);
  });

  it('says nothing of zeros, and refuses what is no number', () => {
    expect(signedRankTest([0, 0, 0])).toMatchObject({ p: 1, estimate: 0, n: 0 });
    expect(() => signedRankTest([])).toThrow('no values');
    expect(() => signedRankTest([1, NaN])).toThrow('row 2');
  });
});

it('equivalence and non-inferiority: t.test(d, mu = -.4, "greater"), t.test(d, mu = .4, "less")', () => {
  const test = equivalenceTest(d, 0.4);
  near(test.nonInferiorityP, 4.79958355676117e-7, 17);
  near(test.nonSuperiorityP, 1.02335895588074e-3, 14);
  expect(test.p).toBe(test.nonSuperiorityP);
  near(test.low, 6.21986654526608e-2, 10);
  near(test.high, 0.271134667880673, 10);
  expect(() => equivalenceTest(d, 0)).toThrow('margin is 0; give a number above 0');
  expect(() => equivalenceTest([1, 1], 0.1)).toThrow('All differences are equal');
});

describe('Friedman and Nemenyi', () => {
  // example(friedman.test): 22 players rounding first base in three ways.
  const flat = `5.40 5.50 5.55 5.85 5.70 5.75 5.20 5.60 5.50 5.55 5.50 5.40 5.90 5.85 5.70 5.45 5.55 5.60 5.40 5.40 5.35
    5.45 5.50 5.35 5.25 5.15 5.00 5.85 5.80 5.70 5.25 5.20 5.10 5.65 5.55 5.45 5.60 5.35 5.45 5.05 5.00 4.95 5.50 5.50
    5.40 5.45 5.55 5.50 5.55 5.55 5.35 5.45 5.50 5.55 5.50 5.45 5.25 5.65 5.60 5.40 5.70 5.65 5.55 6.30 6.30 6.25`;
  const times = flat.split(/\s+/).map(Number);
  const rows = Array.from({ length: 22 }, (_, b) => times.slice(3 * b, 3 * b + 3));
  const test = friedmanTest(rows);

  it('agrees with friedman.test and Iman & Davenport', () => {
    near(test.chiSquare, 11.1428571428571, 12);
    near(test.p, 0.00380504077551136, 15);
    near(test.f, 7.12173913043478, 12);
    near(test.fP, 0.00217129838760752, 12);
    near(test.meanRanks[2], 1.45454545454545, 13);
  });

  it('agrees with ptukey and qtukey of infinite degrees of freedom', () => {
    near(test.nemenyi[0][1], 0.637427167018665, 9);
    near(test.nemenyi[0][2], 0.00440982044545224, 9);
    near(test.nemenyi[2][1], 0.0613707592551848, 9);
    near(test.criticalDifference, 0.70665231554607, 4);
  });

  it('keeps its level, with ties too', () => {
    const stream = randomStream('friedman');
    let rejected = 0;
    for (let table = 0; table < 250; table++) {
      const blocks = Array.from({ length: 12 }, () =>
        Array.from({ length: 3 }, () => Math.floor(5 * stream.next())),
      );
      if (friedmanTest(blocks).p <= 0.05) rejected++;
    }
    expect(rejected).toBeGreaterThan(2);
    expect(rejected).toBeLessThan(25);
  });

  it('refuses what cannot be ranked', () => {
    expect(() => friedmanTest([[1, 2]])).toThrow('1 block(s)');
    expect(() => friedmanTest([[1, 1], [2, 2]])).toThrow('tie in every block'); // prettier-ignore
    expect(() => friedmanTest([[1, 2], [1]])).toThrow('block 2 has 1 of 2'); // prettier-ignore
  });
});

it('chi-square tails: 2 df is exponential, and pchisq(c(1, 30, 200), c(5, 7, 3), lower = FALSE)', () => {
  for (const own of [0.1, 3, 40]) near(chiSquareUpperTail(own, 2).logP, -own / 2, 12);
  near(chiSquareUpperTail(1, 5).p, 0.962565773247296, 14);
  near(chiSquareUpperTail(30, 7).p, 9.49597250813418e-5, 17);
  near(chiSquareUpperTail(200, 3).logP, -97.5716696396634, 11);
});

describe('effects in standard deviations', () => {
  it('dz with the interval of uniroot over pt(t, 11, ncp)', () => {
    const { estimate, low, high } = cohensDz(d);
    near(estimate, 0.827091048186383);
    near(low, 0.152683944932544, 9);
    near(high, 1.474336284623432, 9);
    near(cohensDz(d.map((own) => -own)).low, -1.474336284623432, 9);
  });

  it("Hedges' g with exact J", () => {
    const { estimate, low, high } = hedgesG(x, y);
    near(estimate, 0.540998167973746);
    near(low, -0.366283641832534, 9);
    near(high, 1.432221642115739, 9);
  });

  it("Cliff's delta with Cliff's 1996 interval, and what it has to do with P(improvement)", () => {
    const { estimate, low, high } = cliffsDelta(x, y);
    near(estimate, 0.432098765432099);
    near(low, -0.23369983216402, 10);
    near(high, 0.822030812760843, 10);
    near(estimate, 2 * probabilityOfImprovement(x, y) - 1, 14);
    expect(cliffsDelta([2, 3], [0, 1])).toEqual({ estimate: 1, low: 1, high: 1 });
  });

  it('intervals of dz cover the true effect in 95% of samples', () => {
    const stream = randomStream('dz');
    let covered = 0;
    for (let sample = 0; sample < 400; sample++) {
      const { low, high } = cohensDz(Array.from({ length: 10 }, () => 0.6 + stream.normal()));
      if (low <= 0.6 && 0.6 <= high) covered++;
    }
    expect(covered).toBeGreaterThan(363);
    expect(covered).toBeLessThan(394);
  });
});
