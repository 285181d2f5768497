import { z } from 'zod';
import type { JsonObject } from '../../contracts/index.ts';
import type { ChatCall, ChatReply, ChatService } from './chat-service.ts';
import type { JsonClient } from './json-client.ts';
import { ContextOverflow, isOverflow, ServiceFault } from './service-fault.ts';

export interface OpenAiChatOptions {
  readonly client: JsonClient;
  readonly model: string;
  /** OpenAI's newer models refuse `max_tokens`, most other servers know nothing else. */
  readonly outputTokensField: 'max_tokens' | 'max_completion_tokens';
  /** Further fields of the body, as they are. */
  readonly body: JsonObject;
}

const count = z.int().min(0).nullish().catch(undefined);

const candidate = z.object({ token: z.string(), logprob: z.number() });
const completion = z.object({
  choices: z
    .array(
      z.object({
        message: z.object({ content: z.string().nullish(), refusal: z.string().nullish() }),
        logprobs: z
          .object({ content: z.array(candidate.extend({ top_logprobs: z.array(candidate) })).nullish() })
          .nullish(),
      }),
    )
    .min(1),
  usage: z.object({ prompt_tokens: count, completion_tokens: count }).nullish().catch(undefined),
});

const modelList = z.object({ data: z.array(z.object({ id: z.string() })) });

/** The chat completions protocol of OpenAI, which most servers speak. */
export function openAiChatService({ client, model, outputTokensField, body }: OpenAiChatOptions): ChatService {
  return {
    send: async (call, signal) => {
      try {
        const { answer, sent } = await client.post(
          '/chat/completions',
          { ...chatBody(call, model, outputTokensField), ...body },
          signal,
        );
        return { ...reply(answer), sent };
      } catch (error) {
        throw isOverflow(error) ? new ContextOverflow(error.message) : error;
      }
    },
    models: async (signal) => {
      const listed = modelList.safeParse(await client.get('/models', signal));
      return listed.success ? listed.data.data.map(({ id }) => id) : undefined;
    },
    close: () => client.close(),
  };
}

function chatBody(
  { messages, maxOutputTokens, temperature, seed, schema, topLogprobs }: ChatCall,
  model: string,
  outputTokensField: string,
) {
  return {
    model,
    messages,
    temperature,
    seed,
    [outputTokensField]: maxOutputTokens,
    ...(schema && {
      response_format: { type: 'json_schema', json_schema: { name: 'answer', strict: true, schema } },
    }),
    ...(topLogprobs !== undefined && { logprobs: true, top_logprobs: topLogprobs }),
  };
}

function reply(answer: unknown): ChatReply {
  const parsed = completion.safeParse(answer);
  if (!parsed.success) {
    const { error } = answer as { error?: unknown };
    // Some gateways wrap the failure of the service behind them into a 200.
    if (error !== undefined && error !== null)
      throw new ServiceFault('server-error', `The service reports: ${JSON.stringify(error).slice(0, 300)}`);
    const { path, message } = parsed.error.issues[0];
    throw new ServiceFault('malformed', `The answer is no chat completion (${path.join('.')}: ${message}).`);
  }
  const [{ message, logprobs }] = parsed.data.choices;
  const { prompt_tokens: inputTokens, completion_tokens: outputTokens } = parsed.data.usage ?? {};
  return {
    text: message.content ?? message.refusal ?? '',
    usage: {
      ...(typeof inputTokens === 'number' && { inputTokens }),
      ...(typeof outputTokens === 'number' && { outputTokens }),
    },
    ...(logprobs?.content && {
      logprobs: logprobs.content.map(({ token, logprob, top_logprobs }) =>
        top_logprobs.length > 0 ? top_logprobs : [{ token, logprob }],
      ),
    }),
  };
}
