import { describe, expect, it } from 'vitest';
import { playStep, type Stage } from '../../test/support/played-step.ts';
import { commnetWords } from './commnet-words.ts';

const choices = ['red', 'blue'];
const stage = (over: Partial<Stage> = {}): Stage => ({
  offers: [choices, choices, choices],
  reply: ({ who, form, briefs }, count) =>
    form === 'choose' ? 'red' : briefs.length > 0 ? `sum ${who} ${count}` : `${who} ${count}`,
  ...over,
});

describe('commnet-words', () => {
  it('lets each read one summary of what all others said, and its own words, and nothing else', async () => {
    const { asked } = await playStep(commnetWords, stage());
    expect(asked).toHaveLength(2 * 3 * 2 + 3);
    const ann = asked.filter(({ who }) => who === 'Ann').map(({ reads }) => reads);
    expect(ann[0]).toEqual([]);
    expect([...ann[1]].sort()).toEqual(['Bob: Bob 1', 'Cal: Cal 1']);
    expect(ann[2]).toEqual(['Ann: Ann 1', 'Ann: sum Ann 2']);
    expect([...ann[3]].sort()).toEqual(['Bob: Bob 3', 'Cal: Cal 3']);
    expect(ann[4]).toEqual(['Ann: Ann 3', 'Ann: sum Ann 4']);
  });

  it('shows the others in an order drawn for each reader', async () => {
    const orders = new Set<string>();
    for (let k = 0; k < 20; k++) {
      const { asked } = await playStep(commnetWords, stage({ name: `episode ${k}` }));
      orders.add(asked.find(({ who, briefs }) => who === 'Ann' && briefs.length > 0)!.reads.join());
    }
    expect(orders.size).toBe(2);
  });

  it('without messages, or alone, everybody acts at once', async () => {
    expect((await playStep(commnetWords, stage({ without: ['messages'] }))).asked).toHaveLength(3);
    expect((await playStep(commnetWords, stage({ offers: [choices] }))).asked).toHaveLength(1);
  });
});
