import {
  type EpisodeRecord,
  type JsonObject,
  type Model,
  type Strategy,
  simulatorOf,
  type Task,
} from '../contracts/index.ts';
import { type Clock, contentHash, InputError, randomStream } from '../core/index.ts';
import { advicePromptRevision, promptRevision } from '../prompt/index.ts';
import { fingerprintOf } from '../episode/asking/index.ts';
import {
  type AdviceForm,
  decider,
  defaultAdvice,
  playEpisode,
  playRevision,
  studyInstance,
} from '../episode/index.ts';
import { type Spent, spendingMeter, type TeamBudget } from './spending.ts';
import { type TeamEpisode, teamEpisode } from './team-episode.ts';

/** What a team is made of, ready to act. */
export interface TeamSetup {
  readonly task: Task;
  readonly taskId: string;
  /** One per agent. */
  readonly models: readonly Model[];
  /** Models that play no agent, by the names under which the strategy and the task ask them. */
  readonly judges: ReadonlyMap<string, Model>;
  readonly strategy: Strategy;
  /** What people call it, for errors. */
  readonly strategyName: string;
  /** What else fixes the team's decisions: options and revisions. */
  readonly identity: JsonObject;
  readonly temperature: number;
  /** How advice reaches the models; what each of them gives decides when absent. */
  readonly advice?: AdviceForm;
  readonly budget: TeamBudget;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
}

export interface EpisodeOptions {
  /** The same seed gives the same random numbers, and in a simulated task the same instance as in a study. */
  readonly seed?: number;
}

/** A team of language-model agents with its coordination strategy. */
export interface Team {
  readonly task: Task;
  readonly taskId: string;
  /** What all models together were asked and have cost so far. */
  readonly spent: Spent;
  /**
   * Plays one episode of the task's simulator and returns it as a study would store it.
   * @throws TaskError when the task has no simulator
   */
  play(options?: EpisodeOptions & { readonly signal?: AbortSignal }): Promise<EpisodeRecord>;
  /** Begins an episode in your own environment: you say what the agents see, step by step. */
  begin(options?: EpisodeOptions): TeamEpisode;
  /** Closes the models. */
  close(): Promise<void>;
}

export function createTeam(setup: TeamSetup): Team {
  const { task, taskId, strategy, strategyName, temperature, advice, signal } = setup;
  const meter = spendingMeter(setup.budget);
  const models = setup.models.map((model) => meter.metered(model));
  const judges = new Map([...setup.judges].map(([name, model]) => [name, meter.metered(model)]));
  const run = contentHash({
    team: setup.identity,
    models: setup.models.map(fingerprintOf),
    ...(judges.size > 0 && { judges: [...judges].map(([name, model]) => [name, fingerprintOf(model)]) }),
    strategy: strategy.fingerprint,
    advice: setup.models.map((model) => advice ?? defaultAdvice(model)),
    prompt: [promptRevision, advicePromptRevision],
    play: playRevision,
    temperature,
  });
  // As in a study, teams that differ by their strategy alone draw the same numbers.
  const dice = contentHash(setup.models.map(fingerprintOf));
  let begun = 0;
  let closed = false;
  const setting = ({ seed = begun }: EpisodeOptions) => {
    if (closed) throw new InputError('This team has been closed.');
    if (!Number.isInteger(seed)) throw new InputError(`A seed is a whole number, not ${seed}.`);
    begun++;
    return {
      ...{ task, model: models, judges, strategy, strategyName, temperature, seed, clock: setup.clock },
      ...(advice && { advice }),
      streamName: ['team', dice, taskId, seed],
      name: `team on ${taskId}, seed ${seed}`,
    };
  };

  return {
    task,
    taskId,
    get spent() {
      return meter.spent;
    },
    play: async ({ signal: own, ...options } = {}) => {
      const { seed, ...rest } = setting(options);
      const signals = [signal, own].filter((s) => s !== undefined);
      for (const s of signals) s.throwIfAborted();
      const { instance, item } = studyInstance(task, taskId, seed, 0);
      const references = task.references(instance, randomStream('references', taskId, seed, 0));
      const played = await playEpisode({
        ...rest,
        instance,
        references,
        maxInteractions: task.horizon,
        ...(signals.length > 0 && { signal: AbortSignal.any(signals) }),
      });
      return { run, episode: seed, ...played, ...(item !== undefined && { item }) };
    },
    begin: (options = {}) => {
      const { seed, ...rest } = setting(options);
      const simulator = simulatorOf(task, 'An episode step by step', 'Play whole episodes: team.play()');
      return teamEpisode(simulator, decider(rest), { run, episode: seed }, signal);
    },
    close: async () => {
      closed = true;
      const all = new Set([...setup.models, ...setup.judges.values()]);
      await Promise.all([...all].map((model) => model.close()));
    },
  };
}
