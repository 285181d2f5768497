import type { JsonObject, StrategyDefinition, StrategyPart, TrainableStrategy } from '../contracts/index.ts';
import { teamShape } from '../contracts/index.ts';
import { InputError, randomStream } from '../core/index.ts';
import { decodeSafetensors, encodeSafetensors, startEngine } from '../nn/index.ts';
import type { StrategyChoice } from '../strategies/parts/compose.ts';
import {
  type Learned,
  learnedStrategy,
  type LoggedSituations,
} from '../strategies/parts/network/learned-strategy.ts';
import { checkOptions, resolveEntry } from '../study/index.ts';
import { episodesOf, type LoggedEpisode, type OwnTask, taskOf, trainingStateLength } from '../team/index.ts';
import { type TrainingProgress, trainOnLog } from '../training/index.ts';
import { builtInCatalogue } from './catalogue.ts';

export interface LearnOptions {
  /** A strategy that can learn from others' episodes: `independent`, `vdn`, `qmix`. */
  readonly strategy: string | StrategyDefinition | StrategyChoice;
  readonly without?: readonly StrategyPart[];
  readonly task: OwnTask;
  readonly episodes: readonly LoggedEpisode[];
  /** The same seed and log give the same weights; 0 when absent. */
  readonly seed?: number;
  /**
   * How strongly the values of seldom taken actions are lowered, in spreads of the reward; 0.1 when absent. 0 trusts
   * the values of actions that the log hardly shows, which is right only for logs of random play.
   */
  readonly conservatism?: number;
  readonly onProgress?: (progress: TrainingProgress) => void;
  readonly signal?: AbortSignal;
}

/** A strategy that learned from a log; pass it as the `strategy` of a team on the same task. */
export interface LearnedFromLog extends StrategyDefinition {
  /** Its weights and what it needs to advise at a given strength, as a safetensors file for `loadLearned`. */
  toBytes(): Uint8Array;
}

/** Steps of one update, and the most logged steps that the strength of advice is measured in. */
const batchSteps = 128;
const calibrationSteps = 512;

/**
 * Lets a strategy learn from logged episodes of a task that has no simulator.
 *
 * Conservative offline Q-learning: the strategy's own learner with one-step targets (unless its option `lambda` says
 * otherwise: longer returns would carry the logged behaviour into the values) and a term that lowers the values of
 * actions the log seldom shows. Kumar et al. 2020, arXiv 2006.04779.
 *
 * @throws InputError for a strategy that learns only from its own play, and for a log that does not fit the task
 * @example
 * const learned = await learnFromLog({ strategy: vdn(), task: desk, episodes: shifts.map(({ log }) => log) });
 * const clerks = await team({ agents, task: desk, strategy: learned });
 */
export async function learnFromLog(options: LearnOptions): Promise<LearnedFromLog> {
  const { without = [], seed = 0, conservatism = 0.1, onProgress, signal } = options;
  if (!(conservatism >= 0)) throw new InputError(`The conservatism is ${conservatism}. It is 0 or more.`);
  const { from, training, trainingOptions } = learnerOf(options.strategy, without);
  const task = taskOf(options.task);
  if (task.featureLength === 0)
    throw new InputError(
      `The task "${options.task.id}" has no features (featureLength 0), so there is nothing that a network could ` +
        'read. Say how many numbers describe what an agent sees, and log them.',
    );
  const episodes = episodesOf(task, options.episodes);
  const shape = { ...teamShape(task), stateLength: trainingStateLength(task), horizon: episodes.steps };
  await startEngine();
  const name = ['training from a log', from.id, options.task.id, seed] as const;
  const stream = randomStream(...name, 'weights');
  const learner = training.offlineLearner!(trainingOptions, shape, without, stream, conservatism);
  try {
    const plan = training.plan(trainingOptions, shape);
    await trainOnLog({ learner, episodes, plan, batchSteps, name, onProgress, signal });
    return ready({
      ...{ from, training, options: trainingOptions, without, taskId: options.task.id, shape },
      task: { agentNames: task.agentNames, actions: task.actions },
      weights: learner.executionWeights(),
      situations: situationsFrom(episodes),
    });
  } finally {
    learner.dispose();
  }
}

/**
 * A strategy that learned before, from the bytes of its file.
 * @param where the strategy with the options it learned with, and the task, as in `learnFromLog`
 * @throws InputError when the bytes are of something else
 */
export function loadLearned(
  bytes: Uint8Array,
  where: Pick<LearnOptions, 'strategy' | 'without' | 'task'>,
): LearnedFromLog {
  const { without = [] } = where;
  const { weights, metadata } = decodeSafetensors(bytes, 'the learned strategy');
  const { from, training, trainingOptions } = learnerOf(where.strategy, without);
  const made = metadata.learned;
  const wanted = describe(from.id, trainingOptions, without);
  if (made !== wanted)
    throw new InputError(
      `These weights were learned by ${made ?? 'something else'}, but ${wanted} is asked for. Name the same strategy ` +
        'with the same options.',
    );
  const task = taskOf(where.task);
  const { 'log.features': features, 'log.available': available, ...network } = weights;
  const [steps, ...sizes] = features.shape;
  if (sizes[0] !== task.agentNames.length || sizes[1] !== task.featureLength)
    throw new InputError(
      `These weights were learned for ${sizes[0]} agents with ${sizes[1]} features each, but the task ` +
        `"${where.task.id}" has ${task.agentNames.length} with ${task.featureLength}.`,
    );
  return ready({
    ...{ from, training, options: trainingOptions, without, taskId: where.task.id },
    shape: { ...teamShape(task), stateLength: trainingStateLength(task) },
    task: { agentNames: task.agentNames, actions: task.actions },
    weights: network,
    situations: { steps, features: features.data, available: available.data },
  });
}

function ready(learned: Learned): LearnedFromLog {
  const { from, options, without, shape, situations, weights } = learned;
  const { steps, features, available } = situations;
  return {
    ...learnedStrategy(learned),
    toBytes: () =>
      encodeSafetensors(
        {
          weights: {
            ...weights,
            'log.features': { shape: [steps, shape.agents, shape.featureLength], data: features },
            'log.available': { shape: [steps, shape.agents, shape.actions], data: available },
          },
          metadata: { learned: describe(from.id, options, without) },
        },
        'F32',
      ),
  };
}

const describe = (id: string, options: JsonObject, without: readonly StrategyPart[]) =>
  `${[id, ...without].join('-')} ${JSON.stringify(options)}`;

function learnerOf(choice: LearnOptions['strategy'], without: readonly StrategyPart[]) {
  const place = { file: 'learnFromLog()' };
  const { definition, options } = resolveEntry('strategy', choice, builtInCatalogue.strategies, place);
  const training: TrainableStrategy | undefined = definition.training;
  if (!training?.offlineLearner) {
    const able = builtInCatalogue.strategies
      .filter(({ training: t }) => t !== undefined && 'offlineLearner' in t)
      .map(({ id }) => id);
    throw new InputError(
      `The strategy "${definition.id}" ${training ? 'learns only from episodes that it plays itself' : 'does not learn'}, ` +
        `so a log is of no use to it. These learn from logs: ${able.join(', ')}.`,
    );
  }
  const missing = without.find((part) => !definition.parts.includes(part));
  if (missing !== undefined)
    throw new InputError(
      `The strategy "${definition.id}" has no part "${missing}" that could be taken away.`,
    );
  const resolved = checkOptions('strategy', definition, { lambda: 0, ...options }, () => place);
  const known = Object.keys(training.trainingSchema.parse({}));
  const trainingOptions = Object.fromEntries(
    Object.entries(resolved).filter(([name]) => known.includes(name)),
  );
  return { from: definition, training, trainingOptions };
}

/** Evenly spread steps of the log. */
function situationsFrom(episodes: ReturnType<typeof episodesOf>): LoggedSituations {
  const rows = [...episodes.mask.keys()].filter((t) => episodes.mask[t] === 1);
  const steps = Math.min(rows.length, calibrationSteps);
  const picked = Array.from({ length: steps }, (_, k) => rows[Math.floor((k * rows.length) / steps)]);
  const gather = (from: Float32Array) => {
    const length = from.length / episodes.mask.length;
    const out = new Float32Array(steps * length);
    picked.forEach((row, k) => out.set(from.subarray(row * length, (row + 1) * length), k * length));
    return out;
  };
  return { steps, features: gather(episodes.features), available: gather(episodes.available) };
}
