import { describe, expect, it } from 'vitest';
import { InputError, randomStream } from '../core/index.ts';
import { analyzeTable } from './analyze-table.ts';
import { renderPlan, renderResults } from './render-text.ts';
import { madeStudy, type MadeStudy } from '../../test/support/test-table.ts';

const request = {
  response: 'score',
  factors: ['strategy', 'model', 'task'],
  block: ['task', 'seed'],
  baselines: ['none'],
  resamples: 499,
};

/** vdn gains 0.2 on dense tasks and nothing on talk; the gain of qmix grows by 0.05 per model. */
const study: MadeStudy = {
  strategies: ['none', 'vdn', 'qmix'],
  models: ['m1', 'm2', 'm3', 'm4'],
  tasks: ['dense', 'talk'],
  seeds: 8,
  mean: (strategy, model, task) =>
    0.4 +
    (task === 'talk' ? 0.2 : 0) +
    (strategy === 'vdn' && task === 'dense' ? 0.2 : 0) +
    (strategy === 'qmix' ? 0.05 * Number(model.slice(1)) : 0),
  parameters: (model) => 10 ** (7 + Number(model.slice(1))),
};

const results = analyzeTable(madeStudy(study), 'made.csv', request);
const term = (name: string) => results.primary.find((t) => t.term === name)!;

it('compares all pairs of up to twenty levels; of more it does not, and says so', () => {
  const ofLevels = (levels: number) => {
    const stream = randomStream('many levels');
    const lines = Array.from(
      { length: levels * 20 },
      (_, k) => `s${k % levels},${Math.floor(k / levels)},${stream.normal()}`,
    );
    const csv = ['strategy,seed,score', ...lines].join('\n');
    const options = { factors: ['strategy'], block: ['seed'], resamples: 99 };
    return analyzeTable(csv, 'made.csv', { response: 'score', ...options });
  };
  const twenty = ofLevels(20);
  expect(twenty.pairwise?.contrasts).toHaveLength(190);
  expect(twenty.notes.join()).not.toContain('pairs');
  const more = ofLevels(21);
  expect(more.pairwise).toBeNull();
  expect(more.notes.join()).toContain('strategy has more than 20 levels');
});

describe('analyze: a study', () => {
  it('finds the effects that are there and not the others', () => {
    expect(results.data).toEqual({ runs: 192, blocks: 16, complete: true });
    expect(term('strategy').p).toBe(1 / 500);
    expect(term('strategy:task').p).toBe(1 / 500);
    expect(term('strategy:model').p).toBeLessThan(0.02);
    expect(term('strategy').generalizedEtaSquared).toBeGreaterThan(term('model').generalizedEtaSquared!);
    expect(term('strategy').adjustedP).toBeGreaterThanOrEqual(term('strategy').p!);
  });

  it('estimates the contrasts, per task and pooled', () => {
    const byTask = results.contrasts.find(({ title }) => title.endsWith('by task'))!.contrasts;
    const vdn = (task: string) => byTask.find((c) => c.level === 'vdn' && c.at.task === task)!;
    // Noise 0.05 over 4 models and 8 seeds: standard error sqrt(2) 0.05 / sqrt(32) = 0.0125.
    expect(Math.abs(vdn('dense').estimate! - 0.2)).toBeLessThan(0.04);
    expect(Math.abs(vdn('talk').estimate!)).toBeLessThan(0.04);
    expect(vdn('dense').percent.estimate!).toBeGreaterThan(30);
    const pooled = results.contrasts[0].contrasts.find((c) => c.level === 'vdn')!;
    expect(pooled.estimate).toBeCloseTo((vdn('dense').estimate! + vdn('talk').estimate!) / 2, 10);
  });

  it('says what the gain depends on: the task for vdn, the model for qmix', () => {
    const [{ terms }] = results.moderation;
    expect(terms.map(({ term: name }) => name)).not.toContain('strategy');
    expect(terms.find(({ term: name }) => name === 'strategy:task')!.p).toBe(1 / 500);
    // Difficulty differs between tasks, but the mean gain of the two strategies does too: 0.225 against 0.125.
    expect(terms.find(({ term: name }) => name === 'task')!.p).toBeLessThan(0.05);
  });

  it('correlates the gain with size over models', () => {
    const line = results.scaling.find(
      (l) =>
        l.level === 'qmix' && l.at.task === undefined && l.parameters === 'total' && l.measure === 'gain',
    )!;
    expect(line.result.models).toEqual(['m1', 'm2', 'm3', 'm4']);
    expect(line.result.pearson!.r).toBeGreaterThan(0.9);
    expect(line.result.slopePerDecade!.slope).toBeCloseTo(0.05, 1);
  });

  it('gives the classical table, the plain one, aggregates, diagnostics and power beside it', () => {
    expect(results.secondary.strata!.map((t) => t.term)).toEqual(results.primary.map((t) => t.term));
    expect(results.secondary.plain!.map((t) => t.term)).toContain('strategy:task');
    for (const plain of results.secondary.plain!) {
      expect(plain.permutationAdjustedP).toBeGreaterThanOrEqual(plain.permutationP!);
      expect(plain.studentisedPermutationAdjustedP).toBeGreaterThanOrEqual(plain.studentisedPermutationP!);
    }
    expect(results.aggregates!.lines.map((l) => l.level)).toEqual(study.strategies);
    expect(results.diagnostics!.residuals.residual).toHaveLength(192);
    expect(results.power.every((line) => line.detectable > 0)).toBe(true);
  });

  it('is JSON without loss, and the same again from the same table', () => {
    expect(JSON.parse(JSON.stringify(results))).toEqual(results);
    expect(analyzeTable(madeStudy(study), 'made.csv', request)).toEqual(results);
  });

  it('renders plan and results as text', () => {
    expect(renderPlan(results.plan)).toMatch(/Block: task, seed; 8 per group, 2 group\(s\)/);
    const text = renderResults(results);
    expect(text).toMatch(/192 runs with a score in 16 blocks/);
    expect(text).toMatch(/strategy:task .*≤ 2e-3/);
    expect(text).not.toMatch(/NaN|undefined|Infinity/);
  });
});

describe('analyze: a cell without any run', () => {
  const hole = (strategy: string, model: string, task: string) =>
    strategy === 'vdn' && model === 'm1' && task === 'talk' ? 'truncated' : undefined;
  const part = analyzeTable(madeStudy({ ...study, missing: hole }), 'made.csv', request);

  it('leaves its level out of what compares whole levels, and says so', () => {
    // The mean of vdn over the other places is no estimate of its mean over all: a hard place may be the one missing.
    expect(part.aggregates!.lines.map(({ level }) => level)).toEqual(['none', 'qmix']);
    expect(part.notes.join('\n')).toMatch(
      /strategy vdn has no run with a score in some cells \(task = talk, strategy = vdn, model = m1\): it is left out/,
    );
    expect(renderResults(part)).toMatch(/^strategy +model m1 +- +- +not estimable: /m);
    const pooled = part.contrasts[0].contrasts.find(({ level }) => level === 'vdn')!;
    expect(pooled).toMatchObject({ estimate: null, p: null, reason: 'a cell has no usable run' });
  });

  it('analyses a table in which two factors say the same', () => {
    const [header, ...lines] = madeStudy(study).split('\n');
    const copied = [`copy,${header}`, ...lines.map((line) => `${line.split(',')[0]},${line}`)].join('\n');
    const both = analyzeTable(copied, 'made.csv', { ...request, factors: ['strategy', 'copy', 'model'] });
    expect(both.primary.every(({ p }) => p === null)).toBe(true);
    expect(both.aggregates).toBeNull();
  });
});

describe('analyze: rows and names as people have them', () => {
  it('says which rows were averaged', () => {
    const lines = madeStudy(study).split('\n');
    const twice = analyzeTable([...lines, lines[1], lines[2]].join('\n'), 'made.csv', request);
    expect(twice.notes.join('\n')).toMatch(/2 row\(s\) repeat the block and all levels/);
    expect(results.notes.join('\n')).not.toMatch(/repeat/);
  });

  it('refuses a baseline that is listed twice', () => {
    const twice = { ...request, baselines: ['none', 'none'] };
    expect(() => analyzeTable(madeStudy(study), 'made.csv', twice)).toThrow(/twice: none, none/);
  });

  it('prints a name with a line break on one line', () => {
    const text = renderResults(
      analyzeTable(madeStudy(study).replaceAll('vdn,', '"v\u001b\ndn",'), 'made.csv', request),
    );
    expect(text).toMatch(/^v dn - none {2,}everything/m);
  });
});

describe('analyze: missing runs', () => {
  const fails = (strategy: string, model: string, task: string, seed: number) =>
    strategy === 'qmix' && model === 'm4' && task === 'talk' && seed < 3 ? 'truncated' : undefined;
  const part = analyzeTable(madeStudy({ ...study, missing: fails }), 'made.csv', request);

  it('counts them by kind and level, and bounds what they could change', () => {
    expect(part.missingness).toMatchObject({ planned: 192, scored: 189, kinds: { truncated: 3 } });
    const level = part.missingness.levels.find((l) => l.factor === 'model' && l.level === 'm4')!;
    expect(level).toMatchObject({ planned: 48, kinds: { truncated: 3 } });
    const bound = part.missingness.bounds.find((b) => b.level === 'qmix')!;
    const estimate = part.contrasts[0].contrasts.find((c) => c.level === 'qmix')!.estimate!;
    expect(bound.missing).toBe(3);
    expect(bound.low).toBeLessThan(estimate);
    expect(bound.high).toBeGreaterThan(estimate);
  });

  it('still tests every term, without a classical table', () => {
    expect(part.data.complete).toBe(false);
    expect(part.primary.every(({ p }) => p !== null)).toBe(true);
    expect(part.secondary.strata).toBeNull();
    expect(part.secondary.plain).not.toBeNull();
  });

  it('a cell nobody finished makes its terms not estimable, never a number, and spares the rest', () => {
    const never = analyzeTable(
      madeStudy({
        ...study,
        missing: (s, m, t) => (s === 'qmix' && m === 'm4' && t === 'talk' ? 'provider-failure' : undefined),
      }),
      'made.csv',
      request,
    );
    const strategy = never.primary.find((t) => t.term === 'strategy')!;
    expect(strategy).toMatchObject({ p: null, method: 'not estimable' });
    expect(strategy.reason).toMatch(/task = talk.*qmix.*m4/);
    const byTask = never.contrasts.find(({ title }) => title.endsWith('by task'))!.contrasts;
    expect(byTask.find((c) => c.level === 'qmix' && c.at.task === 'talk')!.estimate).toBeNull();
    expect(byTask.find((c) => c.level === 'qmix' && c.at.task === 'dense')!.p).toBeLessThan(0.05);
    expect(renderResults(never)).toMatch(/not estimable/);
  });

  it('a model that never answered is left out by name, and the others are compared', () => {
    const silent = analyzeTable(
      madeStudy({ ...study, missing: (_s, m) => (m === 'm4' ? 'provider-failure' : undefined) }),
      'made.csv',
      request,
    );
    expect(silent.notes.join()).toMatch(/model m4 has no run/);
    expect(silent.primary.find((t) => t.term === 'strategy')!.p).not.toBeNull();
    const byModel = silent.contrasts.find(({ title }) => title.endsWith('by model'))!.contrasts;
    expect(byModel.filter((c) => c.at.model === 'm4').every((c) => c.estimate === null)).toBe(true);
    expect(silent.scaling[0].result).toMatchObject({ estimable: false });
  });
});

describe('analyze: a plain table', () => {
  it('has no blocks: wild bootstrap and HC3 contrasts', () => {
    const { block: _block, ...plain } = request;
    const table = analyzeTable(madeStudy(study), 'made.csv', plain);
    expect(table.primary.map(({ term: name }) => name)).toEqual([
      'strategy',
      'model',
      'task',
      'strategy:model',
      'strategy:task',
      'model:task',
    ]);
    expect(table.primary[0]).toMatchObject({ method: 'wild bootstrap', p: 1 / 500 });
    const vdn = table.contrasts[0].contrasts.find((c) => c.level === 'vdn')!;
    expect(Math.abs(vdn.estimate! - 0.1)).toBeLessThan(0.05);
    expect(renderResults(table)).toMatch(/every row counts as independent/);
  });

  it('has sums of squares of all types, effect sizes and the residual, with interactions as high as asked for', () => {
    const { block: _block, ...plain } = request;
    const { secondary, plan } = analyzeTable(madeStudy(study), 'made.csv', { ...plain, order: 3 });
    expect(secondary.plain!.map(({ term: name }) => name)).toEqual(plan.tests.map(({ term: name }) => name));
    expect(secondary.plain!.at(-1)!.term).toBe('strategy:model:task');
    const [first] = secondary.plain!;
    // 192 rows, 3 x 4 x 2 cells; in a balanced table all types agree.
    expect(secondary.residual!.df).toBe(192 - 24);
    expect(first.sumOfSquares.I).toBeCloseTo(first.sumOfSquares.III!, 10);
    expect(Math.exp(first.logP.III!)).toBeCloseTo(first.p.III!, 12);
    expect(first.effectSizes!.cohensF ** 2).toBeCloseTo(
      first.sumOfSquares.III! / secondary.residual!.sumOfSquares,
      10,
    );
  });

  it('compares a factor that varies between blocks, too', () => {
    const table = analyzeTable(madeStudy(study), 'made.csv', {
      ...request,
      compared: 'task',
      baselines: ['dense'],
    });
    const [talk] = table.contrasts[0].contrasts;
    // 0.2 harder, less half of vdn's 0.2 over three strategies.
    expect(Math.abs(talk.estimate! - (0.2 - 0.2 / 3))).toBeLessThan(0.15);
    expect(table.moderation[0].terms).toEqual([]);
  });
});

describe('bad input: one clear error each', () => {
  const csv = madeStudy({ ...study, models: ['m1', 'm2'], seeds: 3 });
  const analyze = (text: string, change: object = {}) =>
    analyzeTable(text, 'made.csv', { ...request, ...change });
  const without = (drop: (cells: string[]) => boolean) =>
    csv
      .split('\n')
      .filter((line, i) => i === 0 || !drop(line.split(',')))
      .join('\n');

  it.each([
    [
      'a column that does not exist',
      () => analyze(csv, { factors: ['strategy', 'modle', 'task'] }),
      /"modle".*"model"/,
    ],
    ['a response that is text', () => analyze(csv, { response: 'status' }), /"done".*no finite number/],
    [
      'a factor with one level',
      () => analyze(without(([s]) => s !== 'vdn')),
      /"strategy" has one level \("vdn"\)/,
    ],
    [
      'a block that contains one run',
      () =>
        analyze(without(([s, m, t, seed]) => t === 'talk' && seed === '2' && (s !== 'vdn' || m !== 'm1'))),
      /block task = talk, seed = 2 contains one run/,
    ],
    ['fewer than two seeds', () => analyze(without(([, , , seed]) => seed !== '1')), /at least two seeds/],
    ['an unknown baseline', () => analyze(csv, { baselines: ['nome'] }), /"nome".*Did you mean "none"/],
    ['too few resamples', () => analyze(csv, { resamples: 5 }), /resamples is 5.*at least 99/],
    ['the same factor twice', () => analyze(csv, { factors: ['task', 'task'] }), /listed twice/],
  ])('%s', (_, run, message) => {
    expect(run).toThrow(InputError);
    expect(run).toThrow(message);
  });
});
