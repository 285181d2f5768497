import { z } from 'zod';
import {
  type ExecutionNetwork,
  type JsonObject,
  type Strategy,
  type StrategyContext,
  type StrategyDefinition,
  type StrategyPart,
  simulatorOf,
  type Task,
  type TeamShape,
  teamShape,
  type TrainableStrategy,
} from '../../../contracts/index.ts';
import { InputError } from '../../../core/index.ts';
import {
  type AdviceCurve,
  type ScoreRow,
  solveStrength,
  spreadOf,
  standardizedRows,
  strengthOnCurve,
} from './advice.ts';
import { calibrationRows, defaultStrength, storedEpisodes } from './calibration.ts';
import { centralSettings } from './central-feedback.ts';
import { type AdviceSettings, advisedTeam } from './coordinator.ts';
import { advised } from '../protocol/advised.ts';
import {
  keepsCentral,
  readCentral,
  readWeights,
  trainedTeamSizes,
  type TrainingKey,
  trainingSeeds,
} from './weight-files.ts';

export const feedbackOption = {
  feedback: z
    .enum(['local', 'central', 'none'])
    .default('local')
    .describe(
      '"local" tells an agent how its own advice rated its last action, where the strategy has credit; "central" how ' +
        'the mixer or critic rated it, which is privileged: it reads the state of past steps.',
    ),
};
export type FeedbackOption = { readonly feedback: 'local' | 'central' | 'none' };

/** How a strategy carries over to language-model agents, besides its advice. */
export interface CarryOver {
  /** Broadcasts each agent's most advised action, unless the part `messages` is taken away. */
  readonly broadcasts: boolean;
  /** Gives feedback, unless the part `credit` is taken away. */
  readonly hasCredit: boolean;
}

/**
 * A strategy that advises language-model agents by networks trained before the study.
 *
 * The run's seed picks one of ten trainings. Advice is centred per situation, divided by one spread per training,
 * and multiplied by the factor at which its mean divergence from uniform over calibration situations is the
 * strength asked for.
 */
export function trainedStrategy<Training extends JsonObject>(
  meta: {
    readonly id: string;
    readonly title: string;
    readonly revision: number;
    readonly parts: readonly StrategyPart[];
    readonly baseline?: true;
  },
  optionsSchema: z.ZodType<Training & FeedbackOption>,
  training: TrainableStrategy<Training>,
  { broadcasts, hasCredit }: CarryOver,
): StrategyDefinition<Training & FeedbackOption> {
  const trainable: TrainableStrategy = training;
  const keyOf = (
    options: JsonObject,
    { task, taskId, taskOptions, seed }: Omit<StrategyContext, 'adviceStrength'>,
    without: readonly StrategyPart[],
  ): TrainingKey => {
    const trainingSeed = ((seed % trainingSeeds) + trainingSeeds) % trainingSeeds;
    const simulator = simulatorOf(task, `The strategy "${meta.id}"`);
    return { strategy: trainable, options, without, task: simulator, taskId, taskOptions, trainingSeed };
  };
  const feedbackOf = (asked: FeedbackOption['feedback'], without: readonly StrategyPart[]) =>
    hasCredit && !without.includes('credit') ? asked : 'none';
  return {
    ...meta,
    needsSimulator: true,
    optionsSchema,
    training: trainable,
    privileged: ({ feedback }) => feedback === 'central',
    trainings: ({ feedback, ...options }, context, without) =>
      isTrainable(context.task)
        ? [{ key: keyOf(options, context, without), central: feedbackOf(feedback, without) === 'central' }]
        : [],
    create: async ({ feedback: asked, ...options }, context, without) => {
      const { taskId } = context;
      const task = simulatorOf(context.task, `The strategy "${meta.id}"`);
      requireTrainable(meta.id, task);
      if (asked === 'central' && !trainable.central) throw withoutCentral(meta.id);
      const shape = teamShape(task);
      const key = keyOf(options, context, without);
      const { trainingSeed } = key;
      const found = readWeights(key);
      if (!found) throw untrained(meta.id, key);
      const feedback = feedbackOf(asked, without);
      const stored = feedback === 'central' && keepsCentral(key) ? readCentral(key) : undefined;
      if (feedback === 'central' && keepsCentral(key) && !stored) throw withoutItsCentral(meta.id, key);
      const ratedBy = (network: ExecutionNetwork, measured: boolean): AdviceSettings['feedback'] => {
        if (feedback !== 'central') return feedback;
        const credit = trainable.central!.credit(options, shape, network, stored?.weights ?? {});
        // As widely as its advice was measured.
        const name = `${meta.id} ${found.checksum} ${stored?.checksum}`;
        const trained = measured ? { name, episodes: storedEpisodes } : undefined;
        return centralSettings(task, taskId, network, credit, trained);
      };
      const advisedBy = (network: ExecutionNetwork, curve?: AdviceCurve) =>
        advisedStrategy(context, shape, network, {
          broadcast: broadcasts && !without.includes('messages'),
          feedback: ratedBy(network, curve !== undefined),
          fingerprint: {
            trainingSeed,
            weights: found.checksum,
            ...(stored && { central: stored.checksum }),
          },
          curve,
        });
      const trained = advisedBy(trainable.network(options, shape, found.weights), found.curve);
      return {
        ...trained,
        online: {
          untaught: trained,
          learner: (stream) => {
            const learner = trainable.learner(options, shape, without, stream);
            learner.adopt(found.weights);
            return learner;
          },
          plan: trainable.plan(options, shape, without),
          advisedBy: (network) => advisedBy(network),
        },
      };
    },
  };
}

type Advised = Pick<AdviceSettings, 'broadcast' | 'feedback'> &
  Pick<StrategyContext, 'freeText'> & { readonly fingerprint: JsonObject };

/**
 * A network's advice at the strength that the context asks for.
 * @param settings.curve what was measured of it before; it is measured now where there is none
 */
export function advisedStrategy(
  context: StrategyContext,
  shape: TeamShape,
  network: ExecutionNetwork,
  { curve, ...settings }: Omit<Advised, 'freeText'> & { readonly curve?: AdviceCurve },
): Strategy {
  const { taskId, adviceStrength, freeText } = context;
  const task = simulatorOf(context.task, 'A network that advises');
  const strength = adviceStrength === 'default' ? defaultStrength(task, taskId) : adviceStrength;
  const beta = curve && strengthOnCurve(curve, strength);
  return curve && beta !== undefined
    ? strategyAt({ strength, beta, spread: curve.spread }, shape, network, { ...settings, freeText })
    : calibratedStrategy(calibrationRows(task, taskId, network), strength, shape, network, {
        ...settings,
        freeText,
      });
}

/**
 * A network's advice at a strength in nats.
 * @param rows the network's scores in the situations that strength and spread are measured in
 */
export function calibratedStrategy(
  rows: readonly ScoreRow[],
  strength: number,
  shape: TeamShape,
  network: ExecutionNetwork,
  settings: Advised,
): Strategy {
  const spread = spreadOf(rows);
  const beta = solveStrength(standardizedRows(rows, spread), strength);
  return strategyAt({ strength, beta, spread }, shape, network, settings);
}

function strategyAt(
  measured: { readonly strength: number; readonly beta: number; readonly spread: number },
  shape: TeamShape,
  network: ExecutionNetwork,
  { broadcast, feedback, freeText, fingerprint }: Advised,
): Strategy {
  const { beta, spread } = measured;
  return {
    fingerprint: { ...fingerprint, ...measured },
    begin: () => advised(advisedTeam(shape, network, { spread, beta, broadcast, feedback }), { freeText }),
  };
}

function isTrainable({ agentNames, actions, simulator }: Task): boolean {
  return simulator !== undefined && agentNames.length > 1 && actions.length > 1;
}

/** @throws InputError when no training could serve the task, with what would work */
export function requireTrainable(
  id: string,
  { agentNames, actions }: Pick<Task, 'agentNames' | 'actions'>,
): void {
  if (agentNames.length < 2) {
    throw new InputError(
      `The strategy "${id}" coordinates two agents or more, but this task has ${agentNames.length}. Use "none" instead.`,
    );
  }
  if (actions.length < 2) {
    throw new InputError(
      `The strategy "${id}" learns to choose among a task's listed actions, but this task lists ${actions.length}: ` +
        'free text and continuous actions cannot be scored. Let the task offer candidates as its `actions`, or use "none".',
    );
  }
}

function withoutCentral(id: string): InputError {
  return new InputError(
    `The strategy "${id}" has no mixer and no critic of single actions that could rate an agent's action from the ` +
      'state, so it cannot give `feedback: central`. `agentmesh strategies` says which can. Leave it at `feedback: ' +
      'local`; where `feedback` is a factor of the study, give the option to the strategies that have central credit ' +
      `instead: {id: ..., label: ..., feedback: central}.`,
  );
}

/** Its execution network is there, the rest of the training is not. */
function withoutItsCentral(id: string, key: TrainingKey): InputError {
  return new InputError(
    `The mixer or critic of "${[id, ...key.without].join('-')}" on the task "${key.taskId}", training seed ` +
      `${key.trainingSeed}, is not stored, and \`feedback: central\` reads it. ${trainCommand(id, key)}`,
  );
}

/** What is missing, who else was trained, and the command that trains it. */
function untrained(id: string, key: TrainingKey): InputError {
  const { without, task, taskId, taskOptions, trainingSeed } = key;
  const variant = [id, ...without].join('-');
  const sizes = trainedTeamSizes(variant, taskId).filter((size) => size !== task.agentNames.length);
  return new InputError(
    `The strategy "${variant}" has not been trained for the task "${taskId}" with these options ` +
      `(${JSON.stringify(taskOptions)}), training seed ${trainingSeed}. ` +
      (sizes.length > 0
        ? `There are trainings for ${sizes.join(' and ')} agents; this task has ${task.agentNames.length}. `
        : '') +
      trainCommand(id, key),
  );
}

function trainCommand(
  id: string,
  { strategy, options, without, taskId, taskOptions, trainingSeed }: TrainingKey,
): string {
  const usual = strategy.trainingSchema.parse({});
  const own = Object.entries(options).filter(([name, value]) => usual[name] !== value);
  const params = [...Object.entries(taskOptions), ...own].map(
    ([name, value]) => ` --param '${name}=${JSON.stringify(value)}'`,
  );
  const parts = without.map((part) => ` --without ${part}`);
  return `Train it: agentmesh train --strategy ${id}${parts.join('')} --task ${taskId} --seed ${trainingSeed}${params.join('')}`;
}
