import { describe, expect, it } from 'vitest';
import { type Asked, order, playStep } from '../../test/support/played-step.ts';
import { selfOrganising } from './self-organising.ts';

const pick = ['red', 'blue'];
// Of parts/protocol/organise.test.ts: Bob is the heaviest, Ann and Cal read him, Dan is like nobody.
const alone: Readonly<Record<string, string>> = { Ann: 'abc', Bob: 'abd', Cal: 'bd', Dan: 'xyz' };
/** Who has read Bob says what he says. */
const follows = ({ form, who, reads }: Asked) => {
  if (form === 'choose') return 'blue';
  return reads.includes('Bob: abd') ? 'abd' : alone[who];
};

describe('a self-organising team', () => {
  it('answers alone, then reads those who are alike and agreed with more, until nobody would read anybody', async () => {
    const played = await playStep(selfOrganising, {
      offers: ['write', 'write', 'write', 'write'],
      reply: follows,
    });
    expect(order(played)).toEqual([
      ...['Ann writes', 'Bob writes', 'Cal writes', 'Dan writes'],
      ...['Cal writes', 'Ann writes'],
    ]);
    expect(played.asked.slice(4).map(({ reads }) => reads)).toEqual([
      ['Cal: bd', 'Bob: abd'],
      ['Ann: abc', 'Bob: abd'],
    ]);
    // Three are equal now, so none is heavier, and Dan is like nobody: no second round.
    expect(played.actions).toEqual([['abd', 'abd', 'abd', 'xyz']]);
  });

  it('where agents choose compares what they say, and each chooses having read whom it then reads', async () => {
    const options = { rounds: 0 };
    const played = await playStep(selfOrganising, { offers: [pick, pick, 'talk'], reply: follows, options });
    expect(order(played)).toEqual(['Ann says', 'Bob says', 'Cal says', 'Ann chooses', 'Bob chooses']);
    expect(played.asked.slice(3).map(({ reads }) => reads)).toEqual([['Ann: abc', 'Bob: abd'], ['Bob: abd']]);
  });

  it('compares vectors of the texts where it is told to, by the first agent’s model', async () => {
    // As letters Ann and Bob are alike; as vectors Cal is between Ann and Dan: cos 0.6 to each, -0.28 between these.
    const at: Readonly<Record<string, readonly number[]>> = { abc: [0.6, 0.8], bd: [1, 0], xyz: [0.6, -0.8] };
    const played = await playStep(selfOrganising, {
      offers: ['write', 'write', 'write', 'write'],
      options: { similarity: 'embed', alike: 0.5, rounds: 1 },
      vector: (text) => at[text] ?? [-1, 0],
      reply: ({ who }) => alone[who],
    });
    expect(
      played.asked
        .slice(4)
        .map(({ who, reads }) => [who, reads[1]])
        .sort(),
    ).toEqual([
      ['Ann', 'Cal: bd'],
      ['Dan', 'Cal: bd'],
    ]);
  });

  it('reads what was revised in the same round', async () => {
    // Ann is the heaviest, near Bob and less near Cal; Cal reads Bob after he has revised.
    const texts: Readonly<Record<string, string>> = { Ann: 'aab aab', Bob: 'aab aab aab', Cal: 'aab' };
    const reply = ({ who, reads }: Asked) => (reads.length === 0 ? texts[who] : `${texts[who]} ${who}`);
    const { asked } = await playStep(selfOrganising, {
      offers: ['write', 'write', 'write'],
      reply,
      options: { rounds: 1 },
    });
    expect(asked.slice(3).map(({ who, reads }) => [who, ...reads])).toEqual([
      ['Bob', 'Bob: aab aab aab', 'Ann: aab aab'],
      ['Cal', 'Cal: aab', 'Ann: aab aab', 'Bob: aab aab aab Bob'],
    ]);
  });

  it('stops where all say the same', async () => {
    const reply = () => 'the same';
    expect(
      (await playStep(selfOrganising, { offers: ['write', 'write', 'write'], reply })).asked,
    ).toHaveLength(3);
  });

  it('asks N + c where nobody is like anybody, and at most N + rounds (N - 1) + c', async () => {
    const strangers = ({ form, who }: Asked) => (form === 'choose' ? 'red' : who.repeat(3));
    const offers = [pick, 'write', 'talk', ['red']] as const;
    expect((await playStep(selfOrganising, { offers, reply: strangers })).asked).toHaveLength(4 + 1);
    const alike = ({ form, who }: Asked, count: number) =>
      form === 'choose' ? 'red' : `we all go there ${who} ${count}`;
    const { asked } = await playStep(selfOrganising, { offers, reply: alike, options: { rounds: 3 } });
    expect(asked.length).toBeGreaterThan(5);
    expect(asked.length).toBeLessThanOrEqual(4 + 3 * 3 + 1);
  });

  it('keeps what it has when its tokens pay for no revision', async () => {
    const stage = { offers: ['write', 'write', 'write', 'write'] as const, reply: follows };
    expect((await playStep(selfOrganising, { ...stage, tokens: 59 })).actions).toEqual([
      Object.values(alone),
    ]);
    expect((await playStep(selfOrganising, { ...stage, tokens: 60 })).asked).toHaveLength(6);
  });
});
