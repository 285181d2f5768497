import { describe, expect, it } from 'vitest';
import { type Asked, order, playStep } from '../../test/support/played-step.ts';
import { debate } from './debate.ts';

const pick = ['red', 'green', 'blue'];
/** Ann is for red and Cal for blue; Bob is for green, and joins Ann once he has heard her. */
const persuaded = ({ form, who, reads }: Asked, count: number) => {
  if (form !== 'choose') return `${who[0]}${count}`;
  if (who === 'Bob') return reads.includes('Ann: A3') ? 'red' : 'green';
  return who === 'Ann' ? 'red' : 'blue';
};
/** As Ann does, in words, from the second round on. */
const joins = ({ who, reads }: Asked) => (reads.some((line) => line.startsWith('Ann')) ? 'a fox' : `${who}.`);

describe('a debate', () => {
  it('is held in rounds: all speak at once, then all answer, having heard the round', async () => {
    const played = await playStep(debate, {
      offers: [pick, pick, pick],
      reply: persuaded,
      options: { rounds: 2 },
    });
    const round = ['Ann says', 'Bob says', 'Cal says', 'Ann chooses', 'Bob chooses', 'Cal chooses'];
    expect(order(played)).toEqual([...round, ...round]);
    const first = ['Ann: A1', 'Bob: B1', 'Cal: C1'];
    expect(played.asked.slice(0, 7).map(({ reads }) => reads)).toEqual([
      [],
      [],
      [],
      first,
      first,
      first,
      first,
    ]);
    // Their third words, after the first answers.
    expect(played.asked[10].reads).toEqual([...first, 'Ann: A3', 'Bob: B3', 'Cal: C3']);
    expect(played.actions).toEqual([['red', 'red', 'blue']]);
  });

  it('ends when nobody changes an answer', async () => {
    const stage = { offers: [pick, pick, pick], reply: persuaded, options: { rounds: 9 } };
    const { asked, actions } = await playStep(debate, stage);
    // Bob changes in the second round, so the third is the one without a change.
    expect(asked).toHaveLength(3 * 6);
    expect(actions).toEqual([['red', 'red', 'blue']]);
  });

  it('ends when all agree, after the first round too', async () => {
    const reply = ({ form }: Asked, count: number) => (form === 'choose' ? 'green' : `${count}`);
    expect(
      (await playStep(debate, { offers: [pick, pick], reply, options: { rounds: 9 } })).asked,
    ).toHaveLength(4);
  });

  it('of texts is held by the texts themselves, and ends when they are the same', async () => {
    const played = await playStep(debate, {
      offers: ['write', 'write'],
      reply: joins,
      options: { rounds: 9 },
    });
    expect(order(played)).toEqual(['Ann writes', 'Bob writes', 'Ann writes', 'Bob writes']);
    expect(played.asked[3].reads).toEqual(['Ann: Ann.', 'Bob: Bob.']);
    expect(played.actions).toEqual([['a fox', 'a fox']]);
  });

  it('counts what those who only talk say as their answers', async () => {
    const reply = ({ form }: Asked) => (form === 'choose' ? 'red' : 'Red.');
    const { asked } = await playStep(debate, { offers: [pick, 'talk'], reply, options: { rounds: 9 } });
    expect(asked).toHaveLength(3);
  });

  it('asks r (N + c) questions, and N * rounds + c where it never stops', async () => {
    let turn = 0;
    const restless = ({ form }: Asked) => (form === 'choose' ? pick[turn++ % 3] : `words ${turn++}`);
    for (const rounds of [1, 2, 4])
      for (const offers of [
        [pick, pick],
        [pick, 'write', 'talk', ['red']],
      ] as const) {
        const c = offers.filter((offer) => offer === pick).length;
        const asked = async (stop: string) =>
          (await playStep(debate, { offers, reply: restless, options: { rounds, stop } })).asked.length;
        expect(await asked('agreement')).toBe(rounds * (offers.length + c));
        expect(await asked('never')).toBe(rounds * offers.length + c);
      }
  });

  it('acts on the answers that it has when its tokens pay for no further round', async () => {
    // A round of two agents is 4 questions of 10 tokens; 100 pay for two rounds, not for three.
    const reply = ({ form, who }: Asked, count: number) =>
      form === 'choose' ? pick[(count + who.length) % 3] : `${count}`;
    const stage = {
      offers: [pick, pick],
      reply: (q: Asked, n: number) => (q.who === 'Ann' ? reply(q, n + 1) : reply(q, n)),
    };
    const rich = await playStep(debate, { ...stage, options: { rounds: 4 }, tokens: 1000 });
    const poor = await playStep(debate, { ...stage, options: { rounds: 4 }, tokens: 100 });
    expect([rich.asked.length, poor.asked.length]).toEqual([16, 8]);
    // What they answered in the second round.
    expect(poor.asked).toEqual(rich.asked.slice(0, 8));
    expect(poor.actions).not.toEqual(rich.actions);
  });
});
