import { describe, expect, it } from 'vitest';
import { type Asked, order, playStep } from '../../test/support/played-step.ts';
import { hybrid } from './hybrid.ts';

const pick = ['red', 'blue'];
const reply = ({ form, who }: Asked, count: number) => (form === 'choose' ? 'red' : `${who[0]}${count}`);
const offers = [pick, pick, pick, pick];

describe('a hybrid team', () => {
  it('hears the leader, talks among peers, acts, and the leader assembles', async () => {
    const played = await playStep(hybrid, { offers, reply, options: { leader: 1, topology: 'chain' } });
    expect(order(played)).toEqual([
      ...['Ann says', 'Bob says', 'Cal says', 'Dan says'],
      ...['Bob chooses', 'Cal chooses', 'Dan chooses', 'Ann chooses'],
    ]);
    expect(played.asked.map(({ reads }) => reads)).toEqual([
      [],
      ...Array<string[]>(3).fill(['Ann: A1']),
      // Bob is the first of the peers' chain.
      ['Ann: A1', 'Bob: B1'],
      ['Ann: A1', 'Bob: B1', 'Cal: C1'],
      ['Ann: A1', 'Cal: C1', 'Dan: D1'],
      // The leader reads its plan and what was done, not what peers said to each other.
      ['Bob plans red', 'Cal plans red', 'Dan plans red', 'Ann: A1'],
    ]);
  });

  it('keeps peers to peers with another leader too', async () => {
    const options = { leader: 3, topology: 'ring' };
    const { asked } = await playStep(hybrid, { offers, reply, options });
    // Peers are Ann, Bob and Dan: Ann hears Dan.
    expect(asked.find(({ who, form }) => who === 'Ann' && form === 'choose')?.reads).toEqual([
      ...['Cal: C1', 'Ann: A1', 'Dan: D1'],
    ]);
  });

  it('asks rounds * (1 + (peerRounds + 1) (N - 1)) + 1 questions where all decide', async () => {
    for (const rounds of [1, 2])
      for (const peerRounds of [1, 3])
        for (const agents of [1, 2, 4]) {
          const stage = { offers: offers.slice(0, agents), reply, options: { rounds, peerRounds } };
          expect((await playStep(hybrid, stage)).asked).toHaveLength(
            rounds * (1 + (peerRounds + 1) * (agents - 1)) + 1,
          );
        }
  });
});
