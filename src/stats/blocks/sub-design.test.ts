import { describe, expect, it } from 'vitest';
import { InputError } from '../../core/index.ts';
import { blockDesign } from './block-design.ts';
import { atLevel } from './sub-design.ts';

const design = blockDesign({
  // 100 task + 10 strategy + model, so that every number says where it belongs.
  response: ['a', 'b'].flatMap((_, t) => [0, 1].flatMap(() => [0, 1, 2].flatMap((s) => [0, 1].map((m) => 100 * t + 10 * s + m)))), // prettier-ignore
  factors: {
    task: Array.from({ length: 24 }, (_, i) => (i < 12 ? 'a' : 'b')),
    strategy: Array.from({ length: 24 }, (_, i) => ['x', 'y', 'z'][Math.floor(i / 2) % 3]),
    model: Array.from({ length: 24 }, (_, i) => ['m', 'n'][i % 2]),
  },
  block: Array.from({ length: 24 }, (_, i) => String(Math.floor(i / 6))),
});

describe('atLevel', () => {
  it('keeps the cells and blocks of that level', () => {
    const model = atLevel(design, 'model', 'n');
    expect(model.order).toEqual(['task', 'strategy']);
    expect([...model.groups[1].blocks[0].cells]).toEqual([101, 111, 121]);
    const strategy = atLevel(design, 'strategy', 'y');
    expect([...strategy.groups[0].blocks[1].cells]).toEqual([10, 11]);
    const task = atLevel(design, 'task', 'b');
    expect(task.groups).toHaveLength(1);
    expect(task).toMatchObject({ between: [], blockCount: 2, runs: 12, complete: true });
  });

  it('refuses what does not exist, and the last factor within blocks', () => {
    expect(() => atLevel(design, 'model', 'o')).toThrow(/it has m, n/);
    expect(() => atLevel(design, 'size', 'o')).toThrow(InputError);
    expect(() => atLevel(atLevel(design, 'model', 'm'), 'strategy', 'x')).toThrow(/only factor within/);
  });
});
