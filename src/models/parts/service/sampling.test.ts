import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../core/index.ts';
import { logSoftmax, plainSampling, sampleIndex, samplingDistribution } from './sampling.ts';

const logs = (...p: number[]) => p.map(Math.log);
const near = (got: readonly number[], wanted: readonly number[]) =>
  wanted.forEach((p, k) => expect(got[k]).toBeCloseTo(p, 12));

describe('logSoftmax', () => {
  it('normalises, however large the scores', () => {
    // e^0 : e^ln(3) = 1 : 3
    near(logSoftmax([5000, 5000 + Math.log(3)]).map(Math.exp), [0.25, 0.75]);
  });
});

describe('the distribution that is drawn from', () => {
  const p = logs(0.1, 0.5, 0.15, 0.25);

  it('is the model’s own by default', () =>
    near(samplingDistribution(p, plainSampling), [0.1, 0.5, 0.15, 0.25]));

  it.each([[[]], [[Number.NaN, 0]], [[-Infinity, -Infinity]], [[0, Number.NaN]]])('is none of %j', (none) => {
    expect(() => samplingDistribution(none, plainSampling)).toThrow(/nothing to draw from/);
    expect(() => samplingDistribution(none, { ...plainSampling, temperature: 0 })).toThrow(RangeError);
  });

  it('is p^(1/T) with a temperature', () => {
    // Squares: 0.01, 0.25, 0.0225, 0.0625; their sum is 0.345.
    const squared = [0.01, 0.25, 0.0225, 0.0625].map((x) => x / 0.345);
    near(samplingDistribution(p, { ...plainSampling, temperature: 0.5 }), squared);
  });

  it('is the most likely one at temperature 0, the first of equals', () => {
    near(samplingDistribution(p, { ...plainSampling, temperature: 0 }), [0, 1, 0, 0]);
    near(samplingDistribution(logs(0.2, 0.4, 0.4), { ...plainSampling, temperature: 0 }), [0, 1, 0]);
  });

  it('keeps the nucleus', () => {
    // 0.5 + 0.25 = 0.75 reaches 0.7; the rest is left out.
    near(samplingDistribution(p, { ...plainSampling, topP: 0.7 }), [0, 2 / 3, 0, 1 / 3]);
    near(samplingDistribution(p, { ...plainSampling, topP: 0.01 }), [0, 1, 0, 0]);
  });

  it('keeps the k most likely, and those likely enough', () => {
    near(samplingDistribution(p, { ...plainSampling, topK: 3 }), [0, 0.5 / 0.9, 0.15 / 0.9, 0.25 / 0.9]);
    // At least 0.4 * 0.5 = 0.2.
    near(samplingDistribution(p, { ...plainSampling, minP: 0.4 }), [0, 2 / 3, 0, 1 / 3]);
  });

  it('sums to 1 and never revives what was impossible', () => {
    const weights = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 12 });
    const settings = fc.record({
      temperature: fc.constantFrom(0, 0.01, 0.3, 1, 2),
      topP: fc.double({ min: 0.01, max: 1, noNaN: true }),
      topK: fc.integer({ min: 0, max: 13 }),
      minP: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(weights, settings, (w, s) => {
        fc.pre(w.some((x) => x > 1e-6));
        const out = samplingDistribution(w.map(Math.log), s);
        expect(out.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
        out.forEach((x, k) => expect(x === 0 || w[k] > 0).toBe(true));
      }),
    );
  });
});

describe('sampleIndex', () => {
  it('draws as often as the distribution says', () => {
    const stream = randomStream('sampling test');
    const counts = [0, 0, 0];
    for (let k = 0; k < 4000; k++) counts[sampleIndex(logs(0.2, 0.3, 0.5), plainSampling, stream).index]++;
    // Four standard errors of a share over 4,000 draws are at most 0.032.
    [0.2, 0.3, 0.5].forEach((p, k) => expect(Math.abs(counts[k] / 4000 - p)).toBeLessThan(0.032));
  });
});
