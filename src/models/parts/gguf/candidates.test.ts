import { describe, expect, it } from 'vitest';
import { distributionOf, scoreCandidates, sharedStart, type Token } from './candidates.ts';

/** Distributions by the tokens before them; the calls are kept. */
function told(distributions: Readonly<Record<string, Readonly<Record<Token, number>>>>) {
  const asked: string[] = [];
  const next = async (path: readonly Token[]) => {
    asked.push(path.join(' '));
    const distribution = distributions[path.join(' ')];
    return (token: Token) => distribution[token] ?? 0;
  };
  return { asked, next };
}

const probabilities = (logs: readonly number[]) => logs.map((log) => Math.exp(log));

describe('the probability of a candidate', () => {
  it('is that of its first token, where no other has it: one distribution is enough', async () => {
    const { asked, next } = told({ '': { 1: 0.5, 2: 0.2, 3: 0.1 } });
    const { logs, mass, asked: count } = await scoreCandidates([[1], [2, 9], [3]], 'telling', next);
    expect(probabilities(logs).map((p) => p.toFixed(6))).toEqual(['0.500000', '0.200000', '0.100000']);
    expect(mass).toBeCloseTo(0.8, 12);
    expect([asked, count]).toEqual([[''], 1]);
  });

  it('goes on where candidates share tokens, and only there', async () => {
    // "start 1", "start 4", "stay": 0.4 · 0.5, 0.4 · 0.25 and 0.3.
    const { asked, next } = told({ '': { 1: 0.4, 7: 0.3 }, 1: { 4: 0.5, 5: 0.25 } });
    const { logs, mass } = await scoreCandidates(
      [
        [1, 4],
        [1, 5, 6],
        [7, 8],
      ],
      'telling',
      next,
    );
    const found = probabilities(logs);
    [0.2, 0.1, 0.3].forEach((p, k) => expect(found[k]).toBeCloseTo(p, 12));
    expect(mass).toBeCloseTo(0.6, 12);
    expect(asked).toEqual(['', '1']);
  });

  it('is what is left to it, where it begins another one', async () => {
    // "start 1" and "start 10": the first is meant wherever no 0 follows.
    const { next } = told({ '': { 1: 0.5, 2: 0.5 }, 1: { 3: 0.2, 9: 0.7 } });
    const { logs, mass } = await scoreCandidates([[1], [1, 3], [2]], 'telling', next);
    const found = probabilities(logs);
    [0.4, 0.1, 0.5].forEach((p, k) => expect(found[k]).toBeCloseTo(p, 12));
    expect(mass).toBeCloseTo(1, 12);
  });

  it('counts all tokens, or their mean, where it is told to', async () => {
    const { asked, next } = told({
      '': { 1: 0.5, 2: 0.2 },
      1: { 3: 0.02 },
      2: { 4: 0.8 },
      '2 4': { 5: 0.9 },
    });
    const sequences = [
      [1, 3],
      [2, 4, 5],
    ];
    const { logs: all } = await scoreCandidates(sequences, 'all', next);
    expect(Math.exp(all[0])).toBeCloseTo(0.01, 12);
    expect(Math.exp(all[1])).toBeCloseTo(0.144, 12);
    expect(asked).toEqual(['', '1', '2', '2 4']);
    const { logs: mean } = await scoreCandidates(sequences, 'mean', next);
    expect(Math.exp(mean[0])).toBeCloseTo(0.1, 12);
    expect(Math.exp(mean[1])).toBeCloseTo(0.144 ** (1 / 3), 12);
  });

  it('is shared by texts that are the same tokens', async () => {
    const { next } = told({ '': { 1: 0.4, 2: 0.2 } });
    const { logs } = await scoreCandidates([[1], [1], [2]], 'telling', next);
    expect(Math.exp(logs[0])).toBeCloseTo(0.2, 12);
    expect(logs[1]).toBe(logs[0]);
    expect(Math.exp(logs[2])).toBeCloseTo(0.2, 12);
  });

  it('stays above 0 for what the model gives 0', async () => {
    const { next } = told({ '': { 1: 1 } });
    const { logs } = await scoreCandidates([[1], [2], [3]], 'telling', next);
    expect(logs[1]).toBeLessThan(-100);
    expect(distributionOf(logs, 1)).toEqual([1, expect.closeTo(0, 12), expect.closeTo(0, 12)]);
    const nothing = await scoreCandidates([[4], [5]], 'telling', next);
    expect(distributionOf(nothing.logs, 1)).toEqual([0.5, 0.5]);
  });
});

describe('the distribution', () => {
  const logs = [0.5, 0.25, 0.05].map(Math.log);

  it('is normalised by the sum, and sharpened by the temperature', () => {
    [0.625, 0.3125, 0.0625].forEach((p, k) => expect(distributionOf(logs, 1)[k]).toBeCloseTo(p, 12));
    // Squares: 0.25, 0.0625 and 0.0025 of 0.315.
    [0.25, 0.0625, 0.0025].forEach((p, k) => expect(distributionOf(logs, 0.5)[k]).toBeCloseTo(p / 0.315, 12));
  });

  it('is divided by that of a question that shows nothing', () => {
    const blank = [0.5, 0.125, 0.125].map(Math.log);
    // 1, 2 and 0.4 of 3.4.
    [1, 2, 0.4].forEach((w, k) => expect(distributionOf(logs, 1, blank)[k]).toBeCloseTo(w / 3.4, 12));
    distributionOf(logs, 1, logs).forEach((p) => expect(p).toBeCloseTo(1 / 3, 12));
  });
});

it('what tokens begin with in common is found', () => {
  expect(
    sharedStart([
      [1, 2, 3],
      [1, 2],
      [1, 2, 4],
    ]),
  ).toBe(2);
  expect(sharedStart([[1], [2]])).toBe(0);
  expect(sharedStart([[1, 2]])).toBe(2);
});
