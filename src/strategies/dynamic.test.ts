import { describe, expect, it } from 'vitest';
import { type Asked, order, playStep } from '../../test/support/played-step.ts';
import { dynamic } from './dynamic.ts';

const pick = ['red', 'green', 'blue', 'grey'];
const offers = [pick, pick, pick, pick];
/** Everybody keeps to an answer of its own; Ann ranks. */
const apart =
  (ranking: string) =>
  ({ form, who, briefs }: Asked, count: number) => {
    if (form === 'choose') return pick['ABCD'.indexOf(who[0])];
    return briefs.length > 0 ? ranking : `${who[0]}${count}`;
  };

describe('a dynamic team', () => {
  it('goes on with those whom the ranker named; the others act in the end, having read them', async () => {
    const played = await playStep(dynamic, { offers, reply: apart('Dan is best, then Bob.') });
    const names = ['Ann', 'Bob', 'Cal', 'Dan'];
    const round = [...names.map((name) => `${name} says`), ...names.map((name) => `${name} chooses`)];
    expect(order(played)).toEqual([
      ...[...round, ...round, 'Ann says'],
      ...['Bob says', 'Dan says', 'Bob chooses', 'Dan chooses'],
      ...['Ann chooses', 'Cal chooses'],
    ]);
    const sorted = played.asked.map(({ reads }) => [...reads].sort());
    // Choices count as answers, so the second words of Bob are his third answer.
    const second = ['Ann: A3', 'Bob: B3', 'Cal: C3', 'Dan: D3'];
    expect(sorted.slice(0, 4)).toEqual([[], [], [], []]);
    expect(sorted[8]).toEqual(['Ann: A1', 'Bob: B1', 'Cal: C1', 'Dan: D1']);
    expect(sorted.slice(16, 19)).toEqual([second, second, second]);
    expect(sorted.slice(19)).toEqual(Array(4).fill(['Bob: B5', 'Dan: D5']));
    expect(played.actions).toEqual([pick]);
  });

  it('draws who stays where the ranker does not name as many, and never by position', async () => {
    for (const ranking of ['Ann, Bob and Cal', 'nobody', 'Eve', '']) {
      const stayed = new Set<string>();
      for (let k = 0; k < 12; k++) {
        const { asked } = await playStep(dynamic, { offers, reply: apart(ranking), name: `episode ${k}` });
        expect(asked).toHaveLength(16 + 1 + 4 + 2);
        stayed.add(asked.slice(17, 19).map(({ who }) => who).join()); // prettier-ignore
      }
      expect(stayed.size).toBeGreaterThan(1);
    }
    for (let k = 0; k < 12; k++) {
      const { asked } = await playStep(dynamic, { offers, reply: apart('Cal, Ann'), name: `episode ${k}` });
      expect(asked.slice(17, 19).map(({ who }) => who)).toEqual(['Ann', 'Cal']);
    }
  });

  it('ends where more than two thirds agree: three of four, not two of three', async () => {
    const agree = (share: number) => async (agents: number) => {
      const reply = ({ form, who }: Asked, count: number) =>
        form === 'choose' ? ('ABCD'.indexOf(who[0]) < share ? 'red' : pick[1]) : `${count}`;
      return (await playStep(dynamic, { offers: offers.slice(0, agents), reply, options: { rounds: 2 } }))
        .asked.length;
    };
    expect(await agree(3)(4)).toBe(8);
    expect(await agree(2)(4)).toBe(16);
    expect(await agree(2)(3)).toBe(12);
    expect(await agree(2)(2)).toBe(4);
  });

  it('asks as often as its formula says', async () => {
    const reply = apart('Ann, Bob');
    const count = async (stage: { offers: readonly ('write' | 'talk' | string[])[]; rounds: number }) =>
      (await playStep(dynamic, { ...stage, reply, options: { rounds: stage.rounds } })).asked.length;
    for (const rounds of [1, 2, 3, 5]) {
      const later = Math.max(0, rounds - 2);
      const beyond = later > 0 ? 1 + later * 4 : 0;
      const held = Math.min(rounds, 2);
      expect(await count({ offers, rounds })).toBe(held * 8 + beyond + (later > 0 ? 2 : 0));
      // Cal writes and Dan only talks: both are asked once a round, and Dan has nothing to do in the end.
      expect(await count({ offers: [pick, pick, 'write', 'talk'], rounds })).toBe(
        held * 6 + beyond + (later > 0 ? 1 : 0),
      );
      expect(await count({ offers: [pick, pick], rounds })).toBe(rounds * 4);
    }
  });

  it('acts on the answers that it has when its tokens pay for no further round', async () => {
    // A round of four is 80 tokens; the third, with ranking and the acts of who dropped out, would be 70 more.
    const stage = { offers, reply: apart('Ann, Bob'), options: { rounds: 9 } };
    expect((await playStep(dynamic, { ...stage, tokens: 229 })).asked).toHaveLength(16);
    expect((await playStep(dynamic, { ...stage, tokens: 230 })).asked).toHaveLength(16 + 1 + 4 + 2);
  });
});
