import { describe, expect, it } from 'vitest';
import { type Asked, order, playStep } from '../../test/support/played-step.ts';
import { discussion } from './discussion.ts';

const reply = ({ form, who }: Asked, count: number) => (form === 'choose' ? 'blue' : `${who[0]}${count}`);
const pick = ['red', 'blue'];

describe('a discussion', () => {
  it('is one round of words that all hear before they act', async () => {
    const played = await playStep(discussion, { offers: [pick, 'write', 'talk'], reply });
    expect(order(played)).toEqual(['Ann says', 'Bob says', 'Cal says', 'Ann chooses', 'Bob writes']);
    expect(played.asked.map(({ reads }) => reads)).toEqual([
      ...[[], [], []],
      ['Ann: A1', 'Bob: B1', 'Cal: C1'],
      ['Ann: A1', 'Bob: B1', 'Cal: C1'],
    ]);
    expect(played.actions).toEqual([['blue', 'B2', '']]);
  });

  it('of several rounds lets each answer what it heard in the earlier ones', async () => {
    const options = { rounds: 2, topology: 'ring' };
    const played = await playStep(discussion, { offers: [pick, pick, pick], options, reply });
    expect(played.asked.slice(3).map(({ reads }) => reads)).toEqual([
      ['Ann: A1', 'Cal: C1'],
      ['Ann: A1', 'Bob: B1'],
      ['Bob: B1', 'Cal: C1'],
      ['Ann: A1', 'Cal: C1', 'Ann: A2', 'Cal: C2'],
      ['Ann: A1', 'Bob: B1', 'Ann: A2', 'Bob: B2'],
      ['Bob: B1', 'Cal: C1', 'Bob: B2', 'Cal: C2'],
    ]);
  });

  it.each([1, 2, 3, 5])('of %i rounds asks N * rounds + a questions', async (rounds) => {
    for (const offers of [[pick], [pick, 'write'], [pick, ['red'], 'write', 'talk']] as const) {
      const { asked } = await playStep(discussion, { offers, options: { rounds }, reply });
      const acting = offers.filter((offer) => offer === 'write' || offer === pick).length;
      expect(asked).toHaveLength(offers.length * rounds + acting);
    }
  });

  it('tells each agent its role in every question', async () => {
    const options = { roles: ['You doubt.', 'You hope.'] };
    const { asked } = await playStep(discussion, { offers: [pick, 'write', pick], options, reply });
    for (const { who, briefs } of asked) expect(briefs).toEqual([who === 'Bob' ? 'You hope.' : 'You doubt.']);
  });

  it('acts on what it heard when its tokens pay for no further round', async () => {
    // Ten tokens a question, 70 for the first step: a round of 3 and the act are 60, a second round would make it 90.
    const options = { rounds: 5 };
    const stage = { offers: [pick, pick, pick], options, reply, steps: 2, tokens: 140 };
    const { asked } = await playStep(discussion, stage);
    expect(asked.filter(({ step }) => step === 1)).toHaveLength(6);
    // The 80 that are left pay for the same.
    expect(asked.filter(({ step }) => step === 2)).toHaveLength(6);
    const poor = await playStep(discussion, { ...stage, tokens: 110 });
    // 110 are 55 a step. The first costs 60 before that is known; 50 then pay for no round, and the team acts.
    expect(poor.asked.filter(({ step }) => step === 2).map(({ form }) => form)).toEqual(
      Array(3).fill('choose'),
    );
  });
});
