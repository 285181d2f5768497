import { describe, expect, it } from 'vitest';
import { type Asked, order, playStep } from '../../test/support/played-step.ts';
import { review } from './review.ts';

const pick = ['red', 'green', 'blue'];
/** Ann follows her critic once, Bob never changes. */
const reply = ({ form, who, reads }: Asked, count: number) => {
  if (form === 'say') return `${who[0]} says ${count}`;
  if (who === 'Bob') return form === 'choose' ? 'green' : 'as ever';
  const reviewed = reads.some((line) => line.includes(' says '));
  return form === 'choose' ? (reviewed ? 'blue' : 'red') : reviewed ? 'a better text' : 'a text';
};

describe('a review', () => {
  it('is by the agent before in the ring, and the author decides again', async () => {
    const played = await playStep(review, { offers: [pick, pick], reply });
    expect(order(played)).toEqual([
      ...['Ann chooses', 'Bob chooses', 'Bob says', 'Ann says', 'Ann chooses', 'Bob chooses'],
    ]);
    const [, , ofAnn, ofBob, again] = played.asked;
    expect(ofAnn.briefs[0]).toContain('Ann would do this: red.');
    expect(ofBob.briefs[0]).toContain('Bob would do this: green.');
    expect(again.reads).toEqual(['Bob: B says 2']);
    expect(again.briefs).toEqual([
      'You would do this: red, and have read what was said about it. Decide again.',
    ]);
    expect(played.actions).toEqual([['blue', 'green']]);
  });

  it('of a text shows critics and author the drafts and all that was said about them', async () => {
    const played = await playStep(review, { offers: ['write', 'talk'], reply, options: { rounds: 3 } });
    expect(order(played)).toEqual([...['Ann writes', 'Bob says', 'Ann writes', 'Bob says', 'Ann writes']]);
    expect(played.asked.map(({ reads }) => reads)).toEqual([
      [],
      ['Ann: a text'],
      ['Ann: a text', 'Bob: B says 1'],
      ['Ann: a text', 'Bob: B says 1', 'Ann: a better text'],
      ['Ann: a text', 'Bob: B says 1', 'Ann: a better text', 'Bob: B says 2'],
    ]);
    // After the second review the text is the same, so the third is not held.
    expect(played.actions).toEqual([['a better text', '']]);
  });

  it('is an own one where nobody is heard', async () => {
    const played = await playStep(review, { offers: [pick], reply });
    expect(order(played)).toEqual(['Ann chooses', 'Ann says', 'Ann chooses']);
    expect(played.asked[1].briefs[0]).toContain('You would do this: red.');
  });

  it('asks a + (critics + 1) a review: a (1 + 2 * rounds) with one critic and restless authors', async () => {
    let turn = 0;
    const restless = ({ form }: Asked) => (form === 'choose' ? pick[turn++ % 3] : `words ${turn++}`);
    for (const rounds of [1, 2, 3]) {
      // A prime number of questions apart, so that nobody comes to its own answer again.
      const one = await playStep(review, {
        offers: [pick, ['red'], 'talk'],
        reply: restless,
        options: { rounds },
      });
      expect(one.asked).toHaveLength(1 + 2 * rounds);
      const options = { rounds, topology: 'all' };
      const texts = await playStep(review, { offers: ['write', 'write', 'write'], reply: restless, options });
      expect(texts.asked).toHaveLength(3 + rounds * 3 * (2 + 1));
    }
  });

  it('keeps the drafts when its tokens pay for no review', async () => {
    const stage = { offers: [pick, pick], reply };
    expect((await playStep(review, { ...stage, tokens: 59 })).actions).toEqual([['red', 'green']]);
    expect((await playStep(review, { ...stage, tokens: 60 })).actions).toEqual([['blue', 'green']]);
  });
});
