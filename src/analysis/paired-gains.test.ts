import { describe, expect, it } from 'vitest';
import { syntheticStudy } from '../../test/support/synthetic-study.ts';
import { analyzeStudy } from './index.ts';
import { pairedGains } from './paired-gains.ts';

const { study, outcomes } = syntheticStudy({ seeds: 3, models: 2, intactOnly: true });
const byHash = new Map(outcomes.map((outcome) => [outcome.hash, outcome]));
const scored = study.runs.flatMap((run) => {
  const score = byHash.get(run.hash)?.score;
  return score === undefined ? [] : [{ run, score }];
});

describe('paired gains', () => {
  it('of a finished study are the contrasts of its analysis per task and model', async () => {
    async function* rows() {
      for (const run of study.runs) yield { run, outcome: byHash.get(run.hash) };
    }
    const { contrasts } = await analyzeStudy(study, rows(), { resamples: 99, correction: 'holm' });
    const family = contrasts.find(({ baseline, by }) => baseline === 'none' && by.length === 2);
    const gainOf = pairedGains(scored, 'none');
    expect(family?.contrasts.length).toBe(5 * 4 * 2);
    for (const { level, at, estimate, low, high } of family?.contrasts ?? []) {
      const gain = gainOf({ strategy: level, model: at.model, task: at.task, factors: {} });
      expect(gain).toMatchObject({ baseline: 'none', n: 3 });
      expect(gain?.estimate).toBeCloseTo(estimate ?? NaN, 12);
      expect(gain?.low).toBeCloseTo(low ?? NaN, 9);
      expect(gain?.high).toBeCloseTo(high ?? NaN, 9);
    }
  });

  it('count only the seeds that both have', () => {
    const some = scored.filter(({ run }) => run.strategy !== 'none' || run.seed < 2);
    const cell = { model: 'tiny-8b', task: 'coverage', factors: {} };
    const gainOf = pairedGains(some, 'none');
    expect(gainOf({ ...cell, strategy: 'vdn' })?.n).toBe(2);
    expect(gainOf({ ...cell, strategy: 'none' })).toBeUndefined();
    expect(pairedGains([], 'none')({ ...cell, strategy: 'vdn' })).toBeUndefined();
    const elsewhere = { ...cell, strategy: 'vdn', factors: { temperature: 1 } };
    expect(gainOf(elsewhere)).toBeUndefined();
  });
});
