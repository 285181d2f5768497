import type {
  LanguageModelV3,
  LanguageModelV3CallOptions,
  LanguageModelV3GenerateResult,
  LanguageModelV3Prompt,
  LanguageModelV3StreamPart,
  SharedV3ProviderMetadata,
  SharedV3Warning,
} from '@ai-sdk/provider';
import type { Task } from '../contracts/index.ts';
import { InputError } from '../core/index.ts';
import type { Observation, Observations } from './observations.ts';
import type { TeamStep } from './team-episode.ts';
import type { Team } from './team.ts';

export interface LanguageModelOptions {
  /**
   * What each agent sees, from what a user's message says. When absent, a message that is JSON with one observation
   * per agent name is taken as that; any other message is what every agent sees.
   */
  readonly observe?: (message: string) => Observations;
}

/**
 * The team as a language model of the AI SDK: each message of the user is what the agents see in one step, each answer
 * says what they do, one line per agent ("Ann: wait") or a JSON object where JSON is asked for. So a conversation is
 * an episode. Nothing is kept between calls: earlier messages and answers are read from the conversation itself.
 *
 * The step's trace and the agents' messages to each other are in `providerMetadata.agentmesh`. The task gives the
 * rules, so a system message is not read; it and other settings without an effect come back as warnings.
 *
 * @example
 * const { text } = await generateText({ model: asLanguageModel(clerks), prompt: 'Two tickets are open.' });
 */
export function asLanguageModel(
  team: Team,
  { observe = observationsOf(team.task) }: LanguageModelOptions = {},
): LanguageModelV3 {
  const answer = async (options: LanguageModelV3CallOptions) => {
    const { turns, now } = conversation(options.prompt);
    const episode = team.begin(options.seed === undefined ? { seed: 0 } : { seed: options.seed });
    for (const { seen, said } of turns) {
      const actions = actionsIn(team.task, said);
      if (actions) episode.recall(observe(seen), actions);
    }
    const step = await episode.step(observe(now), {
      ...(options.abortSignal && { signal: options.abortSignal }),
    });
    const json = options.responseFormat?.type === 'json';
    return { step, text: json ? JSON.stringify(step.actions) : linesOf(step) };
  };
  return {
    specificationVersion: 'v3',
    provider: 'agentmesh',
    modelId: `team:${team.taskId}`,
    supportedUrls: {},
    doGenerate: async (options) => {
      const { step, text } = await answer(options);
      return { ...closing(step), content: [{ type: 'text', text }], warnings: warningsOf(options) };
    },
    doStream: async (options) => {
      const { step, text } = await answer(options);
      const parts: LanguageModelV3StreamPart[] = [
        { type: 'stream-start', warnings: warningsOf(options) },
        { type: 'text-start', id: '0' },
        { type: 'text-delta', id: '0', delta: text },
        { type: 'text-end', id: '0' },
        { type: 'finish', ...closing(step) },
      ];
      return { stream: streamOf(parts) };
    },
  };
}

function streamOf<Part>(parts: readonly Part[]): ReadableStream<Part> {
  return new ReadableStream({
    start: (controller) => {
      for (const part of parts) controller.enqueue(part);
      controller.close();
    },
  });
}

function linesOf({ actions }: TeamStep): string {
  return Object.entries(actions)
    .map(([name, action]) => `${name}: ${action}`)
    .join('\n');
}

/** The joint action that an earlier answer names, in either form; undefined when it is not one of this team's. */
function actionsIn({ agentNames, actions }: Task, said: string): TeamStep['actions'] | undefined {
  const named = new Map<string, unknown>(Object.entries(jsonObject(said) ?? {}));
  for (const line of said.split('\n')) {
    const colon = line.indexOf(': ');
    if (colon > 0) named.set(line.slice(0, colon), line.slice(colon + 2).trim());
  }
  const known = agentNames.every((name) => actions.includes(named.get(name) as string));
  return known ? Object.fromEntries(agentNames.map((name) => [name, named.get(name) as string])) : undefined;
}

/** Reads the users' messages as JSON observations, or else as what every agent sees. */
function observationsOf({ agentNames }: Task): (message: string) => Observations {
  return (message) => {
    const object = jsonObject(message);
    if (object && agentNames.some((name) => name in object)) return object as Record<string, Observation>;
    return Object.fromEntries(agentNames.map((name) => [name, message]));
  };
}

function jsonObject(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

interface Conversation {
  readonly turns: readonly { readonly seen: string; readonly said: string }[];
  readonly now: string;
}

function conversation(prompt: LanguageModelV3Prompt): Conversation {
  const turns: { seen: string; said: string }[] = [];
  let seen: string[] = [];
  let said: string[] = [];
  for (const message of prompt) {
    if (message.role === 'user') {
      if (said.length > 0) {
        turns.push({ seen: seen.join('\n'), said: said.join('\n') });
        [seen, said] = [[], []];
      }
      seen.push(...message.content.flatMap((part) => (part.type === 'text' ? [part.text] : [])));
    } else if (message.role === 'assistant') {
      said.push(...message.content.flatMap((part) => (part.type === 'text' ? [part.text] : [])));
    }
  }
  if (seen.length === 0 || said.length > 0)
    throw new InputError('The conversation must end with a message of the user: it is what the agents see.');
  return { turns, now: seen.join('\n') };
}

type Closing = Pick<LanguageModelV3GenerateResult, 'finishReason' | 'usage' | 'providerMetadata'>;

function closing({ usage, messages, agents }: TeamStep): Closing {
  const { inputTokens, outputTokens } = usage;
  return {
    finishReason: { unified: 'stop', raw: undefined },
    usage: {
      inputTokens: { total: inputTokens, noCache: inputTokens, cacheRead: undefined, cacheWrite: undefined },
      outputTokens: { total: outputTokens, text: outputTokens, reasoning: undefined },
    },
    providerMetadata: { agentmesh: { messages, agents } } as unknown as SharedV3ProviderMetadata,
  };
}

const withoutEffect = [
  'temperature',
  'topP',
  'topK',
  'presencePenalty',
  'frequencyPenalty',
  'stopSequences',
  'maxOutputTokens',
  'tools',
] as const;

function warningsOf(options: LanguageModelV3CallOptions): SharedV3Warning[] {
  const details = 'A team decides by its own settings.';
  const set = withoutEffect.filter((name) => {
    const value = options[name];
    return value !== undefined && !(Array.isArray(value) && value.length === 0);
  });
  return [
    ...set.map((feature): SharedV3Warning => ({ type: 'unsupported', feature, details })),
    ...(options.prompt.some(({ role }) => role === 'system')
      ? [
          {
            type: 'unsupported' as const,
            feature: 'system message',
            details: 'The agents read the rules of the task.',
          },
        ]
      : []),
  ];
}
