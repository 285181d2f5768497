import { describe, expect, it } from 'vitest';
import { unreadableModels, unreadableNote, unreadableShare } from './unreadable.ts';

const cell = (model: string, unparsable: number, decisions: number) => ({ model, unparsable, decisions });

describe('answers that could not be read', () => {
  it('mark a cell beyond 5% of its decisions', () => {
    expect(unreadableShare(cell('m', 5, 100))).toBeUndefined();
    expect(unreadableShare(cell('m', 6, 100))).toBe(0.06);
    expect(unreadableShare(cell('m', 0, 0))).toBeUndefined();
    expect(unreadableNote(cell('m', 501, 10_000))).toBe('5% unreadable');
    expect(unreadableNote(cell('m', 51, 1000))).toBe('5.1% unreadable');
    expect(unreadableNote(cell('m', 36, 36))).toBe('100% unreadable');
    expect(unreadableNote(cell('m', 1, 100))).toBeUndefined();
  });

  it('are told per model, of its marked cells alone', () => {
    const cells = [
      cell('a', 0, 100),
      cell('b', 50, 100),
      cell('b', 1, 100),
      cell('b', 100, 100),
      cell('b', 0, 0),
    ];
    const [only, ...others] = unreadableModels(cells);
    expect(others).toEqual([]);
    expect(only).toMatchObject({ model: 'b', unparsable: 150, decisions: 200, cells: 2, playedCells: 3 });
    expect(only.text).toBe(
      '150 of 200 answers (75%) of b could not be read in 2 of its 3 cells: each is beyond 5%, so what these score is partly chance.',
    );
  });
});
