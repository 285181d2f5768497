import { describe, expect, it } from 'vitest';
import type { Simulator } from '../../contracts/index.ts';
import { leverPulling } from '../../tasks/lever-pulling.ts';
import { matrixGame, matrixGameOptions } from '../../tasks/matrix-game.ts';
import { environmentOf } from '../../tasks/parts/environment.ts';
import { twoStepGame } from '../../tasks/two-step-game.ts';
import { couplingProfile } from './index.ts';

const matrix = (payoff: number[][]) =>
  couplingProfile(matrixGame.create(matrixGameOptions.parse({ payoff })), 'matrix', { episodes: 20 });

/** Each of two agents sees a bit of its own. Its action pays 1 where it equals its own bit, and `other` where the other's. */
function bits(other: number, chance?: () => number): Simulator<{ bits: number[] }> {
  const names = ['Ann', 'Bob'];
  const actions = ['zero', 'one'];
  return {
    agentNames: names,
    horizon: 1,
    actions,
    featureLength: 1,
    stateLength: 1,
    rules: 'Guess.',
    generate: (stream) => ({ bits: [stream.integer(0, 1), stream.integer(0, 1)] }),
    start: ({ bits: own }) =>
      environmentOf<number>(
        {
          time: (time) => time,
          done: (time) => time > 0,
          availableActions: () => [0, 1],
          observe: (_, agent) => `Your bit is ${own[agent]}.`,
          features: (_, __, out, offset) => out.fill(0, offset, offset + 1),
          stateVector: (_, out, offset) => out.fill(0, offset, offset + 1),
          step: (time, joint) => ({
            state: time + 1,
            reward: joint.reduce(
              (sum, a, i) => sum + +(a === own[i]) + other * +(a === own[1 - i]),
              chance?.() ?? 0,
            ),
          }),
        },
        0,
        2,
        actions,
      ),
    oracle: () => 4,
  };
}

const covers = (own: { readonly low: number | null; readonly high: number | null }, truth: number) =>
  own.low! - 1e-9 <= truth && truth <= own.high! + 1e-9;

describe('known answers', () => {
  it('matrix games: additive, monotone and not', () => {
    expect(matrix([[0, 1], [2, 3]])).toMatchObject({ beyondAdditive: { estimate: 0 }, beyondMonotone: { estimate: 0 }, reach: { estimate: 0 } }); // prettier-ignore
    const monotone = matrix([[0, 1], [1, 8]]); // prettier-ignore
    expect(monotone.beyondAdditive.estimate).toBeCloseTo(0.21951219512195122, 10);
    expect(monotone.beyondMonotone.estimate).toBeCloseTo(0, 10);
    // There is one situation, which everybody sees.
    expect(monotone.privateInformation.estimate).toBeCloseTo(0, 10);
    expect(monotone.redundancy.estimate).toBeCloseTo(1, 10);
    expect(matrix([[11, -30, 0], [-30, 7, 0], [0, 6, 5]]).beyondMonotone.estimate).toBeCloseTo(0.5183479616583901, 7); // prettier-ignore
  });

  it('two-step game: shares and reach by enumeration', () => {
    // First step: 7 against 0, 1, 1 or 8 of branch B, one step later; variance (12.25 + 9 + 9 + 0.25) / 4 = 7.625.
    // Second step: branch A has none, branch B 10.25, of which 2.25 beyond additive. Half of the situations each.
    const profile = couplingProfile(twoStepGame.create({}), 'two-step', { episodes: 400 });
    expect(covers(profile.beyondAdditive, 0.5625 / 6.375)).toBe(true);
    expect(covers(profile.reach, 3.8125 / 6.375)).toBe(true);
    expect(profile.beyondMonotone.estimate).toBeCloseTo(0, 10);
    expect(profile.beyondAdditive.high! - profile.beyondAdditive.low!).toBeLessThan(0.08);
  });

  it('lever pulling: all of it is joint, and an action alone is worth nothing', () => {
    const task = leverPulling.create(leverPulling.optionsSchema.parse({ agents: 2 }));
    const profile = couplingProfile(task, 'levers', { episodes: 20 });
    expect(profile.beyondAdditive.estimate).toBeCloseTo(1, 12);
    expect(profile.beyondMonotone.estimate).toBeCloseTo(2 / 3, 8);
    expect(profile.privateInformation).toMatchObject({
      estimate: null,
      reason: expect.stringContaining('by itself') as string,
    });
  });

  // Worth is s_own + w s_other with independent signs: the other's part is w^2 / (1 + w^2).
  it.each([
    [1, 0.5],
    [0.5, 0.2],
  ])(
    'private information where the other agent’s bit counts %d: held by 95% of intervals',
    (weight, truth) => {
      const profiles = Array.from({ length: 40 }, (_, seed) =>
        couplingProfile(bits(weight), 'bits', { episodes: 100, seed }),
      );
      // 33 of 40 or fewer have a chance of 1% where 95% hold the truth.
      const held = (name: 'privateInformation' | 'redundancy') =>
        profiles.filter((profile) => covers(profile[name], truth)).length;
      expect(held('privateInformation')).toBeGreaterThan(33);
      expect(held('redundancy')).toBeGreaterThan(33);
      const { low, high } = profiles[0].privateInformation;
      expect(high! - low!).toBeLessThan(0.3);
    },
  );

  it('nothing is private where an agent’s own bit is all that counts', () => {
    const { privateInformation, redundancy } = couplingProfile(bits(0), 'bits', { episodes: 100 });
    expect(privateInformation.estimate).toBeCloseTo(0, 10);
    expect(covers(redundancy, 0)).toBe(true);
  });
});

describe('what is refused', () => {
  it('a task that is not deterministic given its stream is named, with the step', () => {
    let hidden = 0;
    expect(() =>
      couplingProfile(
        bits(0, () => ++hidden),
        'mine',
        { episodes: 10 },
      ),
    ).toThrow(
      'The task "mine" is not deterministic given its stream: in episode 1, step 1 came out otherwise',
    );
    const other = { ...bits(0), generate: () => ({ bits: [++hidden, 0] }) };
    expect(() => couplingProfile(other, 'mine', { episodes: 10 })).toThrow('made two instances');
  });

  it('too few episodes', () => {
    expect(() => couplingProfile(bits(0), 'mine', { episodes: 5 })).toThrow(
      'A profile of 5 episodes says nothing',
    );
  });
});

it('same seed, same numbers; another seed, others', () => {
  const of = (seed: number) => couplingProfile(bits(1), 'bits', { episodes: 50, seed });
  expect(of(1)).toEqual(of(1));
  expect(of(1).privateInformation).not.toEqual(of(2).privateInformation);
});
