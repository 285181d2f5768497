import { describe, expect, it } from 'vitest';
import {
  choiceOf,
  type Model,
  randomRollout,
  simulated,
  type Strategy,
  teamShape,
} from '../src/contracts/index.ts';
import { randomStream } from '../src/core/index.ts';
import { coverage } from '../src/tasks/coverage.ts';
import { decider } from '../src/episode/decider.ts';
import { coordinatorOf } from '../src/strategies/parts/protocol/advised.ts';
import { misled, networkOnly, vdn } from '../src/strategies/index.ts';

const taskOptions = coverage.optionsSchema.parse({});
const task = coverage.create(taskOptions);
const context = {
  task: simulated(task),
  taskId: 'coverage',
  taskOptions,
  seed: 0,
  adviceStrength: 'default',
} as const;

const unreachable: Model = new Proxy({} as Model, {
  has: (_, key) => key === 'close',
  get: (_, key) => {
    if (key === 'score' || key === 'generate') throw new Error('A model was asked.');
    return undefined;
  },
});

const views = (seed: number) => {
  const environment = task.start(task.generate(randomStream('views', seed)));
  return task.agentNames.map((_, i) => {
    const features = new Float32Array(teamShape(task).featureLength);
    environment.features(i, features);
    return { features, availableActions: environment.availableActions(i) };
  });
};

async function play(strategy: Strategy, seed: number): Promise<number> {
  const environment = task.start(task.generate(randomStream('network-only', seed)));
  const team = decider({ task, model: unreachable, strategy, temperature: 1, streamName: ['play', seed] });
  let total = 0;
  while (!environment.done) {
    const traces = await team.decide(
      task.agentNames.map((_, i) => {
        const features = new Float32Array(teamShape(task).featureLength);
        environment.features(i, features);
        const offer = { kind: 'choice', actions: environment.availableActions(i) } as const;
        return { observe: () => '', features, offer };
      }),
    );
    for (const { advice, policy, prompt } of traces) {
      // The policy is the softmax of the advice, and nobody was asked.
      const weights = advice!.map(Math.exp);
      const sum = weights.reduce((a, b) => a + b, 0);
      policy!.forEach((p, a) => expect(p).toBeCloseTo(weights[a] / sum, 9));
      expect(prompt).toBeUndefined();
    }
    total += environment.step(traces.map(({ action }) => choiceOf(action)));
  }
  return total;
}

describe('network-only', () => {
  it("acts from softmax(advice) without asking a model, with the advice of the strategy's own networks", async () => {
    const alone = await networkOnly.create(networkOnly.optionsSchema.parse({}), context, []);
    const advised = await vdn.create(vdn.optionsSchema.parse({}), context, []);
    expect(alone.fingerprint).toMatchObject({ of: 'vdn', ...advised.fingerprint });
    let own = 0;
    let random = 0;
    for (let seed = 0; seed < 10; seed++) {
      own += await play(alone, seed);
      const instance = task.generate(randomStream('network-only', seed));
      random += randomRollout(task, instance, randomStream('random', seed));
    }
    expect(own).toBeGreaterThan(random);
  });

  it('names the strategies whose networks it can take', () => {
    expect(networkOnly.optionsSchema.safeParse({ of: 'none' }).success).toBe(false);
    expect(networkOnly.optionsSchema.safeParse({ of: 'commnet' }).success).toBe(true);
  });
});

it('misled advises against what the strategy advises for, as strongly, and says nothing else', async () => {
  const create = (strategy: typeof misled) => strategy.create(strategy.optionsSchema.parse({}), context, []);
  const coordinated = async (strategy: typeof misled, seed: number) =>
    coordinatorOf((await create(strategy)).begin(randomStream('misled')), strategy.id).coordinate(
      views(seed),
    );
  for (const seed of [0, 1, 2]) {
    const right = await coordinated(vdn, seed);
    const wrong = await coordinated(misled, seed);
    wrong.forEach(({ advice, ...rest }, i) => {
      expect(rest).toEqual({});
      expect(advice!.some((x) => x !== 0)).toBe(true);
      advice!.forEach((x, a) => expect(x).toBe(-right[i].advice![a]));
    });
  }
});
