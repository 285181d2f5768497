import { describe, expect, it } from 'vitest';
import { InputError } from '../../core/index.ts';
import { blockDesign } from './block-design.ts';
import { gainDesign } from './gain-design.ts';

const design = blockDesign({
  response: [1, 2, 5, 9, 2, 4, 7, 1],
  factors: {
    strategy: ['vdn', 'vdn', 'none', 'none', 'vdn', 'vdn', 'none', 'none'],
    model: ['m', 'n', 'm', 'n', 'm', 'n', 'm', 'n'],
  },
  block: ['1', '1', '1', '1', '2', '2', '2', '2'],
});

describe('gainDesign', () => {
  it('subtracts the baseline cell by cell, wherever the baseline stands', () => {
    const gains = gainDesign(design, 'strategy', 'none');
    expect(gains.within.map((f) => f.name)).toEqual(['model']);
    expect(gains.groups[0].blocks.map(({ cells }) => [...cells])).toEqual([
      [1 - 5, 2 - 9],
      [2 - 7, 4 - 1],
    ]);
    const other = gainDesign(design, 'model', 'n');
    expect([...other.groups[0].blocks[0].cells]).toEqual([1 - 2, 5 - 9]);
  });

  it('refuses what cannot be paired', () => {
    expect(() => gainDesign(design, 'task', 'a')).toThrow(InputError);
    expect(() => gainDesign(design, 'strategy', 'coma')).toThrow(/it has vdn, none/);
  });
});
