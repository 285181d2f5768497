import fc from 'fast-check';
import { expect, it } from 'vitest';
import { randomStream } from '../core/index.ts';
import { balancedDraws, roundLength } from './balanced-draws.ts';

const draws = (name: string) => balancedDraws(2, randomStream('independent', name), name);
const all = (agents: number, actions: number) => new Float32Array(agents * actions).fill(1);
const key = (joint: readonly number[]) => joint.join(',');

/** So many joint actions of one situation. */
function deal(from: ReturnType<typeof draws>, state: Float32Array, available: Float32Array, count: number) {
  return Array.from({ length: count }, () => {
    const joint = [0, 0];
    from.draw(state, available, joint);
    return joint;
  });
}

it('has every joint action once in any round-long run of draws of a situation, whatever else is met between', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(0, 1, 2), { minLength: 30, maxLength: 120 }),
      fc.integer({ min: 0, max: 99 }),
      (met, seed) => {
        const from = draws(`deal ${seed}`);
        const dealt = [0, 1, 2].map((): string[] => []);
        for (const situation of met)
          dealt[situation].push(key(deal(from, Float32Array.of(situation), all(2, 3), 1)[0]));
        for (const own of dealt)
          for (let start = 0; start + 9 <= own.length; start++)
            expect(new Set(own.slice(start, start + 9)).size).toBe(9);
      },
    ),
    { seed: 4, numRuns: 30 },
  );
});

it('deals available actions alone, and tells situations apart by them too', () => {
  // The first agent can take actions 0 and 2, the second 1 alone.
  const available = Float32Array.of(1, 0, 1, 0, 1, 0);
  expect(roundLength(available, 2)).toBe(2);
  const dealt = deal(draws('some'), Float32Array.of(0), available, 4).map(key);
  expect(new Set(dealt.slice(0, 2))).toEqual(new Set(['0,1', '2,1']));
  expect(dealt.slice(2)).toEqual(dealt.slice(0, 2));
});

it('begins a situation with every joint action alike', () => {
  const first = new Map<string, number>();
  for (let k = 0; k < 900; k++) {
    const joint = key(deal(draws(`first ${k}`), Float32Array.of(0), all(2, 3), 1)[0]);
    first.set(joint, (first.get(joint) ?? 0) + 1);
  }
  // Chi square of nine cells with mean 100: 8 degrees of freedom, above 26.1 once in a thousand.
  expect(first.size).toBe(9);
  expect([...first.values()].reduce((sum, n) => sum + (n - 100) ** 2 / 100, 0)).toBeLessThan(26.1);
});

it('goes on from a position', () => {
  const whole = deal(draws('resumed'), Float32Array.of(5), all(2, 3), 20);
  const before = draws('resumed');
  deal(before, Float32Array.of(5), all(2, 3), 13);
  const after = draws('resumed');
  after.moveTo(before.position());
  expect(deal(after, Float32Array.of(5), all(2, 3), 7)).toEqual(whole.slice(13));
});

it('draws independently where there are too many situations or joint actions to remember', () => {
  const from = draws('many');
  for (let k = 0; k < 3000; k++) deal(from, Float32Array.of(k), all(2, 2), 1);
  expect(from.position().length).toBe(1024);
  const wide = deal(from, Float32Array.of(-1), all(2, 40), 3000).map(key);
  expect(from.position().length).toBe(1024);
  expect(new Set(wide).size).toBeGreaterThan(1200);
});
