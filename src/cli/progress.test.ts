import { describe, expect, it } from 'vitest';
import { systemClock } from '../core/index.ts';
import { timeLeft } from './progress.ts';

/** What is said after each of these runs, given when it finished. */
function said(total: number, seconds: readonly number[], foundFinished = 0): string[] {
  let now = 0;
  const left = timeLeft({ ...systemClock, monotonicMs: () => now });
  const spent = { tokens: 0, usd: 0 };
  return seconds.map((second, k) => {
    now = 1000 * second;
    const played = k + 1;
    return left({ total, completed: foundFinished + played, played, failed: 0, spent, uncounted: 0 }, ', ');
  });
}

describe('the time left', () => {
  it('goes by the pace of late, not by the time that passed before the first run finished', () => {
    // 100 s until the first run, then one a second: 60 runs are left when 40 have been played.
    const seconds = Array.from({ length: 40 }, (_, k) => 100 + k);
    expect(said(100, seconds).at(-1)).toBe(', 60 s left');
  });

  it('is not said before there is a pace: four at once that take a minute each finish together', () => {
    const [first, second, third, fourth, fifth] = said(100, [60, 60, 60.5, 61, 120]);
    expect([first, second, third, fourth]).toEqual(['', '', '', '']);
    // Three runs in the minute since the second one: 95 more take 95 * 20 s.
    expect(fifth).toBe(', 32 min left');
  });

  it('does not count runs found finished, and ends without a word', () => {
    const answers = said(100, [10, 20, 30, 40, 50], 95);
    expect(answers).toEqual(['', ', 30 s left', ', 20 s left', ', 10 s left', '']);
  });
});
