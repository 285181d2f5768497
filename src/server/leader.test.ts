import { expect, it } from 'vitest';
import { leaderOf } from './leader.ts';

const scored = (strategy: string, seed: number, score: number, task = 't') => ({
  run: { hash: `${strategy} ${task} ${seed}`, model: 'm', strategy, task, seed, factors: {} },
  score,
});

it('compares on the blocks that a strategy shares with the reference, so hard instances do not count against it', () => {
  const rows = [
    ...[scored('none', 1, 0.9), scored('none', 2, 0.2), scored('none', 3, 0.1)],
    // Played on the hard instances alone: its plain mean is lower, its differences are +.2 and +.4.
    ...[scored('vdn', 2, 0.4), scored('vdn', 3, 0.5)],
    ...[scored('qmix', 1, 0.9), scored('qmix', 2, 0.2), scored('qmix', 3, 0.4)],
  ];
  // vdn: (.2 + .4) / 2 = .3; qmix: (0 + 0 + .3) / 3 = .1; none: 0.
  const leader = leaderOf(rows, 'none');
  expect(leader).toMatchObject({ strategy: 'vdn', next: 'qmix' });
  expect(leader?.by).toBeCloseTo(0.2, 12);
});

it('the reference can lead, and places count alike however many seeds they have', () => {
  const rows = [
    ...[scored('none', 1, 0.5), scored('none', 1, 0.5, 'u'), scored('none', 2, 0.5, 'u')],
    // +.2 in one place, -.4 and -.4 in the other: -.1 in all.
    ...[scored('vdn', 1, 0.7), scored('vdn', 1, 0.1, 'u'), scored('vdn', 2, 0.1, 'u')],
    // Met in one place only: not compared.
    scored('coma', 1, 1),
  ];
  expect(leaderOf(rows, 'none')).toMatchObject({ strategy: 'none', next: 'vdn' });
  expect(leaderOf(rows, 'none')?.by).toBeCloseTo(0.1, 12);
});

it('says nothing where nothing can be compared, or two are level', () => {
  expect(leaderOf([], 'none')).toBeUndefined();
  expect(leaderOf([scored('none', 1, 0.5), scored('vdn', 2, 0.9)], 'none')).toBeUndefined();
  expect(leaderOf([scored('none', 1, 0.5), scored('vdn', 1, 0.5)], 'none')).toBeUndefined();
});
