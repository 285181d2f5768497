import { describe, expect, it } from 'vitest';
import { syntheticAtlas } from '../../../test/support/atlas-input.ts';
import { atlasOf } from '../atlas/index.ts';
import { publishedClaims } from './published-claims.ts';
import { type ClaimEstimate, judge, judgeClaims } from './verdict.ts';

const between = (low: number | null, high: number | null): ClaimEstimate => ({
  estimate: low === null || high === null ? null : (low + high) / 2,
  low,
  high,
  confidence: 0.95,
  unit: 'r',
  reason: 'too few models',
});

describe('the verdict on a claimed value', () => {
  const up = { value: 0.5, direction: 1 } as const;
  const down = { value: -0.5, direction: -1 } as const;
  it.each([
    ['excludes 0 in the claimed direction and contains the value', up, 0.1, 0.9, 'agrees'],
    ['the same below 0', down, -0.9, -0.1, 'agrees'],
    ['touches the value', up, 0.5, 0.9, 'agrees'],
    ['contains 0 and the value', up, -0.1, 0.9, 'cannot tell'],
    ['contains 0 but not the value', up, -0.1, 0.4, 'disagrees'],
    ['lies on the other side of 0', up, -0.9, -0.1, 'disagrees'],
    ['lies beyond the value', up, 0.6, 0.9, 'disagrees'],
    ['lies short of the value', up, 0.1, 0.4, 'disagrees'],
    ['touches 0', up, 0, 0.9, 'cannot tell'],
  ] as const)('an interval that %s', (_, claim, low, high, verdict) => {
    expect(judge(claim, between(low, high)).verdict).toBe(verdict);
  });

  it('is that it cannot be tested without an interval, and why', () => {
    expect(judge(up, between(null, null))).toEqual({ verdict: 'not testable', why: 'too few models' });
    expect(judge(up, undefined).verdict).toBe('not testable');
  });
});

describe('the verdict on a claimed direction', () => {
  const claim = { direction: -1 } as const;
  it.each([
    [-0.9, -0.1, 'agrees'],
    [-0.9, 0.1, 'cannot tell'],
    [0.1, 0.9, 'disagrees'],
  ] as const)('[%d, %d]', (low, high, verdict) => {
    expect(judge(claim, between(low, high)).verdict).toBe(verdict);
  });
});

describe('the published claims beside a study', async () => {
  const input = await syntheticAtlas({ intactOnly: true, seeds: 4 });

  it('are looked up at the task of the claimed type, against the claimed baseline', () => {
    const atlas = atlasOf(input);
    const verdicts = judgeClaims(atlas, publishedClaims);
    const of = (id: string) => verdicts.find(({ claim }) => claim.id === id);
    // In the invented study QMIX gains 0.15 on assembly's level of about 0.5, and VDN grows with scale.
    expect(of('qmix-temporal')).toMatchObject({
      task: 'assembly',
      verdict: 'disagrees',
      estimate: { unit: '%' },
    });
    expect(of('qmix-temporal')?.estimate?.estimate).toBeGreaterThan(15);
    expect(of('qmix-deliberative')).toMatchObject({ task: 'hidden-profile' });
    expect(of('vdn-scales-on-dense')).toMatchObject({ task: 'coverage', estimate: { unit: 'r' } });
    // Two mixtures of experts are too few for a correlation.
    expect(of('vdn-hurts-moe')).toMatchObject({
      verdict: 'not testable',
      why: '2 mixtures of experts',
    });
    expect(of('free-reasoning')).toMatchObject({ verdict: 'not testable' });
  });

  it('say that no coordination is best only where every strategy is surely worse', () => {
    const { results } = input;
    if (!results) throw new Error('The invented study has no results.');
    // Gains on hidden-profile in the order of the strategies, each known to 0.05 at once.
    const verdictWith = (gains: readonly number[]) => {
      const verdicts = results.verdicts.map((family) => ({
        ...family,
        places: family.places.map((place) => ({
          ...place,
          verdicts: place.verdicts.map((own) => {
            const i = ['vdn', 'qmix', 'coma', 'commnet'].indexOf(own.level);
            // Learning alone is no coordination, so what it gains does not count.
            const estimate = i < 0 ? 0.5 : gains[i];
            return { ...own, estimate, low: estimate - 0.05, high: estimate + 0.05 };
          }),
        })),
      }));
      const atlas = atlasOf({ ...input, results: { ...results, verdicts } });
      return judgeClaims(atlas, publishedClaims).find(({ claim }) => claim.id === 'deliberation-none-best');
    };
    const worse = verdictWith([-0.2, -0.1, -0.3, -0.2]);
    expect(worse).toMatchObject({ verdict: 'agrees', estimate: { estimate: -0.1 } });
    expect(worse?.estimate?.low).toBeCloseTo(-0.15, 9);
    expect(worse?.estimate?.high).toBeCloseTo(-0.05, 9);
    expect(verdictWith([-0.2, -0.04, -0.3, -0.2])?.verdict).toBe('cannot tell');
    expect(verdictWith([-0.2, 0.06, -0.3, -0.2])?.verdict).toBe('disagrees');
  });

  it('cannot be tested on scale where too few models have a known size, which are named', () => {
    const of = (id: string, models: typeof input.study.definition.models) => {
      const study = { ...input.study, definition: { ...input.study.definition, models } };
      const results = input.results && { ...input.results, scaling: [] };
      return judgeClaims(atlasOf({ ...input, study, results }), publishedClaims).find(
        ({ claim }) => claim.id === id,
      );
    };
    const all = input.study.definition.models;
    const [dense] = all.filter(({ facts }) => facts.architecture === 'dense');
    const mixtures = all.filter(({ facts }) => facts.architecture === 'moe');
    const testable = { verdict: 'not testable' };
    expect(of('vdn-scales-on-dense', [dense])).toMatchObject({ ...testable, why: 'one dense model' });
    expect(of('vdn-hurts-moe', [dense])).toMatchObject({
      ...testable,
      why: 'no mixture of experts of known size',
    });
    expect(of('vdn-scales-on-dense', [dense, ...mixtures])?.why).toBe(
      'one dense model and 2 mixtures of experts',
    );
    expect(of('vdn-scales-on-dense', all)?.why).toBe('it is not estimable');
  });

  it('are about another population when all models are embedded or scripted', () => {
    const embedded = input.study.definition.models.map((model) => ({
      ...model,
      population: 'embedded',
    }));
    const study = { ...input.study, definition: { ...input.study.definition, models: embedded } };
    for (const { verdict, why } of judgeClaims(atlasOf({ ...input, study }), publishedClaims)) {
      expect([verdict, why]).toEqual(['cannot tell', 'another population']);
    }
    const [{ population: _, ...first }, ...others] = embedded;
    const definition = { ...study.definition, models: [first, ...others] };
    const verdicts = judgeClaims(atlasOf({ ...input, study: { ...study, definition } }), publishedClaims);
    expect(verdicts.some(({ why }) => why !== 'another population')).toBe(true);
  });

  it('say what is missing in a study that has none of it', () => {
    const atlas = atlasOf(input);
    const claim = {
      id: 'x',
      statement: 'x',
      value: 1,
      direction: 1,
      target: { kind: 'percent', strategy: 'unheard-of', baseline: 'none', taskType: 'dense' },
    } as const;
    expect(judgeClaims(atlas, [claim])[0].why).toBe('this study has no runs of the strategy unheard-of');
    const elsewhere = { ...claim, target: { ...claim.target, strategy: 'vdn', taskType: 'verification' } };
    expect(judgeClaims(atlas, [elsewhere])[0].why).toBe('this study has no verification task');
  });

  it('have ids of their own and values on the claimed side of 0', () => {
    expect(new Set(publishedClaims.map(({ id }) => id)).size).toBe(publishedClaims.length);
    for (const { value, direction } of publishedClaims) {
      if (value !== undefined) expect(Math.sign(value)).toBe(direction);
    }
  });
});
