import { type ExecutionNetwork, type Simulator, teamShape } from '../../src/contracts/index.ts';
import { type RandomStream, randomStream } from '../../src/core/index.ts';
import { commnetLearner, commnetLearning, commnetTraining } from '../../src/strategies/commnet.ts';
import { leverPulling, type LeverPullingInstance } from '../../src/tasks/lever-pulling.ts';
import { episodeMemory, greedyReturn, trainStrategy, trainTeam } from '../../src/training/index.ts';

const batch = 64;
const testEpisodes = 1000;

export type LeverMode = 'supervised' | 'policy-gradient' | 'silent' | 'default';

/**
 * The mean greedy reward of CommNet on lever pulling after training, over fresh episodes.
 *
 * `supervised` is told the rank of each agent's id among its team; `silent` is the same without messages;
 * `policy-gradient` learns from the reward alone, and `default` does so with the options that nobody gave.
 */
export async function leverScore(
  mode: LeverMode,
  seed: number,
  updates = mode === 'policy-gradient' ? 12000 : 2000,
): Promise<number> {
  const task = leverPulling.create(leverPulling.optionsSchema.parse({}));
  const shape = teamShape(task);
  if (mode === 'default') return defaultScore(task, seed);
  const options = commnetTraining.parse({
    rounds: 2,
    hidden: 64,
    gamma: 1,
    lambda: 1,
    newSteps: batch,
    updates,
    learningRate: 3e-3,
    standardizeRewards: false,
    entropyWeight: 0.03,
  });
  const learner = commnetLearner(
    shape,
    {
      ...options,
      gamma: 1,
      messages: mode !== 'silent',
      objective: mode === 'policy-gradient' ? 'policy-gradient' : 'imitation',
    },
    randomStream('levers', 'weights', seed),
  );
  if (mode === 'policy-gradient') {
    await trainTeam({ task, learner, plan: commnetLearning.plan(options, shape), name: ['levers', seed] });
  } else {
    const stream = randomStream('levers', 'supervised', seed);
    for (let u = 0; u < updates; u++)
      learner.update(labelled(stream), options.learningRate * Math.max(0.05, 1 - u / updates));
  }
  const mean = testScore(task, learner.network);
  learner.dispose();
  return mean;

  /** Fresh episodes in which every agent pulls the lever of its id's rank in the team. */
  function labelled(stream: RandomStream) {
    const memory = episodeMemory(shape, batch);
    for (let e = 0; e < batch; e++) {
      const instance = task.generate(stream);
      const { ids } = instance as unknown as LeverPullingInstance;
      memory.record(task.start(instance), (_, __, joint) => {
        ids.forEach((id, i) => {
          joint[i] = ids.filter((other, j) => other < id || (other === id && j < i)).length;
        });
      });
    }
    return memory.batch(
      Array.from({ length: batch }, (_, k) => k),
      1,
    );
  }
}

/** What `agentmesh train` comes to. */
async function defaultScore(task: Simulator, trainingSeed: number): Promise<number> {
  const options = commnetTraining.parse({});
  const { weights } = await trainStrategy({
    ...{ strategy: commnetLearning, options, without: [] },
    ...{ task, taskId: leverPulling.id, trainingSeed },
  });
  return testScore(task, commnetLearning.network(options, teamShape(task), weights));
}

function testScore(task: Simulator, network: ExecutionNetwork): number {
  const test = randomStream('levers', 'test');
  let mean = 0;
  for (let k = 0; k < testEpisodes; k++)
    mean += greedyReturn(task, network, task.generate(test)) / testEpisodes;
  return mean;
}
