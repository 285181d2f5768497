import { describe, expect, it } from 'vitest';
import { type Asked, order, playStep } from '../../test/support/played-step.ts';
import { mixture } from './mixture.ts';

const pick = ['red', 'blue'];
const reply = ({ form, who }: Asked, count: number) => (form === 'choose' ? 'blue' : `${who[0]}${count}`);

describe('a mixture', () => {
  it('reads all of the layer before and nothing older; the aggregator merges the last; then all act', async () => {
    const played = await playStep(mixture, { offers: [pick, pick, 'talk'], reply });
    const layer = ['Ann says', 'Bob says', 'Cal says'];
    expect(order(played)).toEqual([...layer, ...layer, 'Cal says', 'Ann chooses', 'Bob chooses']);
    const sorted = played.asked.map(({ reads }) => [...reads].sort());
    const [first, second] = [['Ann: A1', 'Bob: B1', 'Cal: C1'], ['Ann: A2', 'Bob: B2', 'Cal: C2']]; // prettier-ignore
    expect(sorted).toEqual([
      ...[[], [], []],
      ...[first, first, first],
      second,
      ['Ann: A2', 'Cal: C3'],
      ['Bob: B2', 'Cal: C3'],
    ]);
  });

  it('shows a layer in an order drawn for each reader', async () => {
    const offers = Array.from({ length: 5 }, () => pick);
    const { asked } = await playStep(mixture, { offers, reply });
    const orders = asked.slice(5, 10).map(({ reads }) => reads.join());
    expect(new Set(orders).size).toBeGreaterThan(1);
    const again = await playStep(mixture, { offers, reply });
    expect(again.asked).toEqual(asked);
    const other = await playStep(mixture, { offers, reply, name: 'another episode' });
    expect(other.asked.slice(5, 10).map(({ reads }) => reads.join())).not.toEqual(orders);
  });

  it('ends with the aggregator’s own text where nobody else has something to decide', async () => {
    const played = await playStep(mixture, {
      offers: ['talk', 'talk', 'write'],
      reply,
      options: { layers: 2 },
    });
    expect(order(played)).toEqual(['Ann says', 'Bob says', 'Cal writes', 'Cal writes']);
    expect([...played.asked[3].reads].sort()).toEqual(['Ann: A1', 'Bob: B1', 'Cal: C1']);
    expect(played.asked[3].briefs).toEqual(['Make one answer for the team of what was said.']);
    expect(played.actions).toEqual([['', '', 'C2']]);
  });

  it('asks N (layers - 1) + 1 + a questions, one aggregator alone N (layers - 1) + 1', async () => {
    for (const layers of [2, 3, 5]) {
      const count = async (offers: readonly ('write' | 'talk' | string[])[]) =>
        (await playStep(mixture, { offers, reply, options: { layers } })).asked.length;
      expect(await count([pick, 'write', ['red'], 'talk'])).toBe(4 * (layers - 1) + 1 + 2);
      expect(await count(['talk', 'talk', pick])).toBe(3 * (layers - 1) + 1);
      expect(await count(['write'])).toBe(layers);
    }
  });

  it('goes from the layers that its tokens pay for to the aggregator', async () => {
    // Three proposals, an aggregation and two acts: 60 tokens; another layer would make it 90.
    const stage = { offers: [pick, pick, 'talk'] as const, reply, options: { layers: 6 } };
    expect((await playStep(mixture, { ...stage, tokens: 89 })).asked).toHaveLength(6);
    expect((await playStep(mixture, { ...stage, tokens: 90 })).asked).toHaveLength(9);
  });
});
