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
    ['a unit', { 'retry-after': '5s' }, 5000],
    ['set twice on the way', { 'retry-after': ['3', '9'] }, 9000],
    ['milliseconds that are missing', { 'retry-after': '7', 'retry-after-ms': '' }, 7000],
    ['a number that the platform would take for a date', { 'retry-after': 'in 5' }, undefined],
  ])('%s', (_, headers, expected) => {
    expect(retryAfterMs(headers, now)).toBe(expected);
  });

  it.each([
    [
      'of Google',
      { error: { details: [{}, { '@type': 'x/google.rpc.RetryInfo', retryDelay: '3s' }] } },
      3000,
    ],
    ['as a protocol buffer', { error: { details: [{ retry_delay: { seconds: 3, nanos: 5e8 } }] } }, 3500],
    ['in seconds', { error: { metadata: { retry_after: 20 } } }, 20_000],
    ['in milliseconds', { retry_after_ms: 1500 }, 1500],
    ['in a list', [{ error: { details: [{ retryDelay: '1500ms' }] } }], 1500],
    ['elsewhere', { error: { message: 'retry in 5s' } }, undefined],
    ['null', null, undefined],
  ])('in a body %s', (_, body, expected) => {
    expect(retryAfterMs({}, now, body)).toBe(expected);
  });

  it('is the longer of what header and body say', () => {
    expect(retryAfterMs({ 'retry-after': '0' }, now, { retryDelay: '3s' })).toBe(3000);
    expect(retryAfterMs({ 'retry-after': '9' }, now, { retryDelay: '3s' })).toBe(9000);
  });
});
