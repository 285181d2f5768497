import { expect, it } from 'vitest';
import { randomStream } from '../../../core/index.ts';
import { hearing, type Topology } from './topology.ts';

const of = (topology: Topology, agents: number, p = 0.5, name = 'topology') =>
  hearing({ topology, p }, agents, randomStream(name));

it.each([
  ['all', [[1, 2, 3], [0, 2, 3], [0, 1, 3], [0, 1, 2]]],
  ['ring', [[3], [0], [1], [2]]],
  ['star', [[1, 2, 3], [0], [0], [0]]],
  ['chain', [[], [0], [1], [2]]],
] as const)('%s, of four', (topology, hears) => expect(of(topology, 4)).toEqual(hears)); // prettier-ignore

it('of one agent nobody hears anybody', () => {
  for (const topology of ['all', 'ring', 'star', 'chain', 'random'] as const)
    expect(of(topology, 1, 1)).toEqual([[]]);
});

it('random is drawn for each direction with the probability that was asked for, and again from the same stream', () => {
  expect(of('random', 4, 0)).toEqual([[], [], [], []]);
  expect(of('random', 4, 1)).toEqual(of('all', 4));
  expect(of('random', 9, 0.3, 'a')).toEqual(of('random', 9, 0.3, 'a'));
  expect(of('random', 9, 0.3, 'a')).not.toEqual(of('random', 9, 0.3, 'b'));
  let heard = 0;
  for (let k = 0; k < 200; k++) heard += of('random', 6, 0.3, `stream ${k}`).flat().length;
  // 200 graphs of 30 directions: 1,800 expected, with a standard deviation of 35.
  expect(Math.abs(heard - 1800)).toBeLessThan(5 * 35);
});
