import { z } from 'zod';
import type { JsonObject, ModelDefinition } from '../contracts/index.ts';
import { InputError } from '../core/index.ts';
import { serviceUrl } from './parts/service/api-key.ts';
import { wordsOf } from './parts/service/words.ts';
import {
  type ChatCall,
  charactersOf,
  type ChatReply,
  type ChatService,
} from './parts/service/chat-service.ts';
import { type JsonClient, jsonClient } from './parts/service/json-client.ts';
import { knownModel } from './parts/service/known-models.ts';
import { readLogprobs } from './parts/service/read-logprobs.ts';
import { readUsage } from './parts/service/read-usage.ts';
import { servedModel } from './parts/service/served-model.ts';
import {
  ContextOverflow,
  isOverflow,
  kindOfReported,
  reportedError,
  ServiceFault,
} from './parts/service/fault.ts';
import {
  bodyOption,
  connectionOptions,
  operationalServiceOptions,
  ownFields,
  refuseOwnFields,
  serviceOptions,
} from './parts/service/options.ts';
import { adapting, messagesFor, type SystemRole, systemRoleVariation } from './parts/service/variants.ts';

/**
 * A model that Ollama serves, over its native chat API: its OpenAI-compatible route ignores the context length
 * and cuts prompts without a word. The address is OLLAMA_HOST, or http://127.0.0.1:11434.
 */
export const ollamaOptions = z.strictObject({
  model: z.string('name the model, as in "ollama:qwen3:8b"').min(1).describe('The model’s name in Ollama.'),
  contextLength: z
    .int()
    .min(256)
    .max(10_000_000)
    .default(8192)
    .describe('Tokens of prompt and answer together (num_ctx).'),
  think: z
    .union([z.boolean(), z.enum(['low', 'medium', 'high'])])
    .default(false)
    .describe('Whether a reasoning model thinks before it answers, and how long.'),
  url: z.string().optional().describe('Address of the server; OLLAMA_HOST when absent.'),
  ...serviceOptions,
  ...connectionOptions,
  body: bodyOption,
});
export type OllamaOptions = z.output<typeof ollamaOptions>;

export const ollama: ModelDefinition<OllamaOptions> = {
  id: 'ollama',
  title: 'A model that Ollama serves here or elsewhere: ollama:<model>',
  revision: 1,
  optionsSchema: ollamaOptions,
  operationalOptions: [...operationalServiceOptions, 'url'],
  optionsFromArgument: (argument) => {
    if (argument === '') throw new InputError('A model is missing after "ollama:", as in "ollama:qwen3:8b".');
    return { model: argument };
  },
  create: async (options, context) => {
    const { model, limits, contextLength } = options;
    const name = `ollama:${model}`;
    const url = ownRoot(serviceUrl(options.url ?? hostFromEnvironment(), name));
    if (contextLength <= options.maxOutputTokens) {
      throw new InputError(
        `The model "${name}" has a contextLength of ${contextLength}, but its answers alone may take ` +
          `${options.maxOutputTokens} tokens (maxOutputTokens). Raise the one or lower the other.`,
      );
    }
    const nested = (options.body.options ?? {}) as JsonObject;
    refuseOwnFields(name, options.body, { ...ownFields(options), format: 'Use the option `answer`.' });
    refuseOwnFields(name, nested, ollamaOwnFields(options), 'body.options');
    const client = await jsonClient({
      baseUrl: url,
      headers: {},
      secrets: [],
      timeoutMs: limits.timeoutMs,
      connections: limits.concurrency,
      proxy: options.proxy,
      now: () => Date.parse(context.clock.timestamp()),
    });
    return servedModel(
      {
        name,
        service: ollamaService(client, options),
        options,
        facts: { ...knownModel('ollama', model)?.facts, contextLength, ...options.facts },
        prices: options.prices,
        throttleKey: url,
        contextLength,
        check: {
          model: plainName(model),
          listsAll: true,
          ifDown:
            'Start Ollama with `ollama serve`, or say where it is with OLLAMA_HOST or the option `url`.',
          ifMissing: `Get it with \`ollama pull ${model}\`.`,
          ifRefused: 'The server wants a key, which Ollama does not.',
        },
        telemetry: { provider: 'ollama', model, url },
      },
      context,
    );
  },
};

function ollamaOwnFields(options: OllamaOptions): Record<string, string> {
  const { temperature, seed } = ownFields(options);
  return {
    ...(temperature && { temperature }),
    ...(seed && { seed }),
    num_predict: 'Use the option `maxOutputTokens`.',
    num_ctx: 'Use the option `contextLength`.',
  };
}

/** The address without the paths of its protocols, which people copy from clients of OpenAI's and of its own. */
const ownRoot = (url: string) => url.replace(/\/(?:v1|api(?:\/chat)?)$/, '');

/** OLLAMA_HOST may be a host, a port, or both, with or without http://. */
function hostFromEnvironment(): string {
  const host = process.env.OLLAMA_HOST?.trim() || '127.0.0.1:11434';
  const url = /^https?:\/\//.test(host) ? host : `http://${host.startsWith(':') ? `127.0.0.1${host}` : host}`;
  const address = url.replace('//0.0.0.0', '//127.0.0.1').replace(/\/+$/, '');
  return /:\d+(\/.*)?$/.test(address) ? address : `${address}:11434`;
}

const loose = z.unknown().optional();
const chatAnswer = z.object({
  message: z.object({ content: loose, thinking: loose }),
  done: z.literal(true),
  done_reason: loose,
  prompt_eval_count: loose,
  eval_count: loose,
  logprobs: loose,
});

const modelList = z.object({ models: z.array(z.object({ name: z.string() })) });
const loadedList = z.object({
  models: z.array(z.object({ name: z.string(), context_length: z.int().positive().optional() })),
});

/** Ollama adds `:latest` to names without a tag. */
const plainName = (name: string) => name.replace(/:latest$/, '');

function ollamaService(client: JsonClient, options: OllamaOptions): ChatService {
  const { systemRole: setting } = options;
  const dialect = adapting<SystemRole>({ systemRole: setting ?? true }, systemRoleVariation(setting));
  return {
    send: async (call, signal) => {
      try {
        return await dialect.send(async (variant) => {
          const own = chatBody({ ...call, messages: messagesFor(call, variant) }, options);
          const more = options.body.options as JsonObject | undefined;
          const body = { ...own, ...options.body, options: { ...own.options, ...more } };
          const { answer, sent } = await client.post('/api/chat', body, signal);
          return { ...reply(answer, options, charactersOf(call)), sent };
        });
      } catch (error) {
        throw isOverflow(error) ? new ContextOverflow(error.message) : error;
      }
    },
    models: async (signal) => {
      const listed = modelList.safeParse(await client.get('/api/tags', signal));
      return listed.success ? listed.data.models.map(({ name }) => plainName(name)) : undefined;
    },
    contextLength: async (signal) => {
      const loaded = loadedList.safeParse(await client.get('/api/ps', signal));
      if (!loaded.success) return undefined;
      const wanted = plainName(options.model);
      return loaded.data.models.find(({ name }) => plainName(name) === wanted)?.context_length;
    },
    variant: () => (dialect.current.systemRole ? {} : { systemRole: false }),
    ...(client.proxy !== undefined && { proxy: client.proxy }),
    close: () => client.close(),
  };
}

function chatBody(call: ChatCall, { model, contextLength, think }: OllamaOptions) {
  return {
    model,
    messages: call.messages,
    stream: false,
    think,
    // Newer servers refuse a prompt that does not fit; older ones cut it, which `reply` notices.
    truncate: false,
    shift: false,
    ...(call.schema && { format: call.schema }),
    ...(call.topLogprobs !== undefined && { logprobs: true, top_logprobs: call.topLogprobs }),
    options: {
      temperature: call.temperature,
      seed: call.seed,
      num_predict: call.maxOutputTokens,
      num_ctx: contextLength,
    },
  };
}

function reply(answer: unknown, { contextLength, maxOutputTokens }: OllamaOptions, asked: number): ChatReply {
  const whole = Array.isArray(answer) ? assembled(answer) : answer;
  const error = reportedError(whole);
  if (error)
    throw new ServiceFault(kindOfReported(error), `The service reports: ${error.text}`, {
      status: error.status ?? 200,
    });
  const parsed = chatAnswer.safeParse(whole);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0];
    throw new ServiceFault('malformed', `The answer is none of Ollama’s (${path.join('.')}: ${message}).`);
  }
  const {
    message,
    done_reason: finish,
    prompt_eval_count: input,
    eval_count: output,
    logprobs,
  } = parsed.data;
  const said = wordsOf({ content: message.content, reasoning: message.thinking, finish });
  const { usage, ...counted } = readUsage({ input, output }, { asked, answered: said.text.length });
  const candidates = readLogprobs(logprobs);
  const { inputTokens } = usage;
  return {
    ...said,
    usage,
    ...counted,
    ...(candidates && { logprobs: candidates }),
    // A prompt that leaves no room for the longest answer may have been cut already.
    ...(inputTokens !== undefined && inputTokens + maxOutputTokens > contextLength && { truncated: true }),
  };
}

/** One answer from the lines of a stream that nobody asked for: the last one has the counts. */
function assembled(lines: readonly unknown[]): unknown {
  const failed = lines.find((line) => reportedError(line));
  if (failed !== undefined) return failed;
  const parsed = lines.flatMap((line) => streamed.safeParse(line).data ?? []);
  const text = (name: 'content' | 'thinking') => parsed.map(({ message }) => message?.[name] ?? '').join('');
  const logprobs = parsed.flatMap((line) => line.logprobs ?? []);
  const last = lines.at(-1) as object | undefined;
  return {
    ...last,
    message: { content: text('content'), thinking: text('thinking') },
    ...(logprobs.length > 0 && { logprobs }),
  };
}

const piece = z.string().nullish().catch(undefined);
const streamed = z.object({
  message: z.object({ content: piece, thinking: piece }).nullish().catch(undefined),
  logprobs: z.array(loose).nullish().catch(undefined),
});
