import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  type ExecutionNetwork,
  simulated,
  type Simulator,
  type StrategyContext,
  teamShape,
} from '../../../contracts/index.ts';
import { InputError, randomStream } from '../../../core/index.ts';
import { encodeSafetensors } from '../../../nn/index.ts';
import { coverage } from '../../../tasks/coverage.ts';
import { matrixGame } from '../../../tasks/matrix-game.ts';
import { qmix, qmixLearning, qmixTraining } from '../../qmix.ts';
import { untrained } from '../../untrained.ts';
import { uninformative } from '../../uninformative.ts';
import { vdnLearning, vdnTraining } from '../../vdn.ts';
import { divergenceFromUniform } from './advice.ts';
import { defaultStrength } from './calibration.ts';
import { type AgentView, coordinatorOf } from '../protocol/advised.ts';
import { rating } from './coordinator.ts';
import { advisedStrategy } from './trained-strategy.ts';
import { readWeights, weightFileName } from './weight-files.ts';

const taskOptions = coverage.optionsSchema.parse({});
const task: Simulator = coverage.create(taskOptions);
const shape = teamShape(task);
const context = (adviceStrength: StrategyContext['adviceStrength'], seed = 0): StrategyContext => ({
  task: simulated(task),
  taskId: 'coverage',
  taskOptions,
  seed,
  adviceStrength,
});

/** Scores that follow the agent's own features by a fixed formula. */
const network: ExecutionNetwork = {
  score: (features, scores) => {
    for (let i = 0; i < shape.agents; i++)
      for (let a = 0; a < shape.actions; a++)
        scores[i * shape.actions + a] = 40 * features[i * shape.featureLength + 4 + a];
  },
};
const settings = { broadcast: true, feedback: 'local' as const, fingerprint: {} };

function viewsOf(seed: number, last?: readonly number[]): AgentView[] {
  const environment = task.start(task.generate(randomStream('views', seed)));
  return task.agentNames.map((_, i) => {
    const features = new Float32Array(task.featureLength);
    environment.features(i, features);
    return { features, availableActions: environment.availableActions(i), lastAction: last?.[i] };
  });
}

describe('advice', () => {
  it('has the strength asked for on fresh situations, whatever the scale of the scores', () => {
    for (const strength of [0.3, 0.8]) {
      const strategy = advisedStrategy(context(strength), shape, network, settings);
      const play = randomStream('fresh play');
      let total = 0;
      let count = 0;
      for (let e = 0; e < 300; e++) {
        // The same mixture as in calibration: half of the actions are random.
        const coordinator = coordinatorOf(strategy.begin(randomStream('unused')));
        const environment = task.start(task.generate(randomStream('fresh', e)));
        while (!environment.done) {
          const views = task.agentNames.map((_, i): AgentView => {
            const features = new Float32Array(task.featureLength);
            environment.features(i, features);
            return { features, availableActions: environment.availableActions(i) };
          });
          const joint = coordinator.coordinate(views).map(({ advice = [] }, i) => {
            total += divergenceFromUniform(advice, 1);
            count++;
            const { availableActions } = views[i];
            return play.next() < 0.5
              ? play.pick(availableActions)
              : availableActions[advice.indexOf(Math.max(...advice))];
          });
          environment.step(joint);
        }
      }
      // The calibration is itself a sample of instances.
      expect(Math.abs(total / count / strength - 1)).toBeLessThan(0.1);
    }
  });

  it('is nothing at strength 0', () => {
    const strategy = advisedStrategy(context(0), shape, network, settings);
    const [{ advice }] = coordinatorOf(strategy.begin(randomStream('x'))).coordinate(viewsOf(1));
    expect(advice).toBeUndefined();
  });

  it('is centred over the available actions', () => {
    const strategy = advisedStrategy(context(0.5), shape, network, settings);
    for (const { advice = [] } of coordinatorOf(strategy.begin(randomStream('x'))).coordinate(viewsOf(2)))
      expect(advice.reduce((sum, x) => sum + x, 0)).toBeCloseTo(0, 9);
  });

  it('has a default strength that depends on the task alone, about 0.8 nats on coverage', () => {
    expect(defaultStrength(task, 'coverage')).toBeGreaterThan(0.75);
    expect(defaultStrength(task, 'coverage')).toBeLessThan(0.85);
  });
});

describe('what agents are told', () => {
  it('is the most advised action of each teammate, and how their own advice rates their last action', () => {
    const coordinator = coordinatorOf(
      advisedStrategy(context(0.5), shape, network, settings).begin(randomStream('x')),
    );
    const first = coordinator.coordinate(viewsOf(3));
    const views = viewsOf(3);
    first.forEach(({ broadcast, advice = [], feedback }, i) => {
      expect(broadcast).toBe(views[i].availableActions[advice.indexOf(Math.max(...advice))]);
      expect(feedback).toBeUndefined();
    });
    const followed = coordinator.coordinate(
      viewsOf(
        4,
        first.map(({ broadcast }) => broadcast!),
      ),
    );
    expect(followed.map(({ feedback }) => feedback)).toEqual(['good', 'good', 'good']);
    const against = coordinator.coordinate(
      viewsOf(
        4,
        followed.map(
          ({ advice = [] }, i) => viewsOf(4)[i].availableActions[advice.indexOf(Math.min(...advice))],
        ),
      ),
    );
    expect(against.map(({ feedback }) => feedback)).toContain('poor');
  });

  it('rates by the distance from the best action in spreads', () => {
    expect(rating([1, 0, -3], 0, 1)).toBe('good');
    expect(rating([1, 0, -3], 1, 1)).toBe('fair');
    expect(rating([1, 0, -3], 2, 1)).toBe('poor');
    expect(rating([1, 0, -3], 2, 100)).toBe('good');
    expect(rating([1, 1], 0, 0)).toBe('good');
  });

  it('is left out where a strategy has no messages or no credit', () => {
    const quiet = { ...settings, broadcast: false, feedback: 'none' as const };
    const coordinator = coordinatorOf(
      advisedStrategy(context(0.5), shape, network, quiet).begin(randomStream('x')),
    );
    for (const last of [undefined, [0, 0, 0]])
      for (const told of coordinator.coordinate(viewsOf(5, last)))
        expect(Object.keys(told)).toEqual(['advice']);
  });
});

describe('weights', () => {
  const key = {
    strategy: vdnLearning as never,
    options: vdnTraining.parse({}),
    without: [],
    task,
    taskId: 'coverage',
    taskOptions,
    trainingSeed: 3,
  };

  it('are found by all that the training depended on, and by nothing else', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'weights-'));
    const weights = { 'agent.0.b': { shape: [1], data: Float32Array.of(0.5) } };
    const file = path.join(folder, weightFileName(key));
    writeFileSync(file, encodeSafetensors({ weights, metadata: {} }, 'F16'));
    expect([...readWeights(key, [folder])!.weights['agent.0.b'].data]).toEqual([0.5]);
    expect(readWeights({ ...key, trainingSeed: 4 }, [folder])).toBeUndefined();
    expect(readWeights({ ...key, options: { ...key.options, gamma: 0.6 } }, [folder])).toBeUndefined();
    const bigger = coverage.optionsSchema.parse({ grid: 8 });
    const other = { ...key, task: coverage.create(bigger), taskOptions: bigger };
    expect(readWeights(other, [folder])).toBeUndefined();
  });

  it('are shared by the variants without credit assignment, which are one and the same training', () => {
    const name = (strategy: object, options: object) =>
      weightFileName({ ...key, strategy: strategy as never, options: options as never, without: ['credit'] });
    expect(name(vdnLearning, vdnTraining.parse({}))).toBe(name(qmixLearning, qmixTraining.parse({})));
    expect(name(vdnLearning, vdnTraining.parse({}))).not.toBe(weightFileName(key));
  });

  it('that are missing are refused before anything is spent, with the command that trains them', async () => {
    const game = matrixGame.create(matrixGame.optionsSchema.parse({}));
    const refused = qmix.create(
      qmix.optionsSchema.parse({}),
      {
        ...context('default', 13),
        task: simulated(game),
        taskId: 'matrix-game',
        taskOptions: { repeats: 1 },
      },
      [],
    );
    await expect(refused).rejects.toThrow(InputError);
    await expect(refused).rejects.toThrow(
      /agentmesh train --strategy qmix --task matrix-game --seed 3 --param 'repeats=1'/,
    );
  });
});

describe('controls', () => {
  it('untrained advice has the strength of trained advice, and differs between seeds', async () => {
    const options = untrained.optionsSchema.parse({});
    const advice = async (seed: number) => {
      const strategy = await untrained.create(options, context(0.6, seed), []);
      return coordinatorOf(strategy.begin(randomStream('x'))).coordinate(viewsOf(6))[0].advice;
    };
    expect(await advice(1)).toEqual(await advice(1));
    expect(await advice(1)).not.toEqual(await advice(2));
  });

  it('uninformative broadcasts are available actions that follow from the stream alone', async () => {
    const strategy = await uninformative.create({}, context(0), []);
    const says = () => coordinatorOf(strategy.begin(randomStream('says'))).coordinate(viewsOf(7));
    expect(says()).toEqual(says());
    says().forEach(({ broadcast, advice }, i) => {
      expect(viewsOf(7)[i].availableActions).toContain(broadcast);
      expect(advice).toBeUndefined();
    });
  });
});
