import { describe, expect, it } from 'vitest';
import { order, playStep } from '../../test/support/played-step.ts';
import { sequential } from './sequential.ts';

const reply = ({ form, who }: { form: string; who: string }) =>
  form === 'choose' ? 'blue' : `${who} ${form}s`;

describe('agents in sequence', () => {
  it('read what was done before them: plans, texts and words', async () => {
    const played = await playStep(sequential, {
      offers: [['red', 'blue'], 'talk', 'write', ['red'], 'write'],
      reply,
    });
    expect(order(played)).toEqual(['Ann chooses', 'Bob says', 'Cal writes', 'Eve writes']);
    expect(played.asked.map(({ reads }) => reads)).toEqual([
      [],
      ['Ann plans blue'],
      ['Ann plans blue', 'Bob: Bob says'],
      ['Ann plans blue', 'Dan plans red', 'Bob: Bob says', 'Cal: Cal writes'],
    ]);
    expect(played.actions).toEqual([['blue', '', 'Cal writes', 'red', 'Eve writes']]);
  });

  it('read the one before them alone in a chain', async () => {
    const options = { topology: 'chain' };
    const played = await playStep(sequential, { offers: ['write', 'write', 'write'], options, reply });
    expect(played.asked.map(({ reads }) => reads)).toEqual([[], ['Ann: Ann writes'], ['Bob: Bob writes']]);
  });

  it('are not asked to talk where nobody who decides comes after them', async () => {
    const played = await playStep(sequential, { offers: ['write', 'talk', 'talk'], reply });
    expect(order(played)).toEqual(['Ann writes']);
  });

  it('are asked as often as there are agents who decide, and agents who are heard', async () => {
    for (let agents = 1; agents <= 6; agents++) {
      const offers = Array.from({ length: agents }, () => ['red', 'blue']);
      expect((await playStep(sequential, { offers, reply })).asked).toHaveLength(agents);
    }
  });
});
