import { type Model, type TextRequest } from '../../../contracts/index.ts';
import { chatMessages } from '../service/text.ts';
import { choiceSchema } from './choice-schema.ts';
import { type ChatRequest, pocketChat, PromptTooLong, written } from './chat.ts';
import { plainSampling } from '../service/sampling.ts';
import type { PocketFiles } from './files.ts';
import type { PocketPool } from './pool.ts';

/**
 * Text of an embedded model: words drawn from its weights, as long as the answers that it was trained on, which are an
 * action each. A schema can hold one choice among texts.
 *
 * @throws InputError from a request whose schema it cannot be held to
 */
export function pocketWriter(files: PocketFiles, pool: PocketPool): NonNullable<Model['generate']> {
  const chat = pocketChat(files, pool);
  return async (request, signal) => {
    signal?.throwIfAborted();
    try {
      const { text, ending } = await written(chat.write(chatRequest(request), signal));
      const { inputTokens, outputTokens } = ending;
      return { text, usage: { inputTokens, outputTokens } };
    } catch (error) {
      if (error instanceof PromptTooLong) return { text: '', usage: {}, truncated: true };
      throw error;
    }
  };
}

function chatRequest(request: TextRequest): ChatRequest {
  const { maxTokens, temperature, seed, schema } = request;
  return {
    messages: chatMessages(request),
    sampling: { ...plainSampling, temperature },
    seed,
    maxOutputTokens: maxTokens,
    stop: [],
    topLogprobs: 0,
    ...(schema && { choice: choiceSchema(schema) }),
  };
}
