import { describe, expect, it } from 'vitest';
import { randomStream } from '../core/index.ts';
import { analyzeTable } from './analyze-table.ts';

const request = {
  response: 'score',
  factors: ['strategy', 'task'],
  block: ['task', 'seed'],
  baselines: ['none'],
  status: 'status',
  resamples: 99,
};

type Missing = (strategy: string, task: string, seed: number) => boolean;

/** Two tasks, three strategies, four seeds, of which some runs failed. */
function analysed(missing: Missing) {
  const stream = randomStream('missing arms');
  const rows = ['a', 'b'].flatMap((task) =>
    ['none', 'x', 'y'].flatMap((strategy) =>
      [0, 1, 2, 3].map((seed) => {
        const score = stream.next();
        const failed = missing(strategy, task, seed);
        return [strategy, task, seed, failed ? '' : score, failed ? 'task-error' : 'done'].join(',');
      }),
    ),
  );
  return analyzeTable(['strategy,task,seed,score,status', ...rows].join('\n'), 'made.csv', request);
}

const verdictsOn = ({ verdicts }: ReturnType<typeof analysed>, level: string) =>
  verdicts[0].places.map(({ verdicts: own }) => own.find((verdict) => verdict.level === level)!);

describe('a study in which runs of an arm failed', () => {
  it('leaves out a strategy without any run, and compares the others', () => {
    const results = analysed((strategy) => strategy === 'y');
    expect(results.aggregates!.lines.map(({ level }) => level)).toEqual(['none', 'x']);
    expect(results.notes).toContain('strategy y has no run with a score and is left out');
    for (const { estimate, shown } of verdictsOn(results, 'y'))
      expect({ estimate, shown }).toEqual({ estimate: null, shown: null });
    for (const { estimate } of verdictsOn(results, 'x')) expect(estimate).not.toBeNull();
  });

  it('without any run of the baseline there is no verdict, and it says why', () => {
    const results = analysed((strategy) => strategy === 'none');
    for (const { shown, reason } of verdictsOn(results, 'x'))
      expect({ shown, reason }).toEqual({
        shown: null,
        reason: '0 block(s) here have both scores; two are needed',
      });
  });

  it('has no interval where a single run of a strategy is left, or only of another task', () => {
    for (const missing of [
      (strategy, _task, seed) => strategy === 'y' && seed > 0,
      (strategy, task, seed) => strategy === 'y' && (seed > 0 || task === 'b'),
    ] satisfies Missing[])
      for (const { low, shown } of verdictsOn(analysed(missing), 'y'))
        expect({ low, shown }).toEqual({ low: null, shown: null });
  });

  it('has no bootstrap interval where a resample may miss every run of a strategy', () => {
    const results = analysed((strategy, _task, seed) =>
      strategy === 'y' ? seed < 3 : strategy === 'none' && seed === 3,
    );
    const { mean } = results.aggregates!.lines.find(({ level }) => level === 'y')!;
    expect(mean.estimate).toBeGreaterThan(0);
    expect({ low: mean.low, high: mean.high }).toEqual({ low: null, high: null });
  });
});
