import { describe, expect, it } from 'vitest';
import type { PlannedRun, RunOutcome } from '../contracts/index.ts';
import { scoreTable, scoreTableText } from './score-table.ts';

const run = (seed: number, task = 'coverage', factors = {}): PlannedRun => ({
  hash: `${task} ${seed} ${JSON.stringify(factors)}`,
  model: 'm',
  strategy: 'none',
  task,
  seed,
  factors,
});
const outcome = (planned: PlannedRun, score?: number): RunOutcome => ({
  hash: planned.hash,
  status: score === undefined ? 'provider-failure' : 'done',
  score,
  episodes: 1,
  steps: 5,
  decisions: 10,
  unparsable: 1,
  usage: {},
});

async function* from(rows: readonly { run: PlannedRun; outcome?: RunOutcome }[]) {
  yield* rows;
}

describe('scoreTable', () => {
  it('is the mean over seeds with an interval, and counts what has no score', async () => {
    const rows = [0.2, 0.4, 0.9].map((score, seed) => ({
      run: run(seed),
      outcome: outcome(run(seed), score),
    }));
    const { cells } = await scoreTable(
      from([...rows, { run: run(3), outcome: outcome(run(3)) }, { run: run(4) }]),
    );
    expect(cells).toHaveLength(1);
    expect(cells[0]).toMatchObject({
      n: 3,
      planned: 5,
      missing: { 'provider-failure': 1 },
      unparsable: 4,
      decisions: 40,
    });
    expect(cells[0].mean).toBeCloseTo(0.5, 12);
    expect(cells[0].low).toBeLessThan(0.5);
    expect(cells[0].high).toBeGreaterThan(0.5);
  });

  it('does not change when the runs of other cells are added', async () => {
    const mine = [0.1, 0.5, 0.7].map((score, seed) => ({
      run: run(seed),
      outcome: outcome(run(seed), score),
    }));
    const other = run(0, 'foraging');
    const alone = await scoreTable(from(mine));
    const together = await scoreTable(from([{ run: other, outcome: outcome(other, 1) }, ...mine]));
    expect(together.cells[1]).toEqual(alone.cells[0]);
  });

  it('marks a cell with more than 5% of answers that could not be read', async () => {
    const of = async (unparsable: number) => {
      const planned = run(0, 'coverage', {});
      const rows = [{ run: planned, outcome: { ...outcome(planned, 0.25), unparsable, decisions: 36 } }];
      return scoreTableText(await scoreTable(from(rows))).split('\n')[1];
    };
    expect(await of(1)).toBe('m      none      0.25');
    expect(await of(18)).toBe('m      none      0.25 (50% unreadable)');
  });

  it('reads as one row per model, strategy and further factors, one column per task', async () => {
    const rows = [0.5, 1].flatMap((temperature) =>
      ['coverage', 'foraging'].flatMap((task) =>
        [0, 1].map((seed) => {
          const planned = run(seed, task, { temperature });
          return { run: planned, outcome: task === 'foraging' ? undefined : outcome(planned, 0.25) };
        }),
      ),
    );
    expect(scoreTableText(await scoreTable(from(rows)))).toBe(
      [
        'model  strategy  temperature  coverage                            foraging',
        'm      none      0.5          0.25 [0.00, 0.99] (10% unreadable)  not estimable (0 of 2 runs so far)',
        'm      none      1            0.25 [0.00, 0.99] (10% unreadable)  not estimable (0 of 2 runs so far)',
      ].join('\n'),
    );
  });
});
