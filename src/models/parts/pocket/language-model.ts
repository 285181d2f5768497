import {
  type LanguageModelV3,
  type LanguageModelV3CallOptions,
  type LanguageModelV3FinishReason,
  type LanguageModelV3StreamPart,
  type LanguageModelV3Usage,
  type SharedV3Warning,
  UnsupportedFunctionalityError,
} from '@ai-sdk/provider';
import type { ChatMessage } from '../service/chat-service.ts';
import { choiceSchema } from './choice-schema.ts';
import { type ChatEnding, type ChatRequest, type PocketChat, written } from './chat.ts';

/** An embedded model for the AI SDK. `close` ends its threads; a program can also just end. */
export interface PocketLanguageModel extends LanguageModelV3 {
  close(): Promise<void>;
}

/**
 * An embedded model as a language model of the AI SDK (specification v3). Text is sampled from the weights with
 * temperature, top-p, top-k, seed and stop sequences; a JSON schema with one choice among texts is held by masking.
 *
 * @param open called with the first request
 */
export function pocketLanguageModel(id: string, open: () => Promise<PocketChat>): PocketLanguageModel {
  let opened: Promise<PocketChat> | undefined;
  const start = async (options: LanguageModelV3CallOptions) => {
    const request = chatRequest(options);
    opened ??= open();
    const chat = await opened;
    return { pieces: chat.write(request, options.abortSignal), warnings: warningsOf(options) };
  };
  return {
    specificationVersion: 'v3',
    provider: 'agentmesh-stm',
    modelId: id,
    supportedUrls: {},
    doGenerate: async (options) => {
      const { pieces, warnings } = await start(options);
      const { text, ending } = await written(pieces);
      return { content: [{ type: 'text', text }], ...finishOf(ending), warnings };
    },
    doStream: async (options) => {
      const { pieces, warnings } = await start(options);
      const parts = async function* (): AsyncGenerator<LanguageModelV3StreamPart, void, unknown> {
        yield { type: 'stream-start', warnings };
        yield { type: 'text-start', id: 'text' };
        try {
          let next = await pieces.next();
          for (; !next.done; next = await pieces.next()) {
            yield { type: 'text-delta', id: 'text', delta: next.value.text };
          }
          yield { type: 'text-end', id: 'text' };
          yield { type: 'finish', ...finishOf(next.value) };
        } catch (error) {
          yield { type: 'error', error };
        }
      };
      return { stream: streamOf(parts()) };
    },
    close: async () => {
      const chat = opened;
      opened = undefined;
      await (await chat)?.close();
    },
  };
}

function streamOf<T>(parts: AsyncGenerator<T, void, unknown>): ReadableStream<T> {
  return new ReadableStream<T>({
    pull: async (controller) => {
      const next = await parts.next();
      if (next.done) controller.close();
      else controller.enqueue(next.value);
    },
    cancel: async () => {
      await parts.return();
    },
  });
}

function chatRequest(options: LanguageModelV3CallOptions): ChatRequest {
  const { responseFormat: format, seed, maxOutputTokens } = options;
  if (options.tools?.length) throw new UnsupportedFunctionalityError({ functionality: 'tools' });
  if (format?.type === 'json' && !format.schema) {
    throw new UnsupportedFunctionalityError({
      functionality: 'JSON without a schema',
      message: 'Embedded models write no JSON of their own. Give a schema with one choice among texts.',
    });
  }
  return {
    messages: options.prompt.map(message),
    sampling: {
      temperature: options.temperature ?? 1,
      topP: options.topP ?? 1,
      topK: options.topK ?? 0,
      minP: 0,
    },
    stop: options.stopSequences ?? [],
    topLogprobs: 0,
    ...(seed !== undefined && { seed }),
    ...(maxOutputTokens !== undefined && { maxOutputTokens }),
    ...(format?.type === 'json' && { choice: choiceSchema(format.schema) }),
  };
}

function message({ role, content }: LanguageModelV3CallOptions['prompt'][number]): ChatMessage {
  if (role === 'system') return { role, content };
  if (role === 'tool') throw new UnsupportedFunctionalityError({ functionality: 'tool messages' });
  const texts = content.map((part) => {
    if (part.type === 'text' || part.type === 'reasoning') return part.text;
    throw new UnsupportedFunctionalityError({ functionality: `message parts of type "${part.type}"` });
  });
  return { role, content: texts.join('') };
}

/** What the AI SDK lets pass with a warning. */
function warningsOf(options: LanguageModelV3CallOptions): SharedV3Warning[] {
  return (['presencePenalty', 'frequencyPenalty'] as const)
    .filter((name) => options[name] !== undefined && options[name] !== 0)
    .map((feature) => ({ type: 'unsupported', feature, details: 'embedded models have no penalties' }));
}

function finishOf({ reason, inputTokens, outputTokens }: ChatEnding): {
  finishReason: LanguageModelV3FinishReason;
  usage: LanguageModelV3Usage;
} {
  return {
    finishReason: { unified: reason, raw: reason },
    usage: {
      inputTokens: { total: inputTokens, noCache: undefined, cacheRead: undefined, cacheWrite: undefined },
      outputTokens: { total: outputTokens, text: outputTokens, reasoning: undefined },
    },
  };
}
