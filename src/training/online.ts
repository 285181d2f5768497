import {
  choiceOf,
  type OnlineLearning,
  type RunLearner,
  type Simulator,
  teamShape,
} from '../contracts/index.ts';
import { type NamePart, randomStream } from '../core/index.ts';
import { startEngine } from '../nn/index.ts';
import { lossError } from './loss-error.ts';
import { greedyAction, uniformAction } from './choose.ts';
import { type ChooseActions, episodeMemory } from './episodes.ts';

/** Updates after each episode of a run, where a learner learns from replay; others learn once from the newest. */
const updatesPerEpisode = 8;
/** Episodes of a run that are kept for replay. */
const keptEpisodes = 256;
const batchEpisodes = 8;
/** Episodes of calibration instances that tell how large rewards are. */
const measuredEpisodes = 24;

/**
 * A strategy that goes on learning from the episodes of one run.
 *
 * It starts from the shipped execution weights; mixers, critics and optimisers start anew. After each episode it
 * makes some updates at the smallest learning rate of its plan, on rewards that are shaped as in training and divided
 * by their spread on calibration instances. The next episode is advised by what it has learned, calibrated to the same
 * strength. Everything follows from `name` and the episodes in their order, so a run that is resumed learns from its
 * stored episodes what it had learned from them before.
 *
 * The actions are those of the language models with advice, not of the learner's own policy, which on-policy learners
 * (COMA, CommNet) take for their own.
 */
export async function learnOnline(
  online: OnlineLearning,
  task: Simulator,
  taskId: string,
  name: readonly NamePart[],
): Promise<RunLearner> {
  await startEngine();
  const { plan } = online;
  const shape = teamShape(task);
  const learner = online.learner(randomStream('online weights', ...name));
  const replay = randomStream('online replay', ...name);
  const onPolicy = learner.data === 'on-policy';
  const memory = episodeMemory(shape, onPolicy ? 1 : keptEpisodes);
  const learningRate = plan.learningRate * plan.finalLearningRate;
  const settings = { ...(plan.shaping && { shaping: plan.shaping }) };
  const rewardScale = plan.standardizeRewards ? measuredScale() : 1;
  let advised = online.untaught;
  let learned = 0;

  function measuredScale(): number {
    const instances = randomStream('calibration', taskId, 'instances');
    const play = randomStream('calibration', taskId, 'online rewards');
    const scores = new Float32Array(shape.agents * shape.actions);
    const choose: ChooseActions = (features, available, joint) => {
      learner.network.score(features, scores);
      for (let i = 0; i < joint.length; i++) {
        joint[i] =
          play.next() < 0.5
            ? uniformAction(available, i, shape.actions, play)
            : greedyAction(scores, available, i, shape.actions);
      }
    };
    const met: number[] = [];
    const scratch = episodeMemory(shape, 1);
    for (let e = 0; e < measuredEpisodes; e++)
      met.push(...scratch.record(task.start(task.generate(instances)), choose, settings).rewards);
    const mean = met.reduce((sum, r) => sum + r, 0) / met.length;
    const variance = met.reduce((sum, r) => sum + (r - mean) ** 2, 0) / met.length;
    return variance > 0 ? 1 / Math.sqrt(variance + 1e-6) : 1;
  }

  return {
    begin: (stream) => advised.begin(stream),
    learn: ({ instance, steps }) => {
      learned++;
      const taken = steps.values();
      memory.record(
        task.start(instance),
        (_, __, joint) => {
          const { agents } = taken.next().value!;
          agents.forEach(({ action }, i) => (joint[i] = choiceOf(action)));
        },
        settings,
      );
      for (let k = 0; k < (onPolicy ? 1 : updatesPerEpisode); k++) {
        const picked = onPolicy
          ? [0]
          : Array.from({ length: batchEpisodes }, () => replay.integer(0, memory.size - 1));
        const batch = memory.batch(picked, rewardScale);
        const loss = learner.update(batch, learningRate);
        const when = `while a run learned online after episode ${learned}`;
        if (!Number.isFinite(loss)) throw lossError({ loss, when, batch, rewardScale, learningRate });
      }
      advised = online.advisedBy(learner.network);
    },
    close: () => learner.dispose(),
  };
}
