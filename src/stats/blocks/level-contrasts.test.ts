import { describe, expect, it } from 'vitest';
import {
  describeGolden,
  goldenColumns,
  goldenTable,
  relativeError,
} from '../../../test/golden/statistics.ts';
import { InputError, randomStream } from '../../core/index.ts';
import { blockDesign, type BlockDesign } from './block-design.ts';
import { cellEstimates } from './cell-estimates.ts';
import { againstBaseline, contrastFamily, tukeyPairwise } from './level-contrasts.ts';
import { levelWeights } from './linear-comparison.ts';
import { percentChange } from './percent-change.ts';

const estimatesOf = (design: BlockDesign) => design.groups.map((group) => cellEstimates(group, design.cells));

/** One task, blocks x strategies. */
function oneTask(rows: readonly (readonly number[])[], levels = ['none', 'vdn', 'qmix']): BlockDesign {
  return blockDesign({
    response: rows.flat(),
    factors: { strategy: rows.flatMap((row) => row.map((_, s) => levels[s])) },
    block: rows.flatMap((row, b) => row.map(() => String(b))),
  });
}

describe('contrastFamily', () => {
  it('is the paired t test per contrast, adjusted as one family', () => {
    // vdn - none: 1, 2, 3: mean 2, standard error 1/sqrt(3), t = 3.464 on 2 df.
    const design = oneTask([
      [0, 1, 0.5],
      [1, 3, 1.5],
      [2, 5, 2.2],
    ]);
    const requests = againstBaseline(['none', 'vdn', 'qmix'], 'none');
    const { contrasts } = contrastFamily(design, estimatesOf(design), 'strategy', requests, 'bonferroni');
    expect(contrasts.map((c) => c.level)).toEqual(['vdn', 'qmix']);
    expect(contrasts[0].estimate).toBeCloseTo(2, 12);
    expect(contrasts[0].t).toBeCloseTo(2 * Math.sqrt(3), 12);
    expect(contrasts[0].df).toBeCloseTo(2, 12);
    expect(contrasts[0].adjustedP).toBeCloseTo(2 * contrasts[0].p!, 12);
    expect(contrasts[0].simultaneousLow).toBeLessThan(contrasts[0].low!);
  });

  it('Dunnett: between the single p and Bonferroni`s, and its interval excludes 0 exactly when p < 0.05', () => {
    const noise = randomStream('test', 'dunnett');
    const rows = Array.from({ length: 12 }, () => {
      const block = noise.normal();
      return [0, 0.7, 0.9].map((shift) => shift + block + 0.8 * noise.normal());
    });
    const design = oneTask(rows);
    const requests = againstBaseline(['none', 'vdn', 'qmix'], 'none');
    const family = contrastFamily(design, estimatesOf(design), 'strategy', requests, 'dunnett');
    for (const c of family.contrasts) {
      expect(c.adjustedP).toBeGreaterThan(c.p!);
      expect(c.adjustedP).toBeLessThan(2 * c.p!);
      expect(c.simultaneousLow! > 0 || c.simultaneousHigh! < 0).toBe(c.adjustedP! < 0.05);
    }
  });

  it('every adjustment has Bonferroni`s interval beside it, none has its own', () => {
    const design = oneTask([[0, 1, 0.5], [1, 3, 1.5], [2, 5, 2.2], [1, 2.2, 2]]); // prettier-ignore
    const requests = againstBaseline(['none', 'vdn', 'qmix'], 'none');
    const family = (method: 'holm' | 'bh' | 'bonferroni' | 'none', confidence = 0.95) =>
      contrastFamily(design, estimatesOf(design), 'strategy', requests, method, { confidence }).contrasts;
    const narrow = family('none', 0.975);
    for (const method of ['holm', 'bh', 'bonferroni'] as const) {
      family(method).forEach((c, i) => expect(c.simultaneousLow).toBeCloseTo(narrow[i].low!, 9));
    }
    for (const c of family('none')) expect(c.simultaneousLow).toBe(c.low);
  });

  it('a single contrast needs no adjustment, whatever the method', () => {
    const design = oneTask([[0, 1], [1, 3], [2, 3.5]], ['none', 'vdn']); // prettier-ignore
    const requests = againstBaseline(['none', 'vdn'], 'none');
    for (const method of ['none', 'holm', 'bh', 'bonferroni', 'dunnett'] as const) {
      const [c] = contrastFamily(design, estimatesOf(design), 'strategy', requests, method).contrasts;
      expect(c.adjustedP).toBeCloseTo(c.p!, 10);
      expect(c.simultaneousHigh).toBeCloseTo(c.high!, 4);
    }
  });

  it('says not estimable for a level that was never run there, and counts it out', () => {
    const design = blockDesign({
      response: [1, 2, 3, 1, 3, 5, 1, 2, 2, 4],
      factors: {
        task: ['a', 'a', 'a', 'a', 'a', 'a', 'b', 'b', 'b', 'b'],
        strategy: ['none', 'vdn', 'qmix', 'none', 'vdn', 'qmix', 'none', 'vdn', 'none', 'vdn'],
      },
      block: ['a1', 'a1', 'a1', 'a2', 'a2', 'a2', 'b1', 'b1', 'b2', 'b2'],
    });
    const requests = againstBaseline(['none', 'vdn', 'qmix'], 'none', [{ task: 'a' }, { task: 'b' }]);
    const { contrasts } = contrastFamily(design, estimatesOf(design), 'strategy', requests, 'bonferroni');
    const missing = contrasts.find((c) => c.level === 'qmix' && c.at.task === 'b')!;
    expect(missing).toMatchObject({ estimate: null, p: null, adjustedP: null });
    expect(missing.reason).toMatch(/no usable run/);
    const first = contrasts[0];
    expect(first.adjustedP).toBeCloseTo(Math.min(1, 3 * first.p!), 12);
  });

  it('refuses levels and factors that do not exist', () => {
    const design = oneTask([[0, 1], [1, 3]], ['none', 'vdn']); // prettier-ignore
    expect(() => levelWeights(design, { strategy: 'qmx' })).toThrow(/no level "qmx"; it has none, vdn/);
    expect(() => levelWeights(design, { model: 'm1' })).toThrow(InputError);
  });
});

describe('tukeyPairwise', () => {
  it('is the two-sided t test for two levels, and more cautious for three', () => {
    const two = oneTask([[0, 1], [1, 3], [2, 3.5], [0.3, 0.9]], ['none', 'vdn']); // prettier-ignore
    const [pair] = tukeyPairwise(two, estimatesOf(two), 'strategy', ['none', 'vdn']).contrasts;
    expect(pair.adjustedP).toBeCloseTo(pair.p!, 9);
    const three = oneTask([[0, 1, 2], [1, 3, 2], [2, 3.5, 5]]); // prettier-ignore
    const { contrasts } = tukeyPairwise(three, estimatesOf(three), 'strategy', ['none', 'vdn', 'qmix']);
    expect(contrasts.map((c) => `${c.level}-${c.baseline}`)).toEqual(['vdn-none', 'qmix-none', 'qmix-vdn']);
    for (const c of contrasts) expect(c.adjustedP).toBeGreaterThan(c.p!);
  });
});

describe('percentChange', () => {
  it('is the ratio of means with Fieller`s interval, which covers about as often as it says', () => {
    const noise = randomStream('test', 'fieller');
    let covered = 0;
    const studies = 1000;
    for (let i = 0; i < studies; i++) {
      const rows = Array.from({ length: 10 }, () => {
        const block = 0.1 * noise.normal();
        return [0.5 + block + 0.05 * noise.normal(), 0.6 + block + 0.05 * noise.normal()];
      });
      const design = oneTask(rows, ['none', 'vdn']);
      const { low, high } = percentChange(
        estimatesOf(design),
        levelWeights(design, { strategy: 'vdn' }),
        levelWeights(design, { strategy: 'none' }),
      );
      if (low! <= 20 && high! >= 20) covered++;
    }
    // The standard error of a coverage of 95% is 0.7%.
    expect(covered / studies).toBeGreaterThan(0.925);
    expect(covered / studies).toBeLessThan(0.975);
  });

  it('gives no percentage of a baseline near zero', () => {
    const design = oneTask([[0.05, 0.5], [0.2, 0.7], [0.1, 0.4]], ['none', 'vdn']); // prettier-ignore
    const vdn = levelWeights(design, { strategy: 'vdn' });
    const change = percentChange(estimatesOf(design), vdn, levelWeights(design, { strategy: 'none' }));
    expect(change.estimate).toBeNull();
    expect(change.reason).toMatch(/lower bound/);
  });
});

describeGolden('contrasts of the default study against R', (golden) => {
  it('per task and pooled with separate variances', () => {
    const { contrasts_vs_none } = golden.json('nested1400.json') as {
      contrasts_vs_none: (Record<'estimate' | 't' | 'df' | 'p' | 'lo' | 'hi', number> & {
        strategy: string;
        task: string;
      })[];
    };
    const { score, task, strategy, model, block } = goldenColumns(goldenTable(golden, 'nested1400'));
    const design = blockDesign({ response: score, factors: { strategy, model, task }, block });
    const places = [...design.between[0].levels.map((level) => ({ task: level })), {}];
    const requests = againstBaseline(design.within[0].levels, 'none', places);
    const { contrasts } = contrastFamily(design, estimatesOf(design), 'strategy', requests, 'holm');
    expect(contrasts).toHaveLength(contrasts_vs_none.length);
    for (const want of contrasts_vs_none) {
      const pooled = want.task.startsWith('all');
      const got = contrasts.find(
        (c) => c.level === want.strategy && c.at.task === (pooled ? undefined : want.task),
      )!;
      for (const [a, b] of [
        [got.estimate, want.estimate],
        [got.t, want.t],
        [got.df, want.df],
        [got.low, want.lo],
        [got.high, want.hi],
      ]) {
        expect(relativeError(a!, b!)).toBeLessThan(1e-10);
      }
      expect(relativeError(got.p!, want.p)).toBeLessThan(1e-9);
    }
  });
});
