import fc from 'fast-check';
import { expect, it } from 'vitest';
import { organise } from './organise.ts';
import { similarities } from './similarity.ts';

const limits = { alike: 0.3, most: 2 };

it('lets each read the nearest of those who are heavier and alike', () => {
  // cos(0,1) = 2/3 and cos(1,2) = 2/3 (two trigrams of three in common), cos(0,2) = 1/3; 3 has nothing in common.
  const texts = ['abc', 'abd', 'bd', 'xyz'];
  // ' abc ': ' ab','abc','bc '; ' abd ': ' ab','abd','bd '; ' bd ': ' bd','bd '.
  // cos(0,1) = 1/3, cos(1,2) = 1/sqrt 6 = 0.41, cos(0,2) = 0. Weights: 1.33, 1.74, 1.41, 1.
  const { reads, order, leastAlike } = organise(similarities(texts), limits, [0, 1, 2, 3]);
  expect(reads).toEqual([[1], [], [1], []]);
  expect(order).toEqual([1, 2, 0, 3]);
  expect(leastAlike).toBe(0);
  expect(organise(similarities(texts), { alike: 0.4, most: 2 }, [0, 1, 2, 3]).reads).toEqual([
    [],
    [],
    [1],
    [],
  ]);
});

it('lets equals not read each other, and orders them as it is told', () => {
  const { reads, order, leastAlike } = organise(similarities(['same', 'same', 'same']), limits, [2, 0, 1]);
  expect(reads).toEqual([[], [], []]);
  expect(order).toEqual([2, 0, 1]);
  expect(leastAlike).toBe(1);
});

it('of one agent, nobody is read', () => {
  expect(organise(similarities(['alone']), limits, [0])).toEqual({ reads: [[]], order: [0], leastAlike: 1 });
});

it('has no circle, and never more readings than it may', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', ' '), maxLength: 12 });
  fc.assert(
    fc.property(
      fc.array(text, { minLength: 1, maxLength: 7 }),
      fc.integer({ min: 1, max: 4 }),
      (texts, most) => {
        const all = texts.map((_, k) => k);
        const { reads, order } = organise(similarities(texts), { alike: 0.1, most }, all);
        expect([...order].sort((a, b) => a - b)).toEqual(all);
        for (const self of all) {
          expect(reads[self].length).toBeLessThanOrEqual(most);
          for (const other of reads[self]) expect(order.indexOf(other)).toBeLessThan(order.indexOf(self));
        }
      },
    ),
  );
});
