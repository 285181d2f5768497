import { describe, expect, it } from 'vitest';
import { coordinatorOf } from '../src/strategies/parts/protocol/advised.ts';
import {
  type Simulation,
  type EpisodeRecord,
  memoryStore,
  type Model,
  type ModelDefinition,
  run,
  type Strategy,
  type StrategyDefinition,
  systemClock,
  type Simulator,
} from '../src/api/index.ts';
import { simulated, teamShape } from '../src/contracts/index.ts';
import { contentHash, randomStream } from '../src/core/index.ts';
import { playEpisode } from '../src/episode/index.ts';
import * as models from '../src/models/index.ts';
import { divergenceFromUniform } from '../src/strategies/parts/network/advice.ts';
import { calibrationRows, storedEpisodes } from '../src/strategies/parts/network/calibration.ts';
import { readWeights } from '../src/strategies/parts/network/weight-files.ts';
import * as strategies from '../src/strategies/index.ts';
import { coverage } from '../src/tasks/coverage.ts';

// What a strategy may do to a language model, and what not. The study's seeds 0, 10, 20, ... share one training.

const taskOptions = coverage.optionsSchema.parse({});
const task: Simulator = coverage.create(taskOptions);

function strategyFor(
  definition: StrategyDefinition,
  adviceStrength: number | 'default',
  options: object = {},
  on: Simulator = task,
): Promise<Strategy> {
  const context = { task: simulated(on), taskId: 'coverage', taskOptions, seed: 0, adviceStrength };
  return definition.create(definition.optionsSchema.parse(options), context, []);
}

function scripted(answer: string): Promise<Model> {
  const options = models.scripted.optionsSchema.parse({ answer });
  return models.scripted.create(options, { clock: systemClock, workers: 1 });
}

/** One episode; settings with the same number draw the same random numbers. */
function play(model: Model, strategy: Strategy, episode: number, on: Simulator = task) {
  return playEpisode({
    task: simulated(on),
    instance: on.generate(randomStream('fusion test', episode)),
    references: { high: 1, low: 0, lowStandardError: 0 },
    model,
    strategy,
    temperature: 1,
    maxInteractions: 20,
    streamName: ['fusion test', episode],
  });
}

const decisions = ({ steps }: Pick<EpisodeRecord, 'steps'>) =>
  steps.flatMap(({ agents }) => agents.filter(({ prompt }) => prompt !== undefined));

describe('fused play', () => {
  it('is play by softmax(advice) where the model has no preference', async () => {
    for (const definition of [strategies.vdn, strategies.commnet, strategies.untrained]) {
      const strategy = await strategyFor(definition, 0.6);
      const all = decisions(await play(await scripted('uniform'), strategy, 1));
      expect(all.length).toBeGreaterThan(10);
      for (const { advice = [], policy = [] } of all) {
        const weights = advice.map((x) => Math.exp(x));
        const total = weights.reduce((a, b) => a + b, 0);
        policy.forEach((p, a) => expect(p).toBeCloseTo(weights[a] / total, 12));
      }
    }
  });

  it('is the model’s own play, byte for byte, at strength 0 without messages and feedback', async () => {
    const model = await scripted('hashed');
    const alone = await play(model, await strategyFor(strategies.none, 0), 2);
    for (const [definition, options] of [
      [strategies.vdn, { feedback: 'none' }],
      [strategies.coma, { feedback: 'none' }],
      [strategies.untrained, {}],
    ] as const) {
      const advised = await play(model, await strategyFor(definition, 0, options), 2);
      expect(JSON.stringify(advised)).toBe(JSON.stringify(alone));
      // The same comparison can tell them apart.
      const strong = await play(model, await strategyFor(definition, 0.5, options), 2);
      expect(JSON.stringify(strong)).not.toBe(JSON.stringify(alone));
    }
  });
});

describe('the strength of advice', () => {
  /** The task with every situation written down that somebody acts in: per agent its features and choices. */
  function watched() {
    const met: { features: Float32Array; availableActions: readonly number[] }[][] = [];
    const watch = (environment: Simulation): Simulation => ({
      ...environment,
      get time() {
        return environment.time;
      },
      get done() {
        return environment.done;
      },
      step: (joint) => {
        met.push(
          task.agentNames.map((_, i) => {
            const features = new Float32Array(task.featureLength);
            environment.features(i, features);
            return { features, availableActions: environment.availableActions(i) };
          }),
        );
        return environment.step(joint);
      },
    });
    return { met, task: { ...task, start: (instance) => watch(task.start(instance)) } as Simulator };
  }

  // Of shipped weights by what was measured when they were trained, of others by what is measured now.
  it('is the mean divergence from uniform over calibration situations, within 2%', async () => {
    const shipped = [strategies.vdn, strategies.independent, strategies.coma, strategies.commnet];
    for (const definition of [...shipped, strategies.untrained]) {
      for (const strength of [0.2, 0.8]) {
        const { met, task: spied } = watched();
        // The first time also looks at the task to find its weights; the second time only calibrates, if at all.
        await strategyFor(definition, strength, {}, spied);
        met.length = 0;
        const strategy = await strategyFor(definition, strength, {}, spied);
        const { training } = definition;
        expect(met.length > 0).toBe(!training);
        if (training) {
          const options = training.trainingSchema.parse({});
          const key = { strategy: training, options, without: [], task, taskId: 'coverage', taskOptions };
          const { weights } = readWeights({ ...key, trainingSeed: 0 })!;
          const network = training.network(options, teamShape(task), weights);
          calibrationRows(spied, 'coverage', network, storedEpisodes);
        }
        const coordinator = coordinatorOf(strategy.begin(randomStream('unused')));
        const divergences = met.flatMap((views) =>
          coordinator
            .coordinate(views)
            .filter((_, i) => views[i].availableActions.length > 1)
            .map(({ advice = [] }) => divergenceFromUniform(advice, 1)),
        );
        expect(divergences.length).toBeGreaterThan(500);
        const mean = divergences.reduce((a, b) => a + b, 0) / divergences.length;
        expect(Math.abs(mean / strength - 1), `${definition.id} at ${strength}`).toBeLessThan(0.02);
      }
    }
  });
});

describe('execution', () => {
  it('never reads the state: poisoned, every distribution stays as it was', async () => {
    let reads = 0;
    const poisoned: Simulator = {
      ...task,
      start: (instance) => {
        const environment = task.start(instance);
        const state = (out: Float32Array, offset = 0) => {
          reads++;
          out.fill(NaN, offset, offset + task.stateLength);
        };
        return Object.defineProperties(environment, { state: { value: state } });
      },
    };
    const model = await scripted('hashed');
    // Local feedback is part of what is compared: it reads nothing but the agent's own observation.
    for (const definition of [strategies.vdn, strategies.independent, strategies.coma, strategies.commnet]) {
      const strategy = await strategyFor(definition, 0.5);
      const honest = await play(model, strategy, 3);
      const blinded = await play(model, strategy, 3, poisoned);
      expect(JSON.stringify(blinded)).toBe(JSON.stringify(honest));
    }
    expect(reads).toBe(0);
  });
});

describe('advice for the smallest embedded model on coverage', () => {
  const seeds = Array.from({ length: 60 }, (_, k) => 10 * k);

  async function smallest(): Promise<ModelDefinition> {
    const embedded = Object.values<ModelDefinition>(models).filter(({ id }) => id.startsWith('pocket-'));
    const sized = await Promise.all(
      embedded.map(async (definition) => {
        const model = await definition.create({}, { clock: systemClock, workers: 1 });
        await model.close();
        return { definition, size: model.facts.parameters!.total! };
      }),
    );
    return sized.sort((a, b) => a.size - b.size)[0].definition;
  }

  it('helps when VDN gives it and hurts when nobody was trained', async () => {
    const store = memoryStore();
    const model = await smallest();
    const arms = ['none', 'vdn', 'untrained'];
    await run({ name: 'fusion', models: [model], strategies: arms, tasks: ['coverage'], seeds }, { store });
    const scores = new Map(arms.map((arm) => [arm, new Map<number, number>()]));
    for await (const { run, outcome } of store.outcomes())
      scores.get(run.strategy)!.set(run.seed, outcome!.score!);
    /** The mean gain over the model alone, on the same instances, in standard errors. */
    const gain = (arm: string) => {
      const gains = seeds.map((seed) => scores.get(arm)!.get(seed)! - scores.get('none')!.get(seed)!);
      const mean = gains.reduce((a, b) => a + b, 0) / gains.length;
      const squares = gains.reduce((sum, x) => sum + (x - mean) ** 2, 0);
      return mean / Math.sqrt(squares / (gains.length - 1) / gains.length);
    };
    // 1.64 standard errors: one-sided 5%.
    expect(gain('vdn')).toBeGreaterThan(1.64);
    expect(gain('untrained')).toBeLessThan(-1.64);
    // Seconds of a quiet core, and more than a minute of a busy one.
  });

  it('meets other instances than any training or calibration', () => {
    const of = (...name: (string | number)[]) => contentHash(task.generate(randomStream(...name)));
    const studied = new Set(seeds.map((seed) => of('instance', 'study', 'coverage', seed, 0)));
    const calibrated = randomStream('calibration', 'coverage', 'instances');
    for (let k = 0; k < 24; k++) expect(studied.has(contentHash(task.generate(calibrated)))).toBe(false);
  });
});
