import { expect, it } from 'vitest';
import { randomStream } from '../../../core/index.ts';
import { stepStreams } from './step-stream.ts';

const drawn = (episode: string, time: number) => {
  const stream = stepStreams(randomStream(episode))(time);
  return Array.from({ length: 5 }, () => stream.next());
};

it('gives a step the same numbers whatever was drawn in the steps before', () => {
  const streams = stepStreams(randomStream('episode'));
  streams(0).next();
  streams(0).next();
  const second = streams(1);
  expect(Array.from({ length: 5 }, () => second.next())).toEqual(drawn('episode', 1));
});

it('gives other steps, and other episodes, other numbers', () => {
  const all = [drawn('a', 0), drawn('a', 1), drawn('b', 0)].map((numbers) => numbers.join());
  expect(new Set(all).size).toBe(3);
});
