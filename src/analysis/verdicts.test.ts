import { describe, expect, it } from 'vitest';
import { analyze } from './analyze.ts';
import { analyzeTable } from './analyze-table.ts';
import { readCsvTable } from './csv-table.ts';
import { describeTable } from './description.ts';
import { planAnalysis } from './plan.ts';
import { renderPlan, renderResults } from './render-text.ts';
import { madeStudy, type MadeStudy } from '../../test/support/test-table.ts';

const request = {
  response: 'score',
  factors: ['strategy', 'task'],
  block: ['task', 'seed'],
  baselines: ['none'],
  resamples: 99,
};

/** vdn gains 0.2 on dense tasks and harms on talk; qmix does nothing. */
const study: MadeStudy = {
  strategies: ['none', 'vdn', 'qmix'],
  models: ['m1'],
  tasks: ['dense', 'talk', 'other'],
  seeds: 10,
  noise: 0.03,
  mean: (strategy, _model, task) => 0.5 + (strategy === 'vdn' ? (task === 'dense' ? 0.2 : -0.2) : 0),
};
const made = madeStudy(study);

/** The same table with another column of block names. */
function blocksNamed(csv: string, name: (task: string, seed: string) => string): string {
  return csv
    .split('\n')
    .map((line, i) => {
      const cells = line.split(',');
      return i === 0 ? `${line},unit` : `${line},${name(cells[2], cells[3])}`;
    })
    .join('\n');
}

/** A table of two strategies and one score per seed. */
const twoStrategies = (scores: readonly (readonly [number, number])[]) =>
  [
    'strategy,seed,score',
    ...scores.flatMap(([none, team], s) => [`none,${s},${none}`, `team,${s},${team}`]),
  ].join('\n');
const ofTwo = (scores: readonly (readonly [number, number])[]) =>
  analyzeTable(twoStrategies(scores), 'two.csv', {
    response: 'score',
    factors: ['strategy'],
    block: ['seed'],
    baselines: ['none'],
    resamples: 99,
  });

describe('verdicts on tables without a spread', () => {
  it('ten of ten seeds 1:0 are a gain, by the exact sign test, and the strategy is recommended', () => {
    const results = ofTwo(Array.from({ length: 10 }, () => [0, 1] as const));
    expect(results.verdicts[0].places[0].verdicts[0]).toMatchObject({
      p: 2 ** -9,
      shown: 'gain shown',
      low: null,
    });
    expect(results.recommendations[0]).toMatchObject({ use: 'team', because: 'gain shown' });
    expect(renderResults(results)).toMatch(
      /team - none.*0\.002.*gain shown; all blocks show the same difference/,
    );
  });

  it('nine of ten are one, too, by the same rule as every other table', () => {
    const results = ofTwo(Array.from({ length: 10 }, (_, s) => [0, s === 0 ? 0 : 1] as const));
    expect(results.verdicts[0].places[0].verdicts[0]).toMatchObject({ estimate: 0.9, shown: 'gain shown' });
  });

  it('takes nothing from the last bit: .1 to .3, .2 to .4, and so on', () => {
    const results = ofTwo(Array.from({ length: 7 }, (_, s) => [(s + 1) / 10, (s + 3) / 10] as const));
    expect(results.verdicts[0].places[0].verdicts[0].p).toBe(2 ** -6);
  });
});

describe('verdicts by task', () => {
  const results = analyzeTable(made, 'made.csv', request);
  const at = (own: typeof results, task: string, level: string) =>
    own.verdicts[0].places
      .find((place) => place.at.task === task)!
      .verdicts.find((line) => line.level === level)!;

  it('shows gain and harm by one rule, and that others are as good', () => {
    expect(at(results, 'dense', 'vdn')).toMatchObject({ shown: 'gain shown', blocks: 10, plannedBlocks: 10 });
    expect(at(results, 'talk', 'vdn')).toMatchObject({ shown: 'harm shown', asGood: false });
    expect(at(results, 'talk', 'qmix')).toMatchObject({ shown: 'not shown', asGood: true });
    expect(at(results, 'talk', 'vdn').signFlipP).toBeLessThan(0.01);
    const text = renderResults(results);
    expect(text).toMatch(/qmix - none +task talk.*as good as none \(within 0.1\)/);
  });

  it('names averages a family of their own, exploratory, and gives the weights of weighted ones', () => {
    expect(results.verdicts.map(({ role }) => role)).toEqual(['verdicts', 'exploratory']);
    const [equal, weighted] = results.verdicts[1].places;
    expect(equal.weights).toBeUndefined();
    expect(weighted.weights!.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
    const mean = ['dense', 'talk', 'other'].reduce(
      (sum, task) => sum + at(results, task, 'vdn').estimate! / 3,
      0,
    );
    expect(equal.verdicts[0].estimate).toBeCloseTo(mean, 12);
    const byHand = weighted.weights!.reduce(
      (sum, { at: { task }, share }) => sum + share * at(results, task, 'vdn').estimate!,
      0,
    );
    expect(weighted.verdicts[0].estimate).toBeCloseTo(byHand, 12);
    expect(renderResults(results)).toMatch(/Exploratory, against none: averages over places/);
  });

  it('does not depend on how blocks are named', () => {
    const named = (name: (task: string, seed: string) => string, block: string[]) => {
      const { verdicts, recommendations } = analyzeTable(blocksNamed(made, name), 'made.csv', {
        ...request,
        block,
      });
      return { verdicts: verdicts[0], recommendations };
    };
    const usual = named((_, seed) => seed, ['task', 'unit']);
    expect(named((task, seed) => `${task}-${seed}`, ['unit'])).toEqual(usual);
    expect(named((task, seed) => `${task}-${seed}`, ['task', 'unit'])).toEqual(usual);
    // The same seed in all tasks as one block: places and their probabilities are the same, averages pair over tasks.
    const shared = named((_, seed) => seed, ['unit']);
    expect(shared.verdicts).toEqual(usual.verdicts);
    expect(shared.recommendations.map(({ levels }) => levels)).toEqual(
      usual.recommendations.map(({ levels }) =>
        levels.map((own) => ({ ...own, mean: expect.closeTo(own.mean, 12) as number })),
      ),
    );
  });

  it('does not drop seeds that another task lacks', () => {
    const fewer = made
      .split('\n')
      .filter((line) => !/^\w+,m1,talk,[0-4],/.test(line))
      .join('\n');
    const part = analyzeTable(fewer, 'made.csv', request);
    expect(at(part, 'dense', 'vdn')).toMatchObject({ blocks: 10, plannedBlocks: 10 });
    expect(at(part, 'talk', 'vdn')).toMatchObject({ blocks: 5, plannedBlocks: 5 });
    expect(part.verdicts[1].places[0].verdicts[0]).toMatchObject({ blocks: 25 });
    expect(part.notes.join()).toMatch(/task talk has 5 of 10 blocks/);
  });

  it('takes another margin where one is asked for, and refuses what is none', () => {
    const narrow = analyzeTable(made, 'made.csv', { ...request, margin: 0.001 });
    expect(at(narrow, 'talk', 'qmix').asGood).toBe(false);
    expect(narrow.verdicts[0].places[0].margin).toBe(0.001);
    expect(() => analyzeTable(made, 'made.csv', { ...request, margin: 0 })).toThrow(/margin is 0/);
  });
});

describe('unreadable answers', () => {
  const table = readCsvTable(made, 'made.csv', request);
  const plan = planAnalysis(describeTable(table, request));
  const withUnreadable = (share: number) =>
    analyze(plan, {
      ...table,
      answers: table.response.map((_, row) => ({
        decisions: 100,
        unreadable:
          table.columns.strategy[row] === 'vdn' && table.columns.task[row] === 'dense' ? 100 * share : 0,
      })),
    });
  const dense = (share: number) =>
    withUnreadable(share).verdicts[0].places.find(({ at }) => at.task === 'dense')!.verdicts;

  it('a comparison with more than 5% of them in either arm has no verdict and says so', () => {
    expect(dense(0.05)[0].shown).toBe('gain shown');
    const [vdn, qmix] = dense(0.06);
    expect(vdn).toMatchObject({ shown: null, adjustedP: null, low: null, asGood: false });
    expect(vdn.reason).toMatch(/6% of the answers with vdn could not be read/);
    expect(vdn.estimate).toBeGreaterThan(0.1);
    expect(qmix.shown).toBe('not shown');
    const { recommendations } = withUnreadable(0.5);
    expect(recommendations.find(({ at }) => at.task === 'dense')).toMatchObject({ use: 'none' });
    // The average over three tasks has 17%, so it has no verdict either.
    expect(withUnreadable(0.5).verdicts[1].places[0].verdicts[0].shown).toBeNull();
  });
});

describe('a design with too few blocks', () => {
  it('says before any score that a perfect win would not be shown, and how many blocks that takes', () => {
    const notes = (seeds: number) => {
      const table = readCsvTable(madeStudy({ ...study, seeds }), 'made.csv', request);
      return renderPlan(planAnalysis(describeTable(table, request)));
    };
    // 2.5% a side over three places and two comparisons: 1 - sqrt(1 - 0.025 / 3) = 0.0042, and 2^-8 is less.
    expect(notes(7)).toMatch(/2 comparison\(s\) at 3 place\(s\) that takes 8 blocks/);
    expect(notes(8)).not.toMatch(/takes 8 blocks/);
  });
});
