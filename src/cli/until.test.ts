import { expect, it } from 'vitest';
import { untilOption, untilText } from './until.ts';

it('reads the most seeds alone, and all that a study file can say', () => {
  expect(untilOption('400')).toEqual({ most: { seeds: 400 } });
  expect(untilOption('seeds=400, minutes=20,usd=5,margin=0.1,confidence=0.9')).toEqual({
    most: { seeds: 400, minutes: 20, usd: 5 },
    margin: 0.1,
    confidence: 0.9,
  });
  expect(untilText(untilOption('seeds=400,margin=0.1'))).toBe('seeds=400,margin=0.1');
  expect(untilOption('minutes=5')).toEqual({ most: { minutes: 5 } });
});

it.each([
  ['seed=400', '"seed" is none of seeds, minutes, usd, margin, confidence. Write --until 400'],
  ['seeds', '"seeds" has no number'],
  ['seeds=', '"seeds=" has no number. Write seeds=20'],
  ['400,seeds=20', '"seeds" is said twice'],
  ['', 'has no number'],
])('refuses %j', (text, message) => {
  expect(() => untilOption(text)).toThrow(message);
});
