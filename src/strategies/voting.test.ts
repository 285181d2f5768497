import { describe, expect, it } from 'vitest';
import { type Asked, order, playStep } from '../../test/support/played-step.ts';
import { voting } from './voting.ts';

const pick = ['red', 'green', 'blue'];
/** What each answers, one after another. */
const says =
  (script: Readonly<Record<string, readonly string[]>>) =>
  ({ who }: Asked, count: number) =>
    script[who][(count - 1) % script[who].length];

describe('voting', () => {
  it('asks each agent several times, tells nobody anything, and counts each agent’s own answers', async () => {
    const reply = says({ Ann: ['red', 'blue', 'blue'], Bob: ['green', 'red', 'green'] });
    const played = await playStep(voting, {
      offers: [pick, pick, ['red'], 'talk'],
      reply,
      options: { samples: 3 },
    });
    expect(order(played)).toEqual([
      ...Array<string>(3).fill('Ann chooses'),
      ...Array<string>(3).fill('Bob chooses'),
    ]);
    expect(played.asked.flatMap(({ reads }) => reads)).toEqual([]);
    // Different seeds: each is another sample.
    expect(new Set(played.asked.map(({ seed }) => seed)).size).toBe(6);
    expect(played.actions).toEqual([['blue', 'green', 'red', '']]);
  });

  it('of a team counts all answers together, and each does the most frequent one that it can do', async () => {
    const reply = says({ Ann: ['blue'], Bob: ['blue'], Cal: ['green'], Dan: ['I say green!'] });
    const offers = [pick, pick, ['red', 'green'], 'talk'] as const;
    const { asked, actions } = await playStep(voting, {
      offers,
      reply,
      options: { samples: 1, ballots: 'team' },
    });
    expect(asked).toHaveLength(4);
    // Two for blue, two for green: one of them for those who can do both, green for Cal who cannot do blue.
    expect(['blue', 'green']).toContain(actions[0][0]);
    expect(actions[0][1]).toBe(actions[0][0]);
    expect(actions[0][2]).toBe('green');
  });

  it('draws ties by seed: both come up, and the same again for the same episode', async () => {
    const reply = says({ Ann: ['red', 'blue'] });
    const of = async (name: string) =>
      (await playStep(voting, { offers: [pick], reply, name, options: { samples: 2 } })).actions[0][0];
    const names = Array.from({ length: 30 }, (_, k) => `episode ${k}`);
    const drawn = await Promise.all(names.map(of));
    expect(new Set(drawn)).toEqual(new Set(['red', 'blue']));
    expect(await Promise.all(names.map(of))).toEqual(drawn);
  });

  it('of texts takes the most frequent one, else the one in the middle', async () => {
    const options = { samples: 3 };
    const twice = says({ Ann: ['a fox', 'A fox.', 'quite another thing'] });
    expect((await playStep(voting, { offers: ['write'], reply: twice, options })).actions).toEqual([
      ['a fox'],
    ]);
    const middle = says({ Ann: ['zzzz', 'we go north', 'we go north now'] });
    const { actions } = await playStep(voting, { offers: ['write'], reply: middle, options });
    expect(actions[0][0]).toMatch(/^we go north/);
  });

  it('lets no answer win that could not be read', async () => {
    const reply = says({ Ann: ['purple', 'purple', 'purple', 'green', 'purple'] });
    const { actions } = await playStep(voting, { offers: [pick], reply });
    expect(actions).toEqual([['green']]);
  });

  it('asks samples * a questions, and of those who only talk too in a vote of the team', async () => {
    const reply = ({ form }: Asked) => (form === 'choose' ? 'red' : 'words');
    const offers = [pick, 'write', ['red'], 'talk'] as const;
    for (const samples of [1, 2, 7])
      for (const [ballots, asked] of [
        ['own', 2],
        ['team', 3],
      ] as const)
        // prettier-ignore
        expect((await playStep(voting, { offers, reply, options: { samples, ballots } })).asked).toHaveLength(
          samples * asked,
        );
  });

  it('asks as often as its tokens pay for', async () => {
    // Two agents at 10 tokens a question: 70 pay for three answers of each.
    const stage = {
      offers: [pick, pick],
      reply: says({ Ann: ['red'], Bob: ['blue'] }),
      options: { samples: 9 },
    };
    expect((await playStep(voting, { ...stage, tokens: 70 })).asked).toHaveLength(6);
    expect((await playStep(voting, { ...stage, tokens: 5 })).asked).toHaveLength(2);
    expect((await playStep(voting, { ...stage, tokens: 9000 })).asked).toHaveLength(18);
  });
});
