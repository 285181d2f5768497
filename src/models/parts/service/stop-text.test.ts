import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { textSoFar } from './stop-text.ts';

/** Grows by the given steps and returns what was shown. */
function shown(steps: readonly string[], stop: readonly string[]): string {
  const text = textSoFar(stop);
  let out = '';
  let whole = '';
  for (const step of steps) {
    const { fresh, stopped } = text.grow((whole += step));
    out += fresh;
    if (stopped) return out;
  }
  return out + text.rest();
}

/** Letter by letter, until a stop stands at the end. */
function cutSlowly(whole: string, stop: readonly string[]): string {
  for (let size = 1; size <= whole.length; size++) {
    const so = whole.slice(0, size);
    const ending = stop.filter((s) => so.endsWith(s)).map((s) => size - s.length);
    if (ending.length > 0) return whole.slice(0, Math.min(...ending));
  }
  return whole;
}

describe('a text with stops', () => {
  it('holds back what may be the beginning of a stop', () => {
    const text = textSoFar(['STOP']);
    expect(text.grow('go ST')).toEqual({ fresh: 'go ', stopped: false });
    expect(text.grow('go STA')).toEqual({ fresh: 'STA', stopped: false });
    expect(text.grow('go STA STOP now')).toEqual({ fresh: ' ', stopped: true });
  });

  it('ends before the first of several stops', () => {
    expect(shown(['one two three four'], ['four', 'two'])).toBe('one ');
    expect(shown(['one', ' two'], [''])).toBe('one two');
  });

  it('waits for the last byte of a character', () => {
    const text = textSoFar([]);
    expect(text.grow('a\uFFFD').fresh).toBe('a');
    expect(text.grow('aé').fresh).toBe('é');
  });

  it('shows the same however the text comes in pieces', () => {
    const pieces = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'c', ' ') }), { maxLength: 12 });
    const stops = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 3 }), {
      maxLength: 3,
    });
    fc.assert(
      fc.property(pieces, stops, (steps, stop) => {
        const whole = steps.join('');
        expect(shown(steps, stop)).toBe(cutSlowly(whole, stop));
      }),
      { numRuns: 500 },
    );
  });
});
