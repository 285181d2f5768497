import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Simulator, teamShape } from '../contracts/index.ts';
import { randomStream } from '../core/index.ts';
import { assembly } from '../tasks/assembly.ts';
import { coverage } from '../tasks/coverage.ts';
import { foraging } from '../tasks/foraging.ts';
import { hiddenProfile } from '../tasks/hidden-profile.ts';
import { episodeMemory } from './episodes.ts';

const definitions = [coverage, foraging, assembly, hiddenProfile] as const;

/** One random episode, stored with and without shaping. */
function play(task: Simulator, seed: number, gamma: number) {
  const instance = task.generate(randomStream('shaping', seed));
  const potentials: number[] = [];
  const record = (shaped: boolean) => {
    const stream = randomStream('shaping play', seed);
    const environment = task.start(instance);
    return episodeMemory(teamShape(task), 1).record(
      environment,
      (_, available, joint) => {
        if (shaped) potentials.push(environment.potential!());
        for (let i = 0; i < joint.length; i++) {
          const row = available.subarray(i * task.actions.length, (i + 1) * task.actions.length);
          joint[i] = stream.categorical(row);
        }
      },
      shaped ? { shaping: { gamma } } : {},
    );
  };
  return { raw: record(false), shaped: record(true), potentials };
}

describe.each(definitions.map((definition) => [definition.id, definition] as const))(
  '%s',
  (_, definition) => {
    const task = definition.create(definition.optionsSchema.parse({}) as never);

    // Sum over t of gamma^t (gamma P_{t+1} - P_t) telescopes to -P_0, since the potential is 0 after the end: whatever
    // the agents do, shaping takes the same number off the discounted return, so no policy gains by it.
    it('shaping changes the discounted return by the first potential alone, whatever is played', () => {
      fc.assert(
        fc.property(fc.integer({ min: 0, max: 999 }), fc.constantFrom(0.5, 0.9, 1), (seed, gamma) => {
          const { raw, shaped, potentials } = play(task, seed, gamma);
          const discounted = (rewards: Float32Array) =>
            rewards.reduce((sum, reward, t) => sum + gamma ** t * reward, 0);
          expect(discounted(shaped.rewards) - discounted(raw.rewards)).toBeCloseTo(-potentials[0], 3);
          expect(shaped.episodeReturn).toBe(raw.episodeReturn);
        }),
        { numRuns: 12, seed: 1 },
      );
    });

    it('shaping tells good steps from bad ones: rewards differ within an episode', () => {
      const { shaped } = play(task, 7, 0.9);
      expect(new Set([...shaped.rewards].map((r) => r.toFixed(4))).size).toBeGreaterThan(2);
    });
  },
);
