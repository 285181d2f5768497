import { describe, expect, it } from 'vitest';
import { retryAfterMs } from './retry-after.ts';

describe('Retry-After', () => {
  const now = Date.parse('2025-11-21T10:00:00Z');
  it.each([
    ['seconds', { 'retry-after': '7' }, 7000],
    ['fractions of a second', { 'retry-after': '0.25' }, 250],
    ['a date', { 'retry-after': 'Fri, 21 Nov 2025 10:00:30 GMT' }, 30_000],
    ['a date that has passed', { 'retry-after': 'Fri, 21 Nov 2025 09:00:00 GMT' }, 0],
    ['milliseconds, which are more precise', { 'retry-after': '7', 'retry-after-ms': '1500' }, 1500],
    ['a day, cut to ten minutes', { 'retry-after': '86400' }, 600_000],
    ['a negative number', { 'retry-after': '-3' }, 0],
    ['nothing', {}, undefined],
    ['an empty value', { 'retry-after': ' ' }, undefined],
    ['nonsense', { 'retry-after': 'soon' }, undefined],
  ])('%s', (_, headers, expected) => {
    expect(retryAfterMs(headers, now)).toBe(expected);
  });
});
