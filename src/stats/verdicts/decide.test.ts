import { describe, expect, it } from 'vitest';
import { randomStream, type RandomStream } from '../../core/index.ts';
import { tUpperTail } from '../distributions/index.ts';
import { decide, type PlaceEvidence } from './decide.ts';
import { meanCorrelation, pairedEvidence } from './evidence.ts';

const score = { margin: 0.1, range: 1 };

function place(rows: readonly ArrayLike<number>[]): PlaceEvidence {
  return {
    comparisons: rows.map((row) => pairedEvidence(row, 1)),
    correlation: meanCorrelation(rows),
    ...score,
  };
}

const wins = (n: number) => new Array<number>(n).fill(1);

describe('decide: known answers', () => {
  it('one comparison at one place is the paired t test and its interval', () => {
    const [{ comparisons }] = decide([place([[0.1, 0.3, 0.2, 0.4, 0.15]])]);
    // Mean 0.23, sd 0.1204, t = 4.27 with 4 df; 2.7764 is the 97.5% quantile.
    const error = Math.sqrt(0.058 / 20);
    expect(comparisons[0]).toMatchObject({ shown: 'gain', asGood: false });
    expect(comparisons[0]!.p).toBeCloseTo(2 * tUpperTail(0.23 / error, 4).p, 12);
    expect(comparisons[0]!.adjustedP).toBe(comparisons[0]!.p);
    expect(comparisons[0]!.low).toBeCloseTo(0.23 - 2.776445 * error, 6);
    expect(comparisons[0]!.high).toBeCloseTo(0.23 + 2.776445 * error, 6);
  });

  it('shows a strategy that wins ten of ten seeds by 1:0, by the exact sign test', () => {
    const [{ comparisons }] = decide([place([wins(10)])]);
    expect(comparisons[0]).toMatchObject({ shown: 'gain', p: 2 ** -9, low: null, high: null });
    expect(decide([place([wins(10).map((x) => -x)])])[0].comparisons[0]!.shown).toBe('harm');
    // Five of five cannot be told from chance: 2^-5 is more than 2.5%.
    expect(decide([place([wins(5)])])[0].comparisons[0]!.shown).toBeUndefined();
  });

  it('shows nothing from the last bit of a number', () => {
    const differences = [1, 2, 3, 4, 5].map((i) => (i + 2) / 10 - i / 10);
    expect(decide([place([differences])])[0].comparisons[0]).toMatchObject({ shown: undefined, p: 0.0625 });
  });

  it('a comparison without evidence has no verdict, and counts among those of its place and study', () => {
    const row = [0.1, 0.3, 0.2, 0.4, 0.15];
    const [alone] = decide([place([row])]);
    const [{ comparisons }, other] = decide([place([row, [NaN, NaN, NaN, NaN, NaN]]), place([[]])]);
    expect(comparisons[1]).toBeUndefined();
    expect(other).toMatchObject({ comparisons: [undefined], allEquivalent: false });
    // Two comparisons without a known correlation (1 - (1 - p)^2), two places.
    const one = alone.comparisons[0]!.p / 2;
    expect(comparisons[0]!.adjustedP).toBeCloseTo(4 * (1 - (1 - one) ** 2), 12);
  });

  it('says of all levels that they are as good, without an allowance for their number', () => {
    const stream = randomStream('equal');
    const rows = Array.from({ length: 5 }, () => Array.from({ length: 10 }, () => 0.05 * stream.normal()));
    const [own] = decide([place(rows)]);
    expect(own.allEquivalent).toBe(true);
    expect(own.comparisons.every((c) => c!.asGood && c!.shown === undefined)).toBe(true);
    // One level far away: the others stand for themselves, with an allowance for their number.
    const p = own.comparisons.map((c) => c!.equivalenceP);
    const worst = p.indexOf(Math.max(...p));
    const [mixed] = decide([
      place(rows.map((row, i) => (i === (worst + 1) % 5 ? row.map((x) => x + 1) : row))),
    ]);
    expect(mixed.allEquivalent).toBe(false);
    expect(mixed.comparisons[(worst + 1) % 5]).toMatchObject({ shown: 'gain', asGood: false });
    expect(mixed.comparisons[worst]!.equivalenceP).toBeGreaterThan(p[worst]);
  });
});

describe('decide: intervals agree with verdicts', () => {
  it('an interval excludes 0 exactly when a gain or harm is shown', () => {
    const stream = randomStream('agreement');
    const seen = new Set<string>();
    for (let table = 0; table < 200; table++) {
      const places = Array.from({ length: 3 }, () => place(noisy(stream, 3, 6, 0.12)));
      for (const { comparisons } of decide(places)) {
        for (const own of comparisons) {
          const excludes = own!.low! > 0 ? 'gain' : own!.high! < 0 ? 'harm' : undefined;
          expect(own!.shown).toBe(excludes);
          seen.add(String(own!.shown));
        }
      }
    }
    expect(seen).toEqual(new Set(['gain', 'harm', 'undefined']));
  });
});

describe('decide: error rates', () => {
  const tables = 300;
  // The bound of a 99.9% binomial interval around 2.5% or 5% of 300 tables.
  const most = (rate: number) => rate + 3.1 * Math.sqrt((rate * (1 - rate)) / tables);
  const settings: [string, (stream: RandomStream) => number][] = [
    ['normal scores', (stream) => 0.1 * stream.normal()],
    ['scores of 0 and 1', (stream) => (stream.next() < 0.5 ? 1 : 0)],
    ['scores of five levels', (stream) => Math.floor(5 * stream.next()) / 4],
    ['exponential scores', (stream) => -0.1 * Math.log(1 - stream.next())],
  ];

  it.each(settings)('%s: no effect is shown anywhere in a study more often than promised', (name, draw) => {
    const stream = randomStream('null', name);
    let [gains, harms] = [0, 0];
    for (let table = 0; table < tables; table++) {
      const all = decide(Array.from({ length: 4 }, () => place(differences(() => draw(stream), 5, 10))));
      const shown = all.flatMap(({ comparisons }) => comparisons.map((own) => own!.shown));
      if (shown.includes('gain')) gains++;
      if (shown.includes('harm')) harms++;
    }
    expect(gains / tables).toBeLessThan(most(0.025));
    expect(harms / tables).toBeLessThan(most(0.025));
  });

  it.each([0.1, -0.1])('levels whose true gain is %f are not called as good', (gain) => {
    const stream = randomStream('margin', gain);
    let called = 0;
    for (let table = 0; table < tables; table++) {
      const rows = differences(() => 0.05 * stream.normal(), 5, 10);
      const all = decide([place(rows.map((row) => row.map((x) => x + gain)))]);
      if (all[0].comparisons.some((own) => own!.asGood)) called++;
    }
    expect(called / tables).toBeLessThan(most(0.05));
  });

  it('the quadrature agrees with the distribution of the largest t over simulated blocks', () => {
    const stream = randomStream('largest t');
    const draws = 2500;
    let below = 0;
    for (let r = 0; r < draws; r++) {
      const [{ comparisons }] = decide([place(differences(() => stream.normal(), 5, 10))]);
      if (Math.min(...comparisons.map((own) => own!.adjustedP)) <= 0.1) below++;
    }
    // Both sides together: 10%, less the few tables that show both.
    expect(Math.abs(below / draws - 0.1)).toBeLessThan(4 * Math.sqrt((0.1 * 0.9) / draws));
  });
});

/** Differences of levels from a baseline that all of them share. */
function differences(draw: () => number, levels: number, blocks: number): number[][] {
  const baseline = Array.from({ length: blocks }, draw);
  return Array.from({ length: levels }, () => baseline.map((x) => draw() - x));
}

function noisy(stream: RandomStream, levels: number, blocks: number, spread: number): number[][] {
  return Array.from({ length: levels }, () => {
    const centre = 0.4 * stream.normal();
    return Array.from({ length: blocks }, () => centre + spread * stream.normal());
  });
}
