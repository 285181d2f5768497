import { describe, expect, it } from 'vitest';
import { type Asked, order, playStep } from '../../test/support/played-step.ts';
import { leader } from './leader.ts';

const pick = ['red', 'blue'];
const reply = ({ form, who }: Asked, count: number) =>
  form === 'choose' ? (who === 'Ann' ? 'red' : 'blue') : `${who[0]}${count}`;

describe('a leader', () => {
  it('plans, hears reports, plans again, and acts last, having read what the others did', async () => {
    const played = await playStep(leader, {
      offers: [pick, pick, 'write', 'talk'],
      reply,
      options: { leader: 1 },
    });
    expect(order(played)).toEqual([
      ...['Ann says', 'Bob says', 'Cal writes', 'Dan says'],
      ...['Ann says', 'Bob chooses', 'Cal writes', 'Dan says', 'Ann chooses'],
    ]);
    expect(played.asked.map(({ reads }) => reads)).toEqual([
      [],
      ...Array<string[]>(3).fill(['Ann: A1']),
      ['Ann: A1', 'Bob: B1', 'Cal: C1', 'Dan: D1'],
      ['Ann: A1', 'Bob: B1', 'Ann: A2'],
      ['Ann: A1', 'Cal: C1', 'Ann: A2'],
      ['Ann: A1', 'Dan: D1', 'Ann: A2'],
      ['Bob plans blue', 'Ann: A1', 'Bob: B1', 'Cal: C1', 'Dan: D1', 'Ann: A2', 'Cal: C2', 'Dan: D2'],
    ]);
    expect(played.actions).toEqual([['red', 'blue', 'C2', '']]);
    expect(played.asked.at(0)?.briefs).toEqual([expect.stringContaining('You lead the team.')]);
    expect(played.asked.at(1)?.briefs).toEqual([expect.stringContaining('Report to Ann')]);
  });

  it('of one round is heard once', async () => {
    const played = await playStep(leader, { offers: [pick, pick], reply, options: { leader: 1, rounds: 1 } });
    expect(order(played)).toEqual(['Ann says', 'Bob chooses', 'Ann chooses']);
  });

  it('may be anybody of the team, and nobody else', async () => {
    const offers = [pick, pick, pick];
    const last = await playStep(leader, { offers, reply, options: { rounds: 1 } });
    expect(order(last)).toEqual(['Cal says', 'Ann chooses', 'Bob chooses', 'Cal chooses']);
    const second = await playStep(leader, { offers, reply, options: { leader: 2, rounds: 1 } });
    expect(order(second)[0]).toBe('Bob says');
    await expect(playStep(leader, { offers, reply, options: { leader: 4 } })).rejects.toThrow(
      /`leader: 4` names agent 4 of a team of 3 \(Ann, Bob, Cal\)\. Name one from 1 to 3, or `last`\./,
    );
  });

  it('asks rounds * N + 1 questions where all decide', async () => {
    for (const rounds of [1, 2, 3])
      for (const agents of [1, 2, 5]) {
        const offers = Array.from({ length: agents }, () => pick);
        expect((await playStep(leader, { offers, reply, options: { rounds } })).asked).toHaveLength(
          rounds * agents + 1,
        );
      }
  });

  it('lets the team act when its tokens pay for no further plan', async () => {
    // 10 tokens a question. A plan, two reports are 30; a second plan with the acts after it would come to 70.
    const stage = { offers: [pick, pick, pick], reply, options: { leader: 1 } };
    const { asked, actions } = await playStep(leader, { ...stage, tokens: 60 });
    expect(asked.map(({ form }) => form)).toEqual('say say say choose choose choose'.split(' '));
    expect(actions).toEqual([['red', 'blue', 'blue']]);
    expect((await playStep(leader, { ...stage, tokens: 70 })).asked).toHaveLength(7);
  });
});
