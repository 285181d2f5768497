import { simulated } from '../src/contracts/index.ts';
import { describe, expect, it } from 'vitest';
import {
  advised,
  type Coordinator,
  coordinatorOf,
  type RatedStep,
} from '../src/strategies/parts/protocol/advised.ts';
import {
  memoryStore,
  run,
  type Strategy,
  type StrategyDefinition,
  systemClock,
  type Simulator,
} from '../src/api/index.ts';
import { InputError, randomStream } from '../src/core/index.ts';
import { playEpisode } from '../src/episode/index.ts';
import * as models from '../src/models/index.ts';
import * as strategies from '../src/strategies/index.ts';
import { coverage } from '../src/tasks/coverage.ts';

// Central feedback may read the state of past steps; advice, broadcasts and play may not.

const taskOptions = coverage.optionsSchema.parse({});
const task: Simulator = coverage.create(taskOptions);
const central = [strategies.vdn, strategies.qmix, strategies.coma] as const;

function strategyFor(definition: StrategyDefinition, feedback: 'local' | 'central'): Promise<Strategy> {
  const context = { task: simulated(task), taskId: 'coverage', taskOptions, seed: 0, adviceStrength: 0.5 };
  return definition.create(definition.optionsSchema.parse({ feedback }), context, []);
}

/** A model whose answers depend on every word it reads, feedback included. */
const model = () =>
  models.scripted.create(models.scripted.optionsSchema.parse({ answer: 'hashed' }), {
    clock: systemClock,
    workers: 1,
  });

async function play(strategy: Strategy, on: Simulator = task) {
  return playEpisode({
    task: simulated(on),
    instance: on.generate(randomStream('central feedback test')),
    references: { high: 1, low: 0, lowStandardError: 0 },
    model: await model(),
    strategy,
    temperature: 1,
    maxInteractions: 20,
    streamName: ['central feedback test'],
  });
}

type Hindsight = NonNullable<Coordinator['hindsight']>;

function withHindsight(strategy: Strategy, around: (own: Hindsight) => Hindsight): Strategy {
  return {
    ...strategy,
    begin: (stream) => {
      const own = coordinatorOf(strategy.begin(stream));
      return advised({ coordinate: (views) => own.coordinate(views), hindsight: around(own.hindsight!) });
    },
  };
}

/** The task with every state vector full of NaN. */
function poisoned(): { readonly task: Simulator; reads: number } {
  const watched = {
    reads: 0,
    task: {
      ...task,
      start: (instance) => {
        const environment = task.start(instance);
        const state = (out: Float32Array, offset = 0) => {
          watched.reads++;
          out.fill(NaN, offset, offset + task.stateLength);
        };
        return Object.defineProperties(environment, { state: { value: state } });
      },
    } as Simulator,
  };
  return watched;
}

describe('central feedback', () => {
  it('is all that comes of the state: with it held fixed and the state poisoned, play stays as it was', async () => {
    for (const definition of central) {
      const strategy = await strategyFor(definition, 'central');
      const told: ReturnType<Hindsight>[] = [];
      const honest = await play(
        withHindsight(strategy, (own) => (step) => {
          const levels = own(step);
          told.push(levels);
          return levels;
        }),
      );
      expect(told).toHaveLength(honest.steps.length);
      const blind = poisoned();
      let t = 0;
      const replayed = await play(
        withHindsight(strategy, () => () => told[t++]),
        blind.task,
      );
      expect(blind.reads).toBe(honest.steps.length);
      expect(JSON.stringify(replayed)).toBe(JSON.stringify(honest));
      // Other phrases change what the models read, so the comparison can fail.
      const swapped = await play(withHindsight(strategy, () => () => ['poor', 'poor', 'poor']));
      expect(JSON.stringify(swapped)).not.toBe(JSON.stringify(honest));
    }
  });

  it('rates the action before, is marked as privileged, and never reads the state in which agents choose', async () => {
    const seen: RatedStep['jointAction'][] = [];
    const strategy = await strategyFor(strategies.qmix, 'central');
    const told: ReturnType<Hindsight>[] = [];
    const { steps } = await play(
      withHindsight(strategy, (own) => (step) => {
        seen.push([...step.jointAction]);
        const levels = own(step);
        told.push(levels);
        return levels;
      }),
    );
    expect(steps[0].agents.every(({ feedback, privileged }) => !feedback && !privileged)).toBe(true);
    steps.forEach(({ agents }, t) => {
      expect(seen[t]).toEqual(agents.map(({ action }) => action));
      if (t === 0) return;
      expect(agents.map(({ feedback }) => feedback)).toEqual(told[t - 1]);
      expect(agents.every(({ privileged }) => privileged === true)).toBe(true);
    });
    expect(new Set(told.flat()).size).toBeGreaterThan(1);
  });

  it('of VDN is its local feedback: the sum has no credit besides the agents’ own utilities', async () => {
    const phrases = async (feedback: 'local' | 'central') =>
      (await play(await strategyFor(strategies.vdn, feedback))).steps.map(({ agents }) =>
        agents.map((agent) => agent.feedback),
      );
    expect(await phrases('central')).toEqual(await phrases('local'));
  });

  it('refuses a state that is no vector of finite numbers', async () => {
    const strategy = await strategyFor(strategies.qmix, 'central');
    await expect(play(strategy, poisoned().task)).rejects.toThrow(/state with numbers that are not finite/);
  });
});

describe('a study with central feedback', () => {
  const study = {
    name: 'central',
    models: [{ id: 'scripted', answer: 'hashed' }],
    tasks: ['coverage'],
    seeds: 2,
  };

  it('has it as a factor: a column of the data, a hash of its own, and traces that say so', async () => {
    const store = memoryStore();
    const factors = { feedback: ['local', 'central'] };
    await run({ ...study, strategies: ['qmix', 'coma'], factors }, { store });
    const runs = [];
    for await (const { run: planned, outcome } of store.outcomes()) {
      expect(outcome?.status).toBe('done');
      runs.push(planned);
      const episode = (await store.episode(planned.hash, 0))!;
      const privileged = episode.steps.some(({ agents }) => agents.some((agent) => agent.privileged));
      expect(privileged).toBe(planned.factors.feedback === 'central');
    }
    expect(runs).toHaveLength(8);
    expect(new Set(runs.map(({ hash }) => hash)).size).toBe(8);
    const { definition } = (await store.study())!;
    const described = definition.strategies;
    expect(described).toHaveLength(4);
    for (const { options, privileged } of described)
      expect(privileged).toBe(options.feedback === 'central' ? true : undefined);
  });

  it('is refused for arms without central credit before anything is stored, with what would work', async () => {
    for (const arm of ['independent', 'commnet']) {
      const store = memoryStore();
      const factors = { feedback: ['local', 'central'] };
      const refused = run({ ...study, strategies: ['qmix', arm], factors }, { store });
      await expect(refused).rejects.toThrow(InputError);
      await expect(
        run({ ...study, strategies: ['qmix', arm], factors }, { store: memoryStore() }),
      ).rejects.toThrow(new RegExp(`"${arm}" has no mixer .*feedback: central`));
      expect(await store.study()).toBeUndefined();
    }
    await expect(
      run(
        { ...study, strategies: ['none', 'qmix'], factors: { feedback: ['local', 'central'] } },
        { store: memoryStore() },
      ),
    ).rejects.toThrow(/give the option to the entries that have it/);
  });

  it('is refused where the mixer of that training is not stored, with the command that trains it', async () => {
    const strategiesWithout = [{ id: 'qmix', feedback: 'central' }];
    await expect(
      run(
        { ...study, strategies: strategiesWithout, ablations: ['shaping'] },
        { store: memoryStore(), train: false },
      ),
    ).rejects.toThrow(/mixer or critic of "qmix-shaping".*agentmesh train --strategy qmix --without shaping/);
  });
});
