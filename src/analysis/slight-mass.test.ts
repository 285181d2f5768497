import { expect, it } from 'vitest';
import { scoreText } from './score-table.ts';
import { hasSlightMass, slightModels } from './slight-mass.ts';

const cell = (model: string, slight: number, known: number) => ({ model, mass: { known, slight } });

it('a cell is marked when its median candidate mass is below 0.01: in over half of its decisions', () => {
  expect([3, 2, 1].map((slight) => hasSlightMass(cell('m', slight, 4)))).toEqual([true, false, false]);
  expect(hasSlightMass({})).toBe(false);
});

it('the mark stands beside the score', () => {
  const scored = { strategy: 'none', task: 't', factors: {}, n: 1, mean: 0.5, planned: 1, missing: {} };
  const text = (slight: number) =>
    scoreText({ ...scored, ...cell('m', slight, 4), unparsable: 0, decisions: 4 });
  expect(text(3)).toBe('0.50 (median mass below 0.01)');
  expect(text(2)).toBe('0.50');
});

it('models are told with the counts of their marked cells alone', () => {
  const cells = [cell('a', 0, 4), cell('b', 7, 8), cell('b', 3, 9), cell('b', 4, 4), { model: 'b' }];
  const [only, ...others] = slightModels(cells);
  expect(others).toEqual([]);
  expect(only).toMatchObject({ model: 'b', cells: 2, knownCells: 3, mass: { known: 12, slight: 11 } });
  expect(only.text).toMatch(
    /^In 11 of 12 decisions in 2 of the 3 cells of b, the choices together had less than 1% /,
  );
});
