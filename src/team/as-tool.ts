import { z } from 'zod';
import { actionWords, type Task } from '../contracts/index.ts';
import type { Observations } from './observations.ts';
import type { TeamEpisode, TeamStep } from './team-episode.ts';
import type { Team } from './team.ts';

/** A tool in the form of the AI SDK. */
export interface TeamTool<Input, Output> {
  readonly description: string;
  readonly inputSchema: z.ZodType<Input>;
  execute(input: Input, options?: { readonly abortSignal?: AbortSignal }): Promise<Output>;
}

export interface ToolOptions {
  /** What the calling model is told that the tool does. */
  readonly description?: string;
}

export interface StepInput {
  readonly observations: Observations;
  readonly newEpisode?: boolean;
}
export type StepOutput = Pick<TeamStep, 'actions' | 'messages'>;

/**
 * The team as a tool of the AI SDK: a model says what each agent sees and gets back what each agent does. Calls are
 * the steps of one episode, in the order in which they come, until one asks for a new episode.
 *
 * @example
 * await generateText({ model, tools: { clerks: asTool(clerks) }, prompt: '...' });
 */
export function asTool(team: Team, { description }: ToolOptions = {}): TeamTool<StepInput, StepOutput> {
  let episode: TeamEpisode | undefined;
  let before: Promise<unknown> = Promise.resolve();
  return {
    description:
      description ??
      `Asks a team of agents what each of them does next, given what each sees. Rules: ${team.task.rules}`,
    inputSchema: z.strictObject({
      observations: observationsSchema(team.task),
      newEpisode: z.boolean().optional().describe('True begins a new episode with this step.'),
    }) as z.ZodType<StepInput>,
    execute: ({ observations, newEpisode }, { abortSignal } = {}) => {
      const step = before.then(async () => {
        if (newEpisode || !episode) episode = team.begin();
        const { actions, messages } = await episode.step(observations, {
          ...(abortSignal && { signal: abortSignal }),
        });
        return { actions, messages };
      });
      // Calls that a model makes at once are steps one after the other; one that failed stops no later one.
      before = step.catch(() => (episode = undefined));
      return step;
    },
  };
}

function observationsSchema({ agentNames, actions, simulator }: Task) {
  const { featureLength = 0 } = simulator ?? {};
  const observation = z.strictObject({
    text: z.string().describe('What the agent sees, in words.'),
    availableActions: z
      .array(z.enum(actions as [string, ...string[]]))
      .min(1)
      .optional()
      .describe('What it can do now; everything when absent.'),
    ...(featureLength > 0 && {
      features: z.array(z.number()).length(featureLength).describe('What it sees, as numbers.'),
    }),
  });
  return z.strictObject(Object.fromEntries(agentNames.map((name) => [name, observation])));
}

export interface EpisodeInput {
  readonly seed: number;
}
export interface EpisodeOutput {
  /** 0 for random play, 1 for the oracle of the same instance, or the bounds that the task declares. */
  readonly score?: number;
  readonly return: number;
  /** What each agent did, step by step. */
  readonly actions: readonly TeamStep['actions'][];
}

/** The team as a tool that plays whole episodes of its task's simulator and says how they went. */
export function asEpisodeTool(
  team: Team,
  { description }: ToolOptions = {},
): TeamTool<EpisodeInput, EpisodeOutput> {
  const { agentNames, actions, rules } = team.task;
  return {
    description: description ?? `Lets a team of agents play one episode of a task. Rules: ${rules}`,
    inputSchema: z.strictObject({ seed: z.int().min(0).describe('Which instance of the task.') }),
    execute: async ({ seed }, { abortSignal } = {}) => {
      const episode = await team.play({ seed, ...(abortSignal && { signal: abortSignal }) });
      return {
        ...(episode.score !== undefined && { score: episode.score }),
        return: episode.return,
        actions: episode.steps.map(({ agents }) =>
          Object.fromEntries(agentNames.map((name, i) => [name, actionWords(actions, agents[i].action)])),
        ),
      };
    },
  };
}
