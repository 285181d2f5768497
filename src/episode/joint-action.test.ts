import { describe, expect, it } from 'vitest';
import { playStep } from '../../test/support/played-step.ts';
import { none } from '../strategies/none.ts';
import { withinLimit } from './joint-action.ts';

describe('a text of more tokens than its task takes', () => {
  it('is cut where it is certainly beyond them, and it is said', () => {
    expect(withinLimit('a b  c\nd', 4)).toEqual({ text: 'a b  c\nd' });
    expect(withinLimit('one two  three\nfour five six', 4)).toEqual({
      text: 'one two  three\nfour',
      cut: true,
    });
    expect(withinLimit('x'.repeat(200), 2)).toEqual({ text: 'x'.repeat(128), cut: true });
    expect(withinLimit(`${'x'.repeat(127)}🙂🙂`, 2)).toEqual({ text: 'x'.repeat(127), cut: true });
    expect(withinLimit('', 1)).toEqual({ text: '' });
  });

  it('ends no run: a model that writes more has its text cut', async () => {
    const { actions } = await playStep(none, { offers: ['write'], reply: () => 'word '.repeat(60) });
    expect(actions[0][0].split(' ')).toHaveLength(50);
  });
});
