/** The tasks' levels of coupling, and what measures them. */
import { describe, expect, it } from 'vitest';
import { coupledTasks, couplingLevels } from '../scripts/verification/coupling-tasks.ts';
import { erringExpert } from '../scripts/verification/coupling-beliefs.ts';
import { measureCoupling, usualSettings, valueOfAdapting } from '../scripts/verification/coupling.ts';
import { builtInCatalogue } from '../src/api/catalogue.ts';
import { missingTrainings } from '../src/api/missing-trainings.ts';
import type { Json, Simulator } from '../src/contracts/index.ts';
import { randomStream } from '../src/core/index.ts';
import { taskFingerprint } from '../src/strategies/parts/network/task-fingerprint.ts';
import { readStudyFile, resolveStudy } from '../src/study/index.ts';
import { environmentOf } from '../src/tasks/parts/environment.ts';

/** Two agents do 0 or 1 once; the expert does 0. Everything is visible but what the other is about to do. */
function onceGame(payoff: (a: number, b: number) => number): Simulator {
  return {
    agentNames: ['Ann', 'Bob'],
    horizon: 1,
    actions: ['zero', 'one'],
    featureLength: 1,
    stateLength: 1,
    rules: 'Once.',
    generate: () => null,
    start: () =>
      environmentOf<number>(
        {
          time: (time) => time,
          done: (time) => time > 0,
          availableActions: () => [0, 1],
          observe: () => 'Now.',
          features: () => undefined,
          stateVector: () => undefined,
          step: (time, [a, b]) => ({ state: time + 1, reward: payoff(a, b) }),
        },
        0,
        2,
        ['zero', 'one'],
      ),
    oracle: () => 1,
    randomReturn: () => 0.5,
    expert: () => 0,
  };
}

describe('the measure of coupling', () => {
  const settings = { ...usualSettings, instances: 400 };
  const measure = (payoff: (a: number, b: number) => number) =>
    measureCoupling(
      'once',
      onceGame(payoff),
      () =>
        ({ environment }) =>
          environment.copy(),
      settings,
    );

  // The teammate errs with probability 0.2 and then does 1 in half of the cases. Who knows it answers alike and gets
  // 1; who does not does 0 and gets 0.9. The difference is 0.1, and oracle - random is 0.5.
  it('is 0.2 where agents must do the same, which is the rate of surprises over the range of returns', () => {
    const { teammates, interval, actions } = measure((a, b) => (a === b ? 1 : 0));
    expect(interval[0]).toBeLessThan(0.2);
    expect(interval[1]).toBeGreaterThan(0.2);
    expect(interval[1] - interval[0]).toBeLessThan(0.02);
    expect(Math.abs(actions - teammates)).toBeLessThan(0.02);
  });

  it('is 0 where each is paid for its own action, however good', () => {
    expect(measure((a, b) => (a + b) / 2).teammates).toBe(0);
  });

  it('adapts each case alone against all cases at once', () => {
    expect(valueOfAdapting([[1, 0], [0, 3]])).toBeCloseTo(2 - 1.5, 12); // prettier-ignore
    expect(valueOfAdapting([[1, 0], [2, 1]])).toBe(0); // prettier-ignore
  });
});

describe.each(coupledTasks.map((coupled) => [coupled.definition.id, coupled] as const))(
  '%s with coupling',
  (id, coupled) => {
    const { definition } = coupled;
    // What weights are stored under: a change here orphans every weight file of the task.
    const before: Readonly<Record<string, readonly [string, string]>> = {
      coverage: ['6183c3baeba61ae7', '{"agents":3,"beacons":3,"grid":7,"sight":3,"horizon":12}'],
      foraging: ['c5c103d33d2b4ae5', '{"agents":3,"maxLevel":2,"foods":3,"grid":6,"sight":28,"horizon":20}'],
      assembly: [
        'a26c4ec782e0102a',
        '{"agents":3,"jobs":5,"stages":3,"minDuration":1,"maxDuration":3,"colours":2,"values":[4,8,12],"slack":4,"grace":4,"horizon":20}',
      ],
      'hidden-profile': [
        '74dc7c857e7f31ac',
        '{"agents":3,"options":3,"sharedClues":4,"uniqueClues":4,"maxWeight":3,"rounds":3,"sharedMargin":2,"pooledMargin":2,"tellAsymmetry":true,"tellSums":true}',
      ],
    };

    it('is without it what it was before it had it', () => {
      const options = definition.optionsSchema.parse({});
      expect(JSON.stringify(options)).toBe(before[id][1]);
      expect(taskFingerprint(definition.create(options)).slice(0, 16)).toBe(before[id][0]);
    });

    it('has one level that is its defaults, and says the same options as concrete ones', () => {
      const usual = JSON.stringify(definition.optionsSchema.parse({}));
      const levels = couplingLevels.map((coupling) => definition.optionsSchema.parse({ coupling }));
      expect(levels.filter((options) => JSON.stringify(options) === usual)).toHaveLength(1);
      for (const options of levels) {
        expect(options).not.toHaveProperty('coupling');
        expect(definition.optionsSchema.parse(options)).toEqual(options);
      }
    });

    it('draws situations that the agent reads as it reads its own', () => {
      const options = definition.optionsSchema.parse({ coupling: 'high' });
      const task = definition.create(options);
      const policy = erringExpert(task, 0.2);
      const draw = coupled.belief(task, options, policy);
      const stream = randomStream('coupling test', id);
      let other = 0;
      for (let k = 0; k < 5; k++) {
        const instance: Json = task.generate(stream);
        const environment = task.start(instance);
        const past: number[][] = [];
        while (!environment.done && past.length < 3) {
          for (let agent = 0; agent < task.agentNames.length; agent++) {
            const situation = draw({ instance, environment, past, agent }, stream);
            if (!situation) continue;
            expect(situation.observe(agent)).toBe(environment.observe(agent));
            expect(situation.availableActions(agent)).toEqual(environment.availableActions(agent));
            if (JSON.stringify(situation.snapshot()) !== JSON.stringify(environment.snapshot())) other++;
          }
          past.push(task.agentNames.map((_, agent) => policy(environment, agent, stream)));
          environment.step(past[past.length - 1]);
        }
      }
      expect(other).toBeGreaterThan(5);
    });
  },
);

it('coverage couples more where teammates are never seen than where they always are', () => {
  const [coverage] = coupledTasks;
  const of = (coupling: string) => {
    const options = coverage.definition.optionsSchema.parse({ coupling });
    const task = coverage.definition.create(options);
    return measureCoupling('test', task, (policy) => coverage.belief(task, options, policy), {
      ...usualSettings,
      instances: 15,
    });
  };
  const [low, high] = [of('low'), of('high')];
  expect(low.interval[1]).toBeLessThan(high.interval[0]);
});

it('the study of coupling meets every task at every level, and asks for networks where none ships', async () => {
  const study = resolveStudy(await readStudyFile('studies/coupling.yaml'), builtInCatalogue);
  expect(study.factors).toMatchObject([{ name: 'coupling', target: 'tasks', levels: couplingLevels }]);
  const settings = missingTrainings({ ...study, seeds: [0] }).map(
    ({ key: { taskId, taskOptions } }) => `${taskId} ${JSON.stringify(taskOptions)}`,
  );
  const beyondDefaults = coupledTasks.flatMap(({ definition: { id, optionsSchema } }) =>
    couplingLevels
      .map((coupling) => JSON.stringify(optionsSchema.parse({ coupling })))
      .filter((options) => options !== JSON.stringify(optionsSchema.parse({})))
      .map((options) => `${id} ${options}`),
  );
  expect(beyondDefaults).toHaveLength(8);
  expect(new Set(settings)).toEqual(new Set(beyondDefaults));
});
