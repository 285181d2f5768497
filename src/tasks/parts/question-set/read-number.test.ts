import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { numberReadings } from './read-number.ts';

describe('a number is read', () => {
  it.each<[string, ...number[]]>([
    ['42', 42],
    ['-7', -7],
    ['\u22127', -7],
    ['+3.5', 3.5],
    ['0,5', 0.5],
    ['.5', 0.5],
    [',5', 0.5],
    ['1/2', 0.5],
    ['-3/4', -0.75],
    ['1 1/2', 1.5],
    ['\u00bd', 0.5],
    ['50 %', 50, 0.5],
    ['12.5 percent', 12.5, 0.125],
    ['1e-3', 0.001],
    ['1,234', 1234, 1.234],
    ['-1,234', -1234, -1.234],
    ['1.234', 1.234],
    ['1,234,567', 1234567],
    ['1,234.5', 1234.5],
    ['1.234.567', 1234567],
    ['1.234.567,5', 1234567.5],
    ['1 234 567', 1234567],
    ['1\u202f234,5', 1234.5],
    ["1'234", 1234],
    ['0042', 42],
    ['٤٢', 42],
    ['１２', 12],
    ['$5', 5],
    ['-$5', -5],
    ['12 euros', 12],
    ['about 12', 12],
    ['**12**.', 12],
    ['\\frac{3}{4}', 0.75],
    ['$1{,}234{,}567$', 1234567],
    ['3 + 4 = 7', 7],
    ['x = 7', 7],
    ['42 apples, for 6 times 7', 42],
    ['-0', 0],
  ])('%s', (text, ...readings) => {
    expect(numberReadings(text)).toEqual(readings);
  });

  it.each([
    '',
    'seven',
    '3 to 5',
    '3-5',
    '3 or 4',
    'at least 3',
    '> 3',
    'between 3 and 5',
    '3 apples plus 4 apples is 7 apples',
    '3 and then 4',
    '2024-05-01',
    '10:30',
    'F-16',
    'B2',
    '3 x 4',
    '1/0',
    '1.2.3',
  ])('not from %j', (text) => {
    expect(numberReadings(text)).toEqual([]);
  });

  it('whatever number it is, as programs write it', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (x) => {
        expect(numberReadings(String(x))).toContain(x === 0 ? 0 : x);
      }),
    );
  });

  it('without throwing or hanging, whatever it is', () => {
    for (const text of [
      '9'.repeat(1e6),
      '1 '.repeat(5e5),
      '1,'.repeat(5e5),
      '-'.repeat(1e6),
      '1/'.repeat(5e5),
    ])
      expect(numberReadings(text).every(Number.isFinite)).toBe(true);
    fc.assert(
      fc.property(fc.array(fc.nat(0xffff), { maxLength: 300 }), (codes) => {
        const text = String.fromCharCode(...codes);
        expect(numberReadings(text).every(Number.isFinite)).toBe(true);
      }),
    );
  });
});
