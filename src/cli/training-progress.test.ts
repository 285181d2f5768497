import { expect, it } from 'vitest';
import { systemClock } from '../core/index.ts';
import { loadLines } from './training-progress.ts';

it('a file that loads at once is not told, a large one every five seconds', () => {
  let now = 0;
  const said: string[] = [];
  const load = loadLines({ ...systemClock, monotonicMs: () => now }, (text) => void said.push(text));
  for (const at of [0, 1000, 1900]) {
    now = at;
    load({ file: 'small.gguf', share: at / 1900 });
  }
  expect(said).toEqual([]);
  for (let at = 0; at <= 12_000; at += 1000) {
    now = 10_000 + at;
    load({ file: 'large.gguf', share: at / 12_000 });
  }
  expect(said).toEqual(['Loading large.gguf: 16%', 'Loading large.gguf: 58%', 'Loading large.gguf: 100%']);
});
