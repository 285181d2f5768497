import assert from 'node:assert/strict';
import {
  type Json,
  type JsonObject,
  measureReferences,
  type SimulatorDefinition,
} from '../contracts/index.ts';
import { randomStream, type RandomStream } from '../core/index.ts';
import { bestReturn } from './brute-force.ts';
import type { Check } from './check.ts';
import { expertPolicy, greedyPolicy, type JointPolicy, play } from './joint-policies.ts';
import {
  checkCopies,
  checkEnd,
  checkLeaks,
  checkRefusals,
  checkScenes,
  checkShapes,
  checkTerminalReward,
  type PerturbHidden,
  transcript,
} from './simulator-checks.ts';

export interface SimulatorConformanceOptions {
  /** Options to test with; the task's defaults when absent. */
  readonly options?: JsonObject;
  /** How many instances each check draws. */
  readonly instances?: number;
  /**
   * Returns an environment that differs from the given one only in what `agent` must not know, or undefined
   * where there is nothing to hide. Without it the leak check is impossible, so it is required; a task in
   * which every agent sees everything says 'everything is visible'.
   */
  readonly perturbHidden: PerturbHidden | 'everything is visible';
  /** Policies that try to beat the oracle, besides random and one-step greedy play. */
  readonly policies?: Readonly<Record<string, JointPolicy>>;
  /** Options so small that all joint plans can be tried, and whether the oracle is exact there. */
  readonly bruteForce: {
    readonly options: JsonObject;
    readonly instances: number;
    /** The oracle may exceed the best plan by at most this much on average, in units of oracle - random. */
    readonly meanSlack: number;
  };
}

/**
 * What every simulator must fulfil. Runs in any test framework:
 * `for (const check of simulatorConformance(myTask, ...)) it(check.name, check.run)`.
 */
export function simulatorConformance(
  definition: SimulatorDefinition,
  config: SimulatorConformanceOptions,
): Check[] {
  const make = (options: JsonObject = {}) => definition.create(definition.optionsSchema.parse(options));
  const task = make(config.options);
  const count = config.instances ?? 25;
  const draw = (k: number) => task.generate(randomStream('conformance', definition.id, k));
  const each = (body: (instance: Json, stream: RandomStream, k: number) => void) => {
    for (let k = 0; k < count; k++) body(draw(k), randomStream('conformance', definition.id, 'play', k), k);
  };
  return [
    {
      name: 'the same seed gives the same instance and the same trajectory',
      run: () =>
        each((instance, _, k) => {
          assert.deepEqual(draw(k), instance);
          assert.deepEqual(JSON.parse(JSON.stringify(instance)), instance, 'an instance must survive JSON');
          const trajectories = [0, 1].map(() => transcript(task, draw(k), randomStream('trajectory', k)));
          assert.deepEqual(trajectories[0], trajectories[1]);
        }),
    },
    {
      name: 'vectors are finite and full, actions are ascending and known, the expert takes one of them, episodes end by the horizon',
      run: () => each((instance, stream) => checkShapes(task, instance, stream)),
    },
    {
      name: 'what there is to see is plain data, from the start to after the end',
      run: () => each((instance, stream) => checkScenes(task, instance, stream)),
    },
    {
      name: 'nothing happens after the end',
      run: () => each((instance, stream) => checkEnd(task, instance, stream)),
    },
    {
      name: 'a task that says so pays in the last step alone',
      run: () => {
        if (!task.terminalReward) return;
        each((instance, stream) => checkTerminalReward(task, instance, stream));
      },
    },
    {
      name: 'unavailable actions and wrong team sizes are refused',
      run: () => each((instance) => checkRefusals(task, instance)),
    },
    {
      name: 'copies are independent and snapshots bring back the same future',
      run: () => each((instance, stream, k) => checkCopies(task, instance, stream, k)),
    },
    {
      name: 'an observation does not depend on what its agent cannot know',
      run: () => checkLeaks(task, config.perturbHidden, each),
    },
    {
      name: 'the oracle bounds every policy tried, and leaves room above random play',
      run: () => {
        const policies: Record<string, JointPolicy> = { greedy: greedyPolicy, ...config.policies };
        if (task.expert) policies.expert = expertPolicy;
        each((instance, stream, k) => {
          const { high: oracle } = measureReferences(task, instance, stream);
          for (const [name, policy] of Object.entries(policies)) {
            const reached = play(task, instance, policy, randomStream('policy', name, k));
            assert.ok(reached <= oracle + 1e-9, `${name} returned ${reached}, above the oracle's ${oracle}`);
          }
        });
      },
    },
    {
      name: 'brute force over all joint plans agrees with the oracle on small instances',
      run: () => {
        const small = make(config.bruteForce.options);
        let slack = 0;
        for (let k = 0; k < config.bruteForce.instances; k++) {
          const instance = small.generate(randomStream('brute-force', definition.id, k));
          const best = bestReturn(small, small.start(instance));
          const { high: oracle, low: random } = measureReferences(
            small,
            instance,
            randomStream('brute-force-random', k),
          );
          assert.ok(
            oracle >= best - 1e-9,
            `instance ${k}: the oracle says ${oracle}, a plan returns ${best}`,
          );
          slack += (oracle - best) / (oracle - random) / config.bruteForce.instances;
        }
        assert.ok(
          slack <= config.bruteForce.meanSlack + 1e-12,
          `the oracle exceeds the best plan by ${slack} of oracle - random on average`,
        );
      },
    },
  ];
}
