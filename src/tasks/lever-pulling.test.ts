import { describe, expect, it } from 'vitest';
import { type Json, randomRollout } from '../contracts/index.ts';
import { randomStream } from '../core/index.ts';
import { simulatorConformance } from '../testing/index.ts';
import { leverPulling, type LeverPullingInstance, leverPullingOptions } from './lever-pulling.ts';

const task = leverPulling.create(leverPullingOptions.parse({}));

describe('lever-pulling conforms to the contract', () => {
  const checks = simulatorConformance(leverPulling, {
    perturbHidden: (_, instance: Json, __, agent, stream) => {
      // Another teammate with another id.
      const { ids } = instance as LeverPullingInstance;
      const other = (agent + 1) % ids.length;
      const id = (ids[other] + stream.integer(1, 499)) % 500;
      return task.start({ ids: ids.map((own, k) => (k === other ? id : own)) });
    },
    bruteForce: { options: { agents: 3, ids: 10 }, instances: 3, meanSlack: 0 },
  });
  for (const check of checks) it(check.name, check.run);
});

describe('lever-pulling', () => {
  it('pays for distinct levers, from 0 for one to 1 for all', () => {
    const pull = (...levers: number[]) => task.start({ ids: [1, 2, 3, 4, 5] }).step(levers);
    expect(pull(3, 3, 3, 3, 3)).toBe(0);
    expect(pull(0, 1, 2, 3, 4)).toBe(1);
    expect(pull(0, 0, 2, 2, 4)).toBe(0.5);
  });

  // Five levers, five pulls: 5 (1 - 0.8^5) = 3.3616 distinct levers are expected, so (3.3616 - 1) / 4.
  it('pays uniformly random play 0.5904', () => {
    expect(task.randomReturn?.({ ids: [] })).toBeCloseTo(0.5904, 12);
    const stream = randomStream('levers');
    let mean = 0;
    for (let k = 0; k < 20000; k++) mean += randomRollout(task, task.generate(stream), stream) / 20000;
    expect(mean).toBeCloseTo(0.5904, 2);
  });
});
