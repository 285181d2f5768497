import { describe, expect, it } from 'vitest';
import { randomStream } from '../core/index.ts';
import { jackknife, jointParts, tQuantile } from './index.ts';

const shares = (table: readonly (readonly number[])[]) => {
  const parts = jointParts({ sizes: [table.length, table[0].length], values: table.flat() });
  return [parts.beyondAdditive / parts.total, parts.beyondMonotone / parts.total];
};

describe('jointParts', () => {
  // By the min-max formula of isotonic regression over all upper sets and orders, in exact enumeration.
  it.each([
    ['additive', [[0, 1, 5], [2, 3, 7], [-4, -3, 1]], 0, 0], // prettier-ignore
    ['monotone', [[0, 1, 2], [1, 2, 6], [2, 6, 20]], 0.2631578947368421, 0], // prettier-ignore
    ['climbing', [[11, -30, 0], [-30, 7, 0], [0, 6, 5]], 0.8189167340339532, 0.5183479616583901], // prettier-ignore
    ['penalty', [[-100, 0, 10], [0, 2, 0], [10, 0, -100]], 0.7745218178912034, 0.4835100431562683], // prettier-ignore
    ['exclusive or', [[0, 1], [1, 0]], 1, 2 / 3], // prettier-ignore
  ])('%s', (_, table, additive, monotone) => {
    const [a, m] = shares(table);
    expect(a).toBeCloseTo(additive, 12);
    expect(m).toBeCloseTo(monotone, 8);
  });

  it('of a monotone mix of utilities finds nothing beyond, in whatever order and with more agents', () => {
    const stream = randomStream('mix');
    for (const sizes of [
      [3, 4],
      [2, 3, 2],
      [4, 4, 4],
    ]) {
      const utilities = sizes.map((size) => Array.from({ length: size }, () => stream.normal()));
      const values = utilities.reduce<number[]>(
        (sums, own) => sums.flatMap((x) => own.map((u) => x + u)),
        [0],
      );
      const parts = jointParts({ sizes, values: values.map((x) => Math.exp(x)) });
      expect(parts.beyondAdditive).toBeGreaterThan(0.01 * parts.total);
      expect(parts.beyondMonotone).toBeLessThan(1e-6 * parts.total);
    }
  });

  it('refuses what is no table', () => {
    expect(() => jointParts({ sizes: [2, 2], values: [1, 2, 3] })).toThrow('has 4 entries, not 3');
    expect(() => jointParts({ sizes: [2], values: [1, NaN] })).toThrow('Entry 2');
  });
});

it('the jackknife of a mean is the t interval', () => {
  const x = [1, 2, 4, 8];
  const sum = (without?: number) => x.reduce((total, own, i) => total + (i === without ? 0 : own), 0);
  const { estimate, low } = jackknife(4, (without) => sum(without) / (without === undefined ? 4 : 3));
  const sd = Math.sqrt(x.reduce((total, own) => total + (own - 3.75) ** 2, 0) / 3);
  expect(estimate).toBe(3.75);
  expect(low).toBeCloseTo(3.75 - (tQuantile(0.975, 3) * sd) / 2, 12);
});
