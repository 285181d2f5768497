import { describe, expect, it } from 'vitest';
import { blockDesign } from './block-design.ts';
import { differenceWeights, levelWeights } from './linear-comparison.ts';
import { missingBounds } from './missing-bounds.ts';

const design = (missing: boolean) =>
  blockDesign({
    // none 0.2 0.4, vdn 0.5 and (0.7 or missing)
    response: missing ? [0.2, 0.5, 0.4] : [0.2, 0.5, 0.4, 0.7],
    factors: { strategy: missing ? ['none', 'vdn', 'none'] : ['none', 'vdn', 'none', 'vdn'] },
    block: missing ? ['1', '1', '2'] : ['1', '1', '2', '2'],
  });

const contrast = (d: ReturnType<typeof design>) =>
  differenceWeights(levelWeights(d, { strategy: 'vdn' }), levelWeights(d, { strategy: 'none' }));

describe('missingBounds', () => {
  it('is the estimate when nothing is missing', () => {
    const bounds = missingBounds(design(false), contrast(design(false)), [0, 1]);
    expect(bounds.low).toBeCloseTo(0.3, 12);
    expect(bounds.high).toBeCloseTo(0.3, 12);
    expect(bounds).toMatchObject({ missing: 0, cells: 4 });
  });

  it('sets a missing run to either end of the range', () => {
    // (0.5 + 0) / 2 - 0.3 = -0.05 and (0.5 + 1) / 2 - 0.3 = 0.45
    const bounds = missingBounds(design(true), contrast(design(true)), [0, 1]);
    expect(bounds.low).toBeCloseTo(-0.05, 12);
    expect(bounds.high).toBeCloseTo(0.45, 12);
    expect(bounds.missing).toBe(1);
  });

  it('a missing baseline works the other way round', () => {
    const d = design(true);
    const weights = differenceWeights(
      levelWeights(d, { strategy: 'none' }),
      levelWeights(d, { strategy: 'vdn' }),
    );
    const bounds = missingBounds(d, weights, [0, 1]);
    expect(bounds.low).toBeCloseTo(-0.45, 12);
    expect(bounds.high).toBeCloseTo(0.05, 12);
  });
});
