import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { measuredError } from './few-seeds.ts';

it('says what was measured', () => {
  const page = readFileSync(
    new URL('../../../docs/methods/statistics-calibration.md', import.meta.url),
    'utf8',
  );
  const row = page
    .split('\n')
    .find((line) => line.startsWith('| an interval beside a verdict misses 0 somewhere |'));
  // Columns: sentence, level, normal, residuals of the quick study, ...; a cell has 10, 30 and 100 seeds.
  const [ten, thirty] = row!
    .split('|')[4]
    .replaceAll('*', '')
    .split('/')
    .map((cell) => cell.trim());
  expect(measuredError.map(({ seeds, share }) => [seeds, share])).toEqual([
    [10, ten],
    [30, thirty],
  ]);
});
