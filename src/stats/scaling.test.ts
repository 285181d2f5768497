import { describe, expect, it } from 'vitest';
import { InputError, randomStream } from '../core/index.ts';
import { blockDesign } from './blocks/block-design.ts';
import { cellEstimates } from './blocks/cell-estimates.ts';
import { differenceInDifferences } from './blocks/difference-in-differences.ts';
import { headroomGain } from './blocks/headroom-gain.ts';
import { ablationAnalysis } from './blocks/ablation.ts';
import { levelWeights } from './blocks/linear-comparison.ts';
import { matchArchitectures, scaling } from './scaling.ts';

describe('scaling', () => {
  it('is the correlation over models, with the slope per tenfold of parameters', () => {
    const result = scaling(
      [1e9, 1e10, 1e11, 1e12].map((parameters, i) => ({
        model: `m${i}`,
        parameters,
        improvement: [0.1, 0.15, 0.35, 0.4][i],
      })),
    );
    // x = 9..12, y as given: sxy = 0.55, sxx = 5, so 0.11 per decade.
    expect(result.slopePerDecade!.slope).toBeCloseTo(0.11, 12);
    expect(result.pearson!.n).toBe(4);
    expect(result.spearman!.p).toBeCloseTo(2 / 24, 12);
  });

  it('names the models it had to leave out, and refuses to correlate three', () => {
    const result = scaling([
      { model: 'a', parameters: 1e9, improvement: 0.1 },
      { model: 'b', parameters: 2e9, improvement: 0.2 },
      { model: 'c', parameters: 4e9, improvement: 0.1 },
      { model: 'closed', parameters: undefined, improvement: 0.3 },
      { model: 'failed', parameters: 8e9, improvement: undefined },
    ]);
    expect(result).toMatchObject({ estimable: false, pearson: null });
    expect(result.reason).toMatch(/3 model\(s\).*needs 4/);
    expect(result.leftOut.map(({ model }) => model)).toEqual(['closed', 'failed']);
    expect(() => scaling([{ model: 'a', parameters: -1, improvement: 0 }])).toThrow(InputError);
  });

  it('keeps its level with few models, where correlating runs does not', () => {
    // No scaling, but each model has its own improvement: 7 models, 40 runs each. p <= 0.05 in 5% of studies.
    const noise = randomStream('test', 'pseudo-replication');
    let rejected = 0;
    for (let i = 0; i < 1000; i++) {
      const points = [1, 2, 4, 8, 16, 32, 64].map((parameters) => ({
        model: String(parameters),
        parameters,
        improvement: noise.normal() + noise.normal() / Math.sqrt(40),
      }));
      if (scaling(points).pearson!.p! <= 0.05) rejected++;
    }
    expect(rejected / 1000).toBeGreaterThan(0.03);
    expect(rejected / 1000).toBeLessThan(0.07);
  });
});

describe('matchArchitectures', () => {
  it('pairs by active size within a factor of two, and says who is left', () => {
    const facts = [
      { model: 'd3', architecture: 'dense', activeParameters: 3e9 },
      { model: 'd30', architecture: 'dense', activeParameters: 30e9 },
      { model: 'e2', architecture: 'moe', activeParameters: 2e9 },
      { model: 'e10', architecture: 'moe', activeParameters: 10e9 },
      { model: 'api', architecture: undefined, activeParameters: undefined },
    ];
    const { pairs, leftOut } = matchArchitectures(facts);
    expect(pairs).toEqual([{ model: 'e2', reference: 'd3', ratio: 1.5 }]);
    expect(leftOut.map(({ model }) => model)).toEqual(['api', 'e10']);
  });
});

/** Blocks x models x strategies with known means: score = base + gain of (model, strategy) + block. */
function study(gains: Record<string, Record<string, number>>, blocks = 6, noise = 0.01) {
  const stream = randomStream('test', 'study');
  const rows: { model: string; strategy: string; block: string; score: number }[] = [];
  for (let b = 0; b < blocks; b++) {
    const level = 0.3 * stream.normal();
    for (const [model, arms] of Object.entries(gains))
      for (const [strategy, mean] of Object.entries(arms)) {
        rows.push({ model, strategy, block: String(b), score: mean + level + noise * stream.normal() });
      }
  }
  const design = blockDesign({
    response: rows.map((r) => r.score),
    factors: { strategy: rows.map((r) => r.strategy), model: rows.map((r) => r.model) },
    block: rows.map((r) => r.block),
  });
  return { design, estimates: design.groups.map((g) => cellEstimates(g, design.cells)) };
}

describe('differenceInDifferences', () => {
  it('is the difference of the gains', () => {
    const { design, estimates } = study({ dense: { none: 0.2, vdn: 0.5 }, moe: { none: 0.4, vdn: 0.3 } });
    const result = differenceInDifferences(
      design,
      estimates,
      { factor: 'strategy', level: 'vdn', baseline: 'none' },
      [{ model: 'moe', reference: 'dense' }],
      { modelFactor: 'model' },
    );
    // (0.3 - 0.4) - (0.5 - 0.2) = -0.4
    expect(Math.abs(result.estimate! + 0.4)).toBeLessThan(0.03);
    expect(result.low!).toBeLessThan(result.estimate!);
    expect(result.p!).toBeLessThan(1e-4);
  });
});

describe('headroomGain', () => {
  it('is the share of what was left to gain', () => {
    const { design, estimates } = study(
      { m: { none: 0.6, vdn: 0.8 }, n: { none: 0.6, vdn: 0.8 } },
      40,
      0.001,
    );
    const gain = headroomGain(
      estimates,
      levelWeights(design, { strategy: 'vdn' }),
      levelWeights(design, { strategy: 'none' }),
      { ceiling: 1 },
    );
    // About 0.2 / 0.4; the block level moves the headroom a little.
    expect(gain.estimate!).toBeGreaterThan(0.35);
    expect(gain.estimate!).toBeLessThan(0.7);
    expect(gain.low!).toBeLessThan(gain.estimate!);
    expect(gain.high!).toBeGreaterThan(gain.estimate!);
  });
});

describe('ablationAnalysis', () => {
  it('gives intact minus ablated, adjusted over the family', () => {
    const arms = { vdn: 0.6, 'vdn without shaping': 0.5, independent: 0.4 };
    const { design, estimates } = study({ m: arms, n: arms });
    const parts = ablationAnalysis(
      design,
      estimates,
      'strategy',
      [
        { strategy: 'vdn', part: 'reward shaping', intact: 'vdn', ablated: 'vdn without shaping' },
        { strategy: 'vdn', part: 'credit assignment', intact: 'vdn', ablated: 'independent' },
      ],
      [{}, { model: 'm' }],
    );
    expect(parts.map(({ part, at }) => [part, at.model])).toEqual([
      ['reward shaping', undefined],
      ['reward shaping', 'm'],
      ['credit assignment', undefined],
      ['credit assignment', 'm'],
    ]);
    expect(Math.abs(parts[0].estimate! - 0.1)).toBeLessThan(0.03);
    expect(Math.abs(parts[2].estimate! - 0.2)).toBeLessThan(0.03);
    for (const part of parts) expect(part.adjustedP!).toBeGreaterThanOrEqual(part.p!);
  });
});
