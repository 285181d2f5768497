import { describe, expect, it } from 'vitest';
import type { PlannedRun, RunOutcome, StudyDefinition, StudyRecord } from '../contracts/index.ts';
import { InputError } from '../core/index.ts';
import { analyzeStudy } from './analyze-table.ts';
import { describeStudy, studyTable } from './study-description.ts';
import { planAnalysis } from './plan.ts';
import { emptyDefinition } from '../testing/store-samples.ts';

interface Made {
  readonly strategies?: readonly string[];
  readonly models?: readonly string[];
  readonly seeds?: number;
}

/** A stored study with an ablated variant and one further factor. */
function made({
  strategies = ['plain', 'vdn', 'vdn-credit'],
  models = ['s', 'l'],
  seeds = 3,
}: Made = {}): StudyRecord {
  const runs: PlannedRun[] = [];
  for (const model of models)
    for (const strategy of strategies)
      for (const task of ['coverage', 'assembly'])
        for (const temperature of [0.5, 1])
          for (let seed = 0; seed < seeds; seed++) {
            const hash = [model, strategy, task, temperature, seed].join('/');
            runs.push({ hash, model, strategy, task, seed, factors: { temperature } });
          }
  const definition: StudyDefinition = {
    ...emptyDefinition,
    models: [
      {
        label: 's',
        id: 'pocket',
        revision: 1,
        options: {},
        fingerprint: {},
        facts: { parameters: { total: 1000, active: 1000 }, architecture: 'dense' },
      },
      { label: 'l', id: 'pocket', revision: 1, options: {}, facts: {}, fingerprint: {} },
    ],
    strategies: [
      { label: 'plain', id: 'none', revision: 1, options: {}, without: [], baseline: true },
      { label: 'vdn', id: 'vdn', revision: 1, options: {}, without: [] },
      { label: 'vdn-credit', id: 'vdn', revision: 1, options: {}, without: ['credit'] },
    ],
  };
  return { name: 'made', definition, runs };
}

async function* outcomes(study: StudyRecord) {
  for (const run of study.runs) {
    if (run.hash === 's/vdn/coverage/0.5/0') {
      yield { run };
      continue;
    }
    const score =
      0.5 + (run.strategy === 'vdn' ? 0.2 : 0) + 0.01 * ((run.seed * 7 + run.hash.length * 3) % 5);
    const outcome: RunOutcome = {
      hash: run.hash,
      status: 'done',
      score,
      episodes: 1,
      steps: 1,
      decisions: 1,
      unparsable: 0,
      usage: {},
    };
    yield { run, outcome };
  }
}

describe('describeStudy', () => {
  it('takes factors, blocks, baselines, ablations and model facts from the stored design', () => {
    const description = describeStudy(made());
    expect(description.factors.map(({ name }) => name)).toEqual(['strategy', 'model', 'task', 'temperature']);
    expect(description).toMatchObject({
      block: ['task', 'seed'],
      blocksPerGroup: 3,
      comparedFactor: 'strategy',
      baselines: ['plain'],
      models: { s: { totalParameters: 1000, architecture: 'dense' }, l: {} },
      ablations: [{ strategy: 'vdn', part: 'credit', intact: 'vdn', ablated: 'vdn-credit' }],
    });
  });

  it('compares the model or a further factor where there is one strategy, and never tasks for their scores', () => {
    const strategies = ['plain'];
    expect(describeStudy(made({ strategies }))).toMatchObject({ comparedFactor: 'model', baselines: [] });
    expect(describeStudy(made({ strategies, models: ['s'] }))).toMatchObject({
      comparedFactor: 'temperature',
      baselines: [],
    });
  });

  it('keeps ablated variants out of everything but their own comparison', () => {
    const plan = planAnalysis(describeStudy(made()));
    expect(plan.factors[0].levels).toEqual(['plain', 'vdn']);
    expect(plan.factors.find(({ name }) => name === 'task')!.place).toBe('between blocks');
    expect(plan.factors.find(({ name }) => name === 'temperature')!.place).toBe('within blocks');
  });

  it('leaves constant factors out and says so; refuses a study without a comparison or with one seed', () => {
    expect(describeStudy(made({ models: ['s'] })).notes.join()).toMatch(/model is always s/);
    expect(() => describeStudy(made({ seeds: 1 }))).toThrow(/one seed/);
    const single = made({ strategies: ['plain'], models: ['s'] });
    const runs = single.runs.map((run) => ({ ...run, factors: {} }));
    expect(() => describeStudy({ ...single, runs })).toThrow(InputError);
  });
});

describe('a study`s table and analysis', () => {
  it('has one row per planned run; a run that has not ended has no response', async () => {
    const study = made();
    const table = await studyTable(study, outcomes(study));
    expect(table.response).toHaveLength(study.runs.length);
    const open = table.response.indexOf(null);
    expect(table.status[open]).toBe('not run');
    expect(table.columns.temperature[open]).toBe('0.5');
  });

  it('analyses it whole, ablations included', async () => {
    const study = made();
    const results = await analyzeStudy(study, outcomes(study), { resamples: 199 });
    expect(results.primary).toHaveLength(15);
    expect(results.ablations.map(({ strategy, part, at }) => [strategy, part, ...Object.values(at)])).toEqual(
      [
        ['vdn', 'credit'],
        ['vdn', 'credit', 'coverage'],
        ['vdn', 'credit', 'assembly'],
        ['vdn', 'credit', '0.5'],
        ['vdn', 'credit', '1'],
      ],
    );
    expect(Math.abs(results.ablations[0].estimate! - 0.2)).toBeLessThan(0.03);
    expect(results.scaling[0].result.leftOut).toEqual([{ model: 'l', reason: 'its size is not known' }]);
    expect(results.missingness.kinds).toEqual({ 'not run': 1 });
  });
});
