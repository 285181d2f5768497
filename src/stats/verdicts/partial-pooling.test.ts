import { describe, expect, it } from 'vitest';
import { InputError, randomStream, type RandomStream } from '../../core/index.ts';
import { partialPooling, type TaskMeans } from './partial-pooling.ts';

const pool = (tasks: readonly TaskMeans[]) => partialPooling(tasks, randomStream('partial pooling'));
const task = (means: readonly number[], variance: number, df = 1e6): TaskMeans => ({ means, variance, df });

describe('partialPooling: known answers', () => {
  it('is even between levels that nothing tells apart', () => {
    const { tasks, average } = pool([task([0.5, 0.5, 0.5], 0.01), task([0.7, 0.7, 0.7], 0.04)]);
    for (const { best, means } of [...tasks, average]) {
      for (const p of best) expect(Math.abs(p - 1 / 3)).toBeLessThan(4 * Math.sqrt(2 / 9 / 2000));
      for (const mean of means) expect(mean).toBeCloseTo(0, 12);
    }
  });

  it('agrees with the two-level posterior by brute-force integration over the same priors', () => {
    // With two levels the difference d_t = a + b_t + e_t has variances doubled; integrate A and B on a fine grid.
    const differences = [0.3, 0.1];
    const variances = [0.01, 0.04];
    const typical = 2 / (1 / 0.01 + 1 / 0.04);
    let [total, first] = [0, 0];
    const points = 60;
    for (let i = 0; i < points; i++)
      for (let j = 0; j < points; j++) {
        const [p, q] = [(i + 0.5) / points, (j + 0.5) / points];
        const b = 2 * typical * ((1 - p) / p);
        const a = 2 * (typical / 2) * ((1 - q) / q);
        const [s, u] = variances.map((v) => 2 * v + b + a);
        const determinant = s * u - a * a;
        const form =
          (u * differences[0] ** 2 + s * differences[1] ** 2 - 2 * a * differences[0] * differences[1]) /
          determinant;
        const weight = Math.exp(-0.5 * form) / Math.sqrt(determinant);
        // theta_1 = a + b_1: covariance with (d_1, d_2) is (a + b, a).
        const mean =
          ((a + b) * (u * differences[0] - a * differences[1]) +
            a * (s * differences[1] - a * differences[0])) /
          determinant;
        total += weight;
        first += weight * mean;
      }
    const [own] = pool([task([0.3, 0], 0.01), task([0.1, 0], 0.04)]).tasks;
    expect(own.means[0] - own.means[1]).toBeCloseTo(first / total, 2);
    expect(own.best[0]).toBeGreaterThan(0.95);
  });

  it('draws a noisy task towards the sure ones, and hardly the other way', () => {
    const sure = task([0.3, 0.1, 0], 0.0005);
    const noisy = task([0, 0.1, 0.2], 0.05);
    const { tasks } = pool([sure, sure, sure, noisy]);
    const [first, , , last] = tasks;
    expect(last.best[0]).toBeGreaterThan(last.best[2]);
    expect(first.best[0]).toBeGreaterThan(0.99);
    expect(first.means[0]).toBeGreaterThan(0.15);
  });

  it('is certain of scores without error, and shares the probability of equal ones', () => {
    const { tasks, average } = pool([task([1, 0, 1], 0), task([0, 0, 1], 0)]);
    expect(tasks.map(({ best }) => best)).toEqual([[0.5, 0, 0.5], [0, 0, 1]]); // prettier-ignore
    expect(average.best).toEqual([0, 0, 1]);
  });

  it('does not depend on the unit of the score, nor on how hard a task is', () => {
    const plain = pool([task([0.3, 0.1, 0], 0.01, 20), task([0.2, 0.1, 0.15], 0.03, 20)]);
    const other = pool([task([3001, 2999, 2998], 1, 20), task([7, 6, 6.5], 3, 20)]);
    plain.tasks.forEach(({ best }, t) =>
      best.forEach((p, i) => expect(other.tasks[t].best[i]).toBeCloseTo(p, 12)),
    );
  });

  it.each([
    ['one task', [task([1, 2], 1)], /two tasks/],
    ['tasks of other levels', [task([1, 2], 1), task([1, 2, 3], 1)], /Task 2 has 3 levels/],
    ['a mean that is no number', [task([1, 2], 1), task([1, NaN], 1)], /Task 2/],
  ])('refuses %s', (_, tasks, message) => {
    expect(() => pool(tasks)).toThrow(InputError);
    expect(() => pool(tasks)).toThrow(message);
  });
});

/** Studies with true effects: sd of main effects, of interactions, and of the scores of each task. */
function simulate(name: string, main: number, interaction: number, tables: number) {
  const stream = randomStream('calibration', name);
  const deviations = [0.075, 0.29, 0.18, 0.63];
  const sum = { said: 0, right: 0, highestMean: 0, regret: 0, regretOfHighest: 0 };
  for (let table = 0; table < tables; table++) {
    const shared = Array.from({ length: 6 }, () => main * stream.normal());
    const truth = deviations.map(() => shared.map((x) => x + interaction * stream.normal()));
    const tasks = truth.map((own, t) => measured(own, deviations[t], 10, stream));
    const { tasks: beliefs } = partialPooling(tasks, stream);
    beliefs.forEach(({ means, best }, t) => {
      const [guess, naive, truly] = [top(means), top(Array.from(tasks[t].means)), top(truth[t])];
      sum.said += best[guess];
      sum.right += Number(guess === truly);
      sum.highestMean += Number(naive === truly);
      sum.regret += truth[t][truly] - truth[t][guess];
      sum.regretOfHighest += truth[t][truly] - truth[t][naive];
    });
  }
  const count = tables * deviations.length;
  return Object.fromEntries(Object.entries(sum).map(([key, x]) => [key, x / count])) as typeof sum;
}

function measured(
  truth: readonly number[],
  deviation: number,
  seeds: number,
  stream: RandomStream,
): TaskMeans {
  const rows = Array.from({ length: seeds }, () => truth.map((x) => x + deviation * stream.normal()));
  const means = truth.map((_, i) => rows.reduce((sum, row) => sum + row[i] / seeds, 0));
  const grand = means.reduce((sum, x) => sum + x / means.length, 0);
  let squares = 0;
  for (const row of rows) {
    const level = row.reduce((sum, x) => sum + x / row.length, 0);
    row.forEach((x, i) => (squares += (x - level - means[i] + grand) ** 2));
  }
  const df = (seeds - 1) * (truth.length - 1);
  return { means, variance: squares / df / seeds, df };
}

function top(values: readonly number[]): number {
  return values.reduce((best, x, i) => (x > values[best] ? i : best), 0);
}

describe('partialPooling: calibration', () => {
  it.each([
    ['tasks that agree', 0.1, 0.05],
    ['tasks that share nothing', 0, 0.1],
  ])('%s: the probability it says is the share in which it is right', (name, main, interaction) => {
    const { said, right } = simulate(name, main, interaction, 80);
    // The four tasks of a table are not independent, so the bound is that of 80 tables.
    expect(Math.abs(said - right)).toBeLessThan(3 * Math.sqrt((said * (1 - said)) / 80));
  });

  it('is worth more than the highest mean where tasks agree', () => {
    const found = simulate('worth', 0.1, 0.05, 80);
    expect(found.right).toBeGreaterThan(found.highestMean);
    expect(found.regret).toBeLessThan(found.regretOfHighest);
  });
});
