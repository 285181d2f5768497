import { describe, expect, it } from 'vitest';
import { randomStream } from '../../core/index.ts';
import { blockDesign } from './block-design.ts';
import { cellEstimates } from './cell-estimates.ts';
import { comparisonMargin } from './comparison-interval.ts';
import { filledCells } from './filled-cells.ts';
import { linearComparison } from './linear-comparison.ts';

const stream = randomStream('test', 'filled cells');
const rows = Array.from({ length: 8 }, (_, b) =>
  [0, 1, 2].map((s) => ({ b, s, y: b / 3 + s + stream.normal() })),
);

describe('filledCells', () => {
  it('has the least-squares cell means as its plain means', () => {
    const kept = rows.flat().filter(({ b, s }) => !(b === 2 && s === 1) && !(b === 5 && s === 0));
    const design = blockDesign({
      response: kept.map(({ y }) => y),
      factors: { strategy: kept.map(({ s }) => `s${s}`) },
      block: kept.map(({ b }) => `b${b}`),
      levels: { strategy: ['s0', 's1', 's2'] },
    });
    const estimate = cellEstimates(design.groups[0], design.cells);
    const filled = filledCells(design.groups[0], estimate);
    expect(filled).toHaveLength(8);
    for (let c = 0; c < 3; c++) {
      const mean = filled.reduce((sum, { cells }) => sum + cells[c] / 8, 0);
      expect(mean).toBeCloseTo(estimate.means[c], 12);
    }
  });

  it('leaves out blocks that lack more than the given share', () => {
    const kept = rows.flat().filter(({ b, s }) => !(b === 2 && s > 1));
    const design = blockDesign({
      response: kept.map(({ y }) => y),
      factors: { strategy: kept.map(({ s }) => `s${s}`) },
      block: kept.map(({ b }) => `b${b}`),
    });
    const estimate = cellEstimates(design.groups[0], design.cells);
    expect(filledCells(design.groups[0], estimate, 0.2).map(({ label }) => label)).not.toContain('b2');
    expect(filledCells(design.groups[0], estimate)).toHaveLength(8);
  });
});

describe('comparisonMargin', () => {
  const design = blockDesign({
    response: rows.flat().map(({ y }) => y),
    factors: { strategy: rows.flat().map(({ s }) => `s${s}`) },
    block: rows.flat().map(({ b }) => `b${b}`),
  });
  const estimates = design.groups.map((group) => cellEstimates(group, design.cells));

  it('with two levels is the margin of the paired difference over sqrt(2)', () => {
    const two = blockDesign({
      response: rows.flatMap((row) => row.slice(0, 2).map(({ y }) => y)),
      factors: { strategy: rows.flatMap((row) => row.slice(0, 2).map(({ s }) => `s${s}`)) },
      block: rows.flatMap((row) => row.slice(0, 2).map(({ b }) => `b${b}`)),
    });
    const own = two.groups.map((group) => cellEstimates(group, two.cells));
    // Centred on the block's mean a value is d/2; Morey's sqrt(2/1) makes its margin that of d over sqrt(2).
    const { estimate, high } = linearComparison(own, [Float64Array.of(-1, 1)]);
    expect(comparisonMargin(two, own, { strategy: 's1' })).toBeCloseTo((high! - estimate!) / Math.SQRT2, 12);
  });

  it('does not change when blocks are shifted, and is null without a within factor', () => {
    const shifted = blockDesign({
      response: rows.flat().map(({ y, b }) => y + 100 * b),
      factors: { strategy: rows.flat().map(({ s }) => `s${s}`) },
      block: rows.flat().map(({ b }) => `b${b}`),
    });
    const moved = shifted.groups.map((group) => cellEstimates(group, shifted.cells));
    const at = { strategy: 's1' };
    expect(comparisonMargin(shifted, moved, at)).toBeCloseTo(comparisonMargin(design, estimates, at)!, 9);
    expect(comparisonMargin(design, estimates, {})).toBeNull();
  });
});
