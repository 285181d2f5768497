import { describe, expect, it } from 'vitest';
import { type Asked, order, playStep } from '../../test/support/played-step.ts';
import { blackboard } from './blackboard.ts';

const pick = ['red', 'blue'];
const reply = ({ form, who }: Asked, count: number) => (form === 'choose' ? 'red' : `${who[0]}${count}`);
const offers = [pick, pick];

describe('a blackboard', () => {
  it('is written on by all at once, read before acting, and lasts over the steps', async () => {
    const played = await playStep(blackboard, { offers, reply, steps: 2 });
    const step = ['Ann says', 'Bob says', 'Ann chooses', 'Bob chooses'];
    expect(order(played)).toEqual([...step, ...step]);
    const [first, both] = [['Ann: A1', 'Bob: B1'], ['Ann: A1', 'Bob: B1', 'Ann: A3', 'Bob: B3']]; // prettier-ignore
    expect(played.asked.map(({ reads }) => reads)).toEqual([[], [], first, first, first, first, both, both]);
  });

  it('holds no line of who passes, however it is spelt, and a round of passes ends the talk', async () => {
    const passing = ({ form, who, step }: Asked, count: number) => {
      if (form === 'choose') return 'red';
      if (step === 2) return who === 'Ann' ? 'Pass.' : 'I pass';
      return who === 'Ann' ? 'I pass the ball' : count === 1 ? '"PASS"' : 'red is best';
    };
    const { asked } = await playStep(blackboard, {
      offers,
      reply: passing,
      steps: 2,
      options: { rounds: 3 },
    });
    const ofStep = (step: number) => asked.filter((question) => question.step === step);
    expect(ofStep(1)).toHaveLength(3 * 2 + 2);
    expect(ofStep(1)[2].reads).toEqual(['Ann: I pass the ball']);
    expect(ofStep(1)[4].reads).toEqual(['Ann: I pass the ball', 'Ann: I pass the ball', 'Bob: red is best']);
    expect(ofStep(2)).toHaveLength(2 + 2);
  });

  it('is read as far back as its last lines go', async () => {
    const { asked } = await playStep(blackboard, { offers, reply, steps: 3, options: { keep: 3 } });
    expect(asked.at(-1)?.reads).toEqual(['Bob: B3', 'Ann: A5', 'Bob: B5']);
  });

  it('asks r N + a questions a step', async () => {
    for (const rounds of [1, 2, 4])
      for (const each of [[pick], [pick, 'write', 'talk'], [['red'], pick]] as const) {
        const { asked } = await playStep(blackboard, { offers: each, reply, steps: 2, options: { rounds } });
        const acting = each.filter((offer) => offer === pick || offer === 'write').length;
        expect(asked).toHaveLength(2 * (rounds * each.length + acting));
      }
  });

  it('acts on the board as it is when its tokens pay for no further round', async () => {
    const stage = { offers, reply, options: { rounds: 5 } };
    expect((await playStep(blackboard, { ...stage, tokens: 59 })).asked).toHaveLength(4);
    expect((await playStep(blackboard, { ...stage, tokens: 60 })).asked).toHaveLength(6);
  });
});
