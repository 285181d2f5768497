import { describe, expect, it } from 'vitest';
import type { FinishedEpisode, MeasureFacts, Opinions, StudyDefinition } from '../../contracts/index.ts';
import type { PlayedRun } from './cells.ts';
import { contributionsOf } from './contributions.ts';
import { studyMeasures } from './measures.ts';
import { cascadingErrors, errorAmplification, lazyAgents, rewardHacking, stillTalk } from './monitors.ts';
import type { CellMeasures, ItemEstimate } from './results.ts';

const facts: Readonly<Record<string, MeasureFacts>> = {
  solved: { says: 'all tests pass', best: 'pass' },
  tests: { says: 'tests that pass', rewarded: true, best: 'accuracy' },
  'scheme wrapper': { says: 'wrapper', oneOf: 'scheme' },
  'scheme decorator': { says: 'decorator', oneOf: 'scheme' },
};
const definition = {
  tasks: [{ label: 'task', measures: facts }],
  strategies: [{ label: 'none', baseline: true }, { label: 'team' }],
} as unknown as StudyDefinition;

interface Played {
  readonly item?: string;
  readonly score?: number;
  readonly notJudged?: number;
  readonly short?: number;
  readonly measures?: Readonly<Record<string, number>>;
  readonly opinions?: Opinions;
}
const run = (strategy: string, seed: number, played: readonly Played[]): PlayedRun => ({
  run: { hash: '', model: 'm', strategy, task: 'task', seed, factors: {} },
  episodes: played.map(
    (each, episode) =>
      ({ ...(each.notJudged === undefined && { score: 0 }), ...each, episode }) as unknown as FinishedEpisode,
  ),
});
async function* stream(runs: readonly PlayedRun[]) {
  yield* runs;
}
const solved = (...items: readonly (readonly [string, number])[]) =>
  items.map(([item, right]) => ({ item, score: right, measures: { solved: right } }));
const measured = async (...runs: PlayedRun[]) => (await studyMeasures(definition, stream(runs))).cells;

describe('measures of cells', () => {
  it('ask the best of k of items that were attempted as often', async () => {
    // a: 1 of 3, b: 2 of 2, c: 0 of 1. pass@1: (1/3 + 1 + 0) / 3; pass@2: a 1 - C(2,2)/C(3,2) = 2/3, b 1.
    const [cell] = await measured(
      run('none', 0, solved(['a', 1], ['b', 1], ['c', 0])),
      run('none', 1, solved(['a', 0], ['b', 1])),
      run('none', 2, solved(['a', 0])),
    );
    const best = cell.best.filter(({ name }) => name === 'pass');
    expect(best.map(({ k, value, leftOut }) => [k, value.estimate, value.items, leftOut])).toEqual([
      [1, expect.closeTo(4 / 9, 12), 3, 0],
      [2, expect.closeTo(5 / 6, 12), 2, 1],
    ]);
    expect([cell.items, cell.episodes]).toEqual([3, 6]);
  });

  it('tell what a team made of the same items: four right, of which one is lost; two wrong, of which one is mended', async () => {
    const none = solved(['a', 1], ['b', 1], ['c', 1], ['d', 1], ['e', 0], ['f', 0]);
    const team = solved(['a', 1], ['b', 1], ['c', 1], ['d', 0], ['e', 0], ['f', 1]);
    const [, cell] = await measured(run('none', 0, none), run('team', 0, team));
    expect(cell.turned).toHaveLength(1);
    expect(cell.turned[0]).toMatchObject({
      baseline: 'none',
      pairs: 6,
      toWrong: { estimate: 0.25, items: 4 },
      toRight: { estimate: 0.5, items: 2 },
    });
    expect(cell.turned[0].gains.find(({ measure }) => measure === 'solved')).toMatchObject({
      success: true,
      value: { estimate: 0, items: 6 },
    });
    // Other seeds played other items: nothing to compare.
    const [, apart] = await measured(run('none', 0, none), run('team', 1, team));
    expect(apart.turned[0]).toMatchObject({ pairs: 0, toWrong: null, toRight: null, gains: [] });
  });

  it('keep kinds of seeds apart: two seeds that each settle on one kind have no entropy within', async () => {
    const kind = (wrapper: number) => ({
      measures: { 'scheme wrapper': wrapper, 'scheme decorator': 1 - wrapper },
    });
    const [cell] = await measured(run('team', 0, [kind(1), kind(1)]), run('team', 1, [kind(0), kind(0)]));
    expect(cell.kinds).toHaveLength(1);
    expect(cell.kinds[0]).toMatchObject({ name: 'scheme', entropy: 1, entropyWithinSeeds: 0 });
    expect(cell.kinds[0].seeds).toEqual([
      { seed: 0, shares: [1, 0] },
      { seed: 1, shares: [0, 1] },
    ]);
    expect(cell.kinds[0].shares.map(({ kind: own, value }) => [own, value.estimate])).toEqual([
      ['wrapper', 0.5],
      ['decorator', 0.5],
    ]);
  });

  it('count talks that move nobody', async () => {
    const talk = (changed: number): Played => ({
      opinions: {
        ...{ talks: 1, still: changed === 0 ? 1 : 0, again: 2, changed },
        ...{ shared: 1, agreedBefore: 0, agreedAfter: changed > 0 ? 1 : 0 },
      },
    });
    const [cell] = await measured(run('team', 0, [talk(0), talk(0), talk(0), talk(1)]));
    expect(cell.talk).toMatchObject({
      talks: 4,
      still: { estimate: 0.75 },
      changed: { estimate: 0.125 },
      agreedBefore: { estimate: 0 },
      agreedAfter: { estimate: 0.25 },
    });
  });

  it('count what no judge marked and leave it out of every mean, and count what was short', async () => {
    const marked = solved(['a', 1], ['b', 0]);
    const unmarked: Played = { item: 'c', notJudged: 1 };
    const [, cell] = await measured(
      run('none', 0, solved(['a', 1], ['b', 1], ['c', 0])),
      run('team', 0, [{ ...marked[0], short: 2 }, marked[1], unmarked]),
    );
    expect([cell.episodes, cell.notJudged, cell.short]).toEqual([3, 1, 1]);
    expect(cell.measures.find(({ name }) => name === 'solved')?.value).toMatchObject({
      estimate: 0.5,
      items: 2,
    });
    expect(cell.turned[0].gains.find(({ measure }) => measure === 'score')?.value.items).toBe(2);
  });

  it('leave out cells of which nothing is known', async () => {
    const silent = { ...definition, tasks: [{ label: 'task' }] } as unknown as StudyDefinition;
    const all = stream([run('none', 0, [{ score: 1 }])]);
    expect(await studyMeasures(silent, all)).toEqual({ cells: [], alarms: [] });
  });
});

it('what an agent’s text is worth', () => {
  const trial = { item: 'a', agent: 'Ann', whole: 1, stub: 0.25 };
  expect(
    contributionsOf([
      { ...trial, other: 0.5 },
      { ...trial, item: 'b', whole: 0, stub: 0, mended: true },
      { ...trial, item: 'c', agent: 'Bob', stub: 1 },
    ]),
  ).toMatchObject([
    {
      agent: 'Ann',
      episodes: 2,
      whole: { estimate: 0.5 },
      overStub: { estimate: 0.375 },
      overOther: { estimate: 0.5, items: 1 },
      mends: { estimate: 1, items: 1 },
    },
    { agent: 'Bob', overStub: { estimate: 0 }, overOther: null, mends: null },
  ]);
});

describe('monitors', () => {
  const about = (estimate: number, low: number | null, high: number | null): ItemEstimate => ({
    estimate,
    low,
    high,
    items: 40,
  });
  const cell: CellMeasures = {
    ...{ model: 'm', strategy: 'team', task: 'task', factors: {}, episodes: 40, items: 40 },
    ...{ notJudged: 0, short: 0 },
    ...{ measures: [], best: [], kinds: [], turned: [], talk: null, contributions: [] },
  };
  const gain = (measure: string, rewarded: boolean, value: ItemEstimate, success = false) => ({
    ...{ measure, says: measure, rewarded, success, value },
  });

  it('lazy agents: the team earns, and surely no less with a stub', () => {
    const worth = (whole: ItemEstimate, overStub: ItemEstimate): CellMeasures => ({
      ...cell,
      contributions: [{ agent: 'Ann', episodes: 40, whole, overStub, overOther: null, mends: null }],
    });
    const earning = about(0.8, 0.7, 0.9);
    expect(lazyAgents(worth(earning, about(0, -0.02, 0.02)))).toEqual([
      'Ann adds little: with a text that does nothing in its place the score falls by 0.00 [-0.02, 0.02]',
    ]);
    expect(lazyAgents(worth(earning, about(0.02, -0.1, 0.14)))).toEqual([]);
    // Its text is needed, and any of its texts would do.
    const [needed] = worth(earning, about(0.5, 0.4, 0.6)).contributions;
    const sameEverywhere = { ...cell, contributions: [{ ...needed, overOther: about(0.01, -0.01, 0.03) }] };
    expect(lazyAgents(sameEverywhere)).toEqual([
      'Ann adds little: with its own text for another item in its place the score falls by 0.01 [-0.01, 0.03]',
    ]);
    expect(lazyAgents(worth(earning, about(0, null, null)))).toEqual([]);
    // Of a team that earns nothing nobody can take anything away.
    expect(lazyAgents(worth(about(0.02, 0, 0.05), about(0, 0, 0)))).toEqual([]);
  });

  it('reward hacking: the score rises and what is not paid for falls, both surely', () => {
    const against = (score: ItemEstimate, kept: ItemEstimate): CellMeasures => ({
      ...cell,
      turned: [
        {
          ...{ baseline: 'none', pairs: 40, toWrong: null, toRight: null },
          gains: [gain('score', true, score), gain('facts kept', false, kept)],
        },
      ],
    });
    const [rises, falls] = [about(0.2, 0.1, 0.3), about(-0.3, -0.4, -0.2)];
    expect(rewardHacking(against(rises, falls))).toEqual([
      'it earns more than none (0.20 [0.10, 0.30]), but what is not paid for falls: facts kept, by -0.30 [-0.40, -0.20]',
    ]);
    expect(rewardHacking(against(rises, about(-0.1, -0.3, 0.1)))).toEqual([]);
    expect(rewardHacking(against(about(0.1, -0.1, 0.3), falls))).toEqual([]);
  });

  it('agreement without change, error amplification, cascading errors', () => {
    const talk = (still: ItemEstimate) =>
      stillTalk({
        ...cell,
        talk: { talks: 40, still, changed: about(0, 0, 0.1), agreedBefore: null, agreedAfter: null },
      });
    expect(talk(about(0.95, 0.85, 0.99))).toHaveLength(1);
    expect(talk(about(0.85, 0.7, 0.95))).toEqual([]);
    const turning = (net: ItemEstimate) =>
      errorAmplification({
        ...cell,
        turned: [
          {
            ...{ baseline: 'none', pairs: 40, toWrong: about(0.4, 0.3, 0.5), toRight: null },
            gains: [gain('solved', false, net, true)],
          },
        ],
      });
    expect(turning(about(-0.2, -0.3, -0.1))).toEqual([
      'it loses more than it mends: of what none had right 0.40 [0.30, 0.50] are wrong, of what it had wrong none are right',
    ]);
    expect(turning(about(-0.2, -0.5, 0.1))).toEqual([]);
    const cascade = (mends: ItemEstimate | null) =>
      cascadingErrors({
        ...cell,
        contributions: [
          {
            agent: 'Ann',
            episodes: 9,
            whole: about(0.5, 0.4, 0.6),
            overStub: about(0.3, 0.2, 0.4),
            overOther: null,
            mends,
          },
        ],
      });
    expect(cascade(about(0.8, 0.6, 0.9))).toHaveLength(1);
    expect(cascade(about(0.8, 0.4, 0.9))).toEqual([]);
    expect(cascade(null)).toEqual([]);
  });
});
