import { randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import { z } from 'zod';
import { choiceSchema } from '../parts/pocket/choice-schema.ts';
import { type ChatEnding, type ChatRequest, written, type WrittenToken } from '../parts/pocket/chat.ts';
import { pocketFacts } from '../parts/pocket/files.ts';
import { jsonBody, messageSchema, none, parseBody, refuseUnsupported } from './chat-input.ts';
import { HttpProblem, problemOf } from './http-problem.ts';
import { answerSignal, chatNamed, type ServedPockets } from './served-pocket.ts';
import { pullFirst } from './pull-first.ts';

const tokens = z.int().min(1).nullish();
const bodySchema = z.looseObject({
  model: z.string('name a model'),
  messages: z.array(messageSchema, 'list the messages').min(1, 'list at least one message'),
  temperature: z.number().min(0).max(100).nullish(),
  top_p: z.number().gt(0).max(1).nullish(),
  top_k: z.int().min(-1).nullish(),
  min_p: z.number().min(0).max(1).nullish(),
  seed: z.int().nullish(),
  max_tokens: tokens,
  max_completion_tokens: tokens,
  stop: z.union([z.string(), z.array(z.string()).max(16)]).nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  logprobs: z.boolean().nullish(),
  top_logprobs: z.int().min(0).max(20).nullish(),
  ignore_eos: z.boolean().nullish(),
  response_format: z
    .discriminatedUnion('type', [
      z.looseObject({ type: z.literal('text') }),
      z.looseObject({ type: z.literal('json_object') }),
      z.looseObject({ type: z.literal('json_schema'), json_schema: z.looseObject({ schema: z.unknown() }) }),
    ])
    .nullish(),
});
type Body = z.output<typeof bodySchema>;

const neutral = {
  n: (value: unknown) => value === 1,
  frequency_penalty: none,
  presence_penalty: none,
  repetition_penalty: (value: unknown) => value === 1,
  logit_bias: none,
  tools: none,
  functions: none,
  audio: none,
  prediction: none,
  web_search_options: none,
};

/** The chat completions protocol of OpenAI, version 1. */
export function openAiRoutes(served: ServedPockets): Hono {
  const app = new Hono();
  const now = () => Math.floor(Date.parse(served.clock.timestamp()) / 1000);
  const describe = (id: string) => {
    const { contextLength } = pocketFacts(chatNamed(served, id).card);
    return { id, object: 'model', created: now(), owned_by: 'agentmesh-stm', context_length: contextLength };
  };

  app.get('/models', (c) => c.json({ object: 'list', data: [...served.chats.keys()].map(describe) }));
  app.get('/models/:id', (c) => c.json(describe(c.req.param('id'))));
  app.post('/chat/completions', async (c) => {
    const body = parseBody(bodySchema, await jsonBody(c.req.raw));
    const chat = chatNamed(served, body.model);
    refuseUnsupported(body, neutral);
    const common = {
      id: `chatcmpl-${randomUUID()}`,
      created: now(),
      model: body.model,
      system_fingerprint: chat.card.weights.slice(0, 12),
    };
    const cancel = new AbortController();
    const pieces = chat.write(chatRequest(body), answerSignal(served, c.req.raw.signal, cancel.signal));
    const logprobsOf = (some: readonly WrittenToken[]) =>
      body.logprobs ? { content: some.map(logprobEntry), refusal: null } : null;

    if (!body.stream) {
      const { text, tokens: said, ending } = await written(pieces);
      const message = { role: 'assistant', content: text, refusal: null };
      const choice = { index: 0, message, logprobs: logprobsOf(said), finish_reason: ending.reason };
      return c.json({ ...common, object: 'chat.completion', choices: [choice], usage: usageOf(ending) });
    }

    // What is wrong with the request shows before the first piece, while it can still have a status.
    const rest = await pullFirst(pieces);
    return streamSSE(c, async (stream) => {
      stream.onAbort(() => cancel.abort());
      const withUsage = body.stream_options?.include_usage === true;
      const send = (part: object) =>
        stream.writeSSE({
          data: JSON.stringify({
            ...common,
            object: 'chat.completion.chunk',
            ...(withUsage && { usage: null }),
            ...part,
          }),
        });
      const choice = (delta: object, finish: string | null, some: readonly WrittenToken[] = []) => ({
        choices: [
          { index: 0, delta, logprobs: some.length > 0 ? logprobsOf(some) : null, finish_reason: finish },
        ],
      });
      try {
        await send(choice({ role: 'assistant', content: '' }, null));
        let next = await rest.next();
        for (; !next.done; next = await rest.next()) {
          await send(choice({ content: next.value.text }, null, next.value.tokens));
        }
        await send(choice({}, next.value.reason));
        if (withUsage) await send({ choices: [], usage: usageOf(next.value) });
      } catch (error) {
        await stream.writeSSE({ data: JSON.stringify(openAiError(problemOf(error))) });
      }
      await stream.writeSSE({ data: '[DONE]' });
    });
  });
  return app;
}

function chatRequest(body: Body): ChatRequest {
  const { response_format: format, stop, seed } = body;
  if (format?.type === 'json_object') {
    throw new HttpProblem(
      400,
      'unsupported_parameter',
      'Embedded models write no JSON of their own. Use response_format "json_schema" with one choice among texts.',
    );
  }
  if (body.top_logprobs && !body.logprobs)
    throw new HttpProblem(400, 'invalid_request', '"top_logprobs" needs "logprobs": true.');
  const most = body.max_completion_tokens ?? body.max_tokens;
  return {
    messages: body.messages,
    sampling: {
      temperature: body.temperature ?? 1,
      topP: body.top_p ?? 1,
      topK: Math.max(0, body.top_k ?? 0),
      minP: body.min_p ?? 0,
    },
    stop: typeof stop === 'string' ? [stop] : (stop ?? []),
    topLogprobs: body.top_logprobs ?? 0,
    ...(typeof seed === 'number' && { seed }),
    ...(typeof most === 'number' && { maxOutputTokens: most }),
    ...(format?.type === 'json_schema' && { choice: choiceSchema(format.json_schema.schema) }),
    ...(body.ignore_eos && { ignoreEnd: true }),
  };
}

function usageOf({ inputTokens, outputTokens }: ChatEnding) {
  return {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
  };
}

const bytesOf = (token: string) => [...new TextEncoder().encode(token)];

function logprobEntry({ token, logprob, candidates }: WrittenToken) {
  return {
    token,
    logprob,
    bytes: bytesOf(token),
    top_logprobs: candidates.map((c) => ({ token: c.token, logprob: c.logprob, bytes: bytesOf(c.token) })),
  };
}

/** An error as OpenAI words it. */
export function openAiError({ status, code, message }: HttpProblem) {
  const type = status >= 500 ? 'server_error' : 'invalid_request_error';
  return { error: { message, type, param: null, code } };
}
