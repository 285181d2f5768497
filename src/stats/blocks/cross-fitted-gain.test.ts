import { describe, expect, it } from 'vitest';
import { InputError, randomStream } from '../../core/index.ts';
import { crossFittedGain } from './cross-fitted-gain.ts';

const levels = ['none', 'vdn', 'qmix'];

describe('crossFittedGain', () => {
  it('chooses without the seed it measures on: by hand', () => {
    // Leaving out seed 1: sums of the others none 0, vdn 2, qmix 3 -> qmix, gain 0 - 0 = 0.
    // Leaving out seed 2: vdn 5, qmix 1 -> vdn, gain 1. Leaving out seed 3: vdn 5, qmix 2 -> vdn, gain 1.
    const scores = [
      [0, 4, 0],
      [0, 1, 2],
      [0, 1, 1],
    ];
    const gain = crossFittedGain(scores, levels, 'none');
    expect(gain.choices).toEqual({ qmix: 1, vdn: 2 });
    expect(gain.estimate).toBeCloseTo(2 / 3, 12);
    expect(gain.chosen).toBe('vdn');
    expect(gain.naive).toBeCloseTo(2, 12);
  });

  it('is not fooled where nothing helps, while the naive gain is', () => {
    const noise = randomStream('test', 'winner');
    let crossFitted = 0;
    let naive = 0;
    const studies = 1000;
    for (let i = 0; i < studies; i++) {
      const scores = Array.from({ length: 10 }, () => levels.map(() => noise.normal()));
      const gain = crossFittedGain(scores, levels, 'none');
      crossFitted += gain.estimate! / studies;
      naive += gain.naive! / studies;
    }
    // One study's gain has a standard deviation of at most sqrt(2), its mean over 10 seeds about 0.45.
    expect(Math.abs(crossFitted)).toBeLessThan(0.06);
    expect(naive).toBeGreaterThan(0.2);
  });

  it('says why there is no interval, and refuses a baseline that is not there', () => {
    expect(crossFittedGain([[0, 1, 2], [1, 2, 3]], levels, 'none').reason).toMatch(/2 complete/); // prettier-ignore
    const flat = crossFittedGain([[1, 0, 0], [2, 1, 0], [3, 0, 1]], levels, 'none'); // prettier-ignore
    expect(flat).toMatchObject({ estimate: 0, low: null, choices: { none: 3 } });
    expect(() => crossFittedGain([[0, 1, 2]], levels, 'coma')).toThrow(InputError);
  });
});
