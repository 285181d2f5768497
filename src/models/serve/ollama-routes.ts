import { Hono } from 'hono';
import { stream as streamed } from 'hono/streaming';
import { z } from 'zod';
import { choiceSchema } from '../parts/pocket/choice-schema.ts';
import {
  type ChatEnding,
  type ChatRequest,
  type PocketChat,
  written,
  type WrittenToken,
} from '../parts/pocket/chat.ts';
import { pocketFacts } from '../parts/pocket/files.ts';
import { jsonBody, messageSchema, none, one, parseBody, refuseUnsupported } from './chat-input.ts';
import { HttpProblem, problemOf } from './http-problem.ts';
import { pullFirst } from './pull-first.ts';
import { answerSignal, chatNamed, type ServedPockets } from './served-pocket.ts';

const optionsSchema = z.looseObject({
  temperature: z.number().min(0).max(100).nullish(),
  top_p: z.number().gt(0).max(1).nullish(),
  top_k: z.int().min(0).nullish(),
  min_p: z.number().min(0).max(1).nullish(),
  seed: z.int().nullish(),
  num_predict: z.int().min(-2).nullish(),
  num_ctx: z.int().min(1).nullish(),
  stop: z.union([z.string(), z.array(z.string()).max(16)]).nullish(),
});
const bodySchema = z.looseObject({
  model: z.string('model is required').min(1, 'model is required'),
  messages: z.array(messageSchema).nullish(),
  stream: z.boolean().nullish(),
  format: z.unknown().optional(),
  options: optionsSchema.nullish(),
  logprobs: z.boolean().nullish(),
  top_logprobs: z.int().min(0).max(20).nullish(),
});
type Body = z.output<typeof bodySchema>;
const showSchema = z.looseObject({ model: z.string().optional(), name: z.string().optional() });

const neutral = { tools: none, think: none, images: none };
const neutralOptions = {
  repeat_penalty: one,
  presence_penalty: none,
  frequency_penalty: none,
  mirostat: none,
  typical_p: one,
  tfs_z: one,
};

/** Ollama's native protocol, as far as chatting and listing go. */
export function ollamaRoutes(served: ServedPockets): Hono {
  const app = new Hono();
  const { clock, chats } = served;
  const named = (name: string) => chatNamed(served, name.replace(/:latest$/, ''));

  app.get('/version', (c) => c.json({ version: served.version }));
  app.get('/tags', (c) =>
    c.json({
      models: [...chats].map(([id, chat]) => ({
        name: `${id}:latest`,
        model: `${id}:latest`,
        modified_at: clock.timestamp(),
        size: pocketFacts(chat.card).parameters.total * 2,
        digest: chat.card.weights,
        details: details(chat),
      })),
    }),
  );
  app.post('/show', async (c) => {
    const { model, name } = parseBody(showSchema, await jsonBody(c.req.raw));
    const asked = model ?? name;
    if (!asked) throw new HttpProblem(400, 'invalid_request', 'model is required');
    const { card } = named(asked);
    const facts = pocketFacts(card);
    return c.json({
      parameters: 'temperature 1\ntop_p 1\ntop_k 0',
      template: '{{ .System }}\n{{ .Prompt }}',
      details: details(named(asked)),
      model_info: {
        'general.architecture': 'pocket',
        'general.parameter_count': facts.parameters.total,
        'pocket.context_length': facts.contextLength,
        'pocket.block_count': card.shape.layers,
        'pocket.embedding_length': card.shape.width,
        'pocket.attention.head_count': card.shape.heads,
      },
      capabilities: ['completion'],
      modified_at: clock.timestamp(),
    });
  });
  app.post('/chat', async (c) => {
    const startedMs = clock.monotonicMs();
    const body = parseBody(bodySchema, await jsonBody(c.req.raw));
    const chat = named(body.model);
    refuseUnsupported(body, neutral);
    refuseUnsupported(body.options ?? {}, neutralOptions, 'options.');
    const common = () => ({ model: body.model, created_at: clock.timestamp() });
    // Ollama's way to load a model without asking it anything.
    if (!body.messages?.length)
      return c.json({
        ...common(),
        message: { role: 'assistant', content: '' },
        done: true,
        done_reason: 'load',
      });
    const cancel = new AbortController();
    const pieces = chat.write(chatRequest(body), answerSignal(served, c.req.raw.signal, cancel.signal));
    const said = (content: string, tokens: readonly WrittenToken[]) => ({
      message: { role: 'assistant', content },
      ...(body.logprobs && tokens.length > 0 && { logprobs: tokens.map(logprobEntry) }),
    });
    const last = ({ reason, inputTokens, outputTokens }: ChatEnding) => {
      const ns = Math.round((clock.monotonicMs() - startedMs) * 1e6);
      return {
        done: true,
        done_reason: reason,
        total_duration: ns,
        load_duration: 0,
        prompt_eval_count: inputTokens,
        eval_count: outputTokens,
        eval_duration: ns,
      };
    };
    if (body.stream === false) {
      const { text, tokens, ending } = await written(pieces);
      return c.json({ ...common(), ...said(text, tokens), ...last(ending) });
    }
    const rest = await pullFirst(pieces);
    c.header('content-type', 'application/x-ndjson');
    return streamed(c, async (stream) => {
      stream.onAbort(() => cancel.abort());
      const send = (part: object) => stream.write(`${JSON.stringify(part)}\n`);
      try {
        let next = await rest.next();
        for (; !next.done; next = await rest.next()) {
          await send({ ...common(), ...said(next.value.text, next.value.tokens), done: false });
        }
        await send({ ...common(), ...said('', []), ...last(next.value) });
      } catch (error) {
        await send(ollamaError(problemOf(error)));
      }
    });
  });
  return app;
}

function details({ card }: PocketChat) {
  const { parameters } = pocketFacts(card);
  return {
    parent_model: '',
    format: 'safetensors',
    family: 'pocket',
    families: ['pocket'],
    parameter_size: `${(parameters.total / 1000).toFixed(1)}K`,
    quantization_level: 'F16',
  };
}

function chatRequest(body: Body): ChatRequest {
  const { format, messages } = body;
  const options = body.options ?? {};
  if (format === 'json') {
    throw new HttpProblem(
      400,
      'unsupported_parameter',
      'Embedded models write no JSON of their own. Give a schema with one choice among texts as "format".',
    );
  }
  const { num_ctx: contextLength, num_predict: most, seed, stop } = options;
  if (most === 0) throw new HttpProblem(400, 'invalid_request', '"options.num_predict" must not be 0.');
  return {
    messages: messages ?? [],
    sampling: {
      temperature: options.temperature ?? 1,
      topP: options.top_p ?? 1,
      topK: options.top_k ?? 0,
      minP: options.min_p ?? 0,
    },
    stop: typeof stop === 'string' ? [stop] : (stop ?? []),
    topLogprobs: body.logprobs ? (body.top_logprobs ?? 0) : 0,
    ...(typeof seed === 'number' && { seed }),
    ...(typeof contextLength === 'number' && { contextLength }),
    ...(typeof most === 'number' && most > 0 && { maxOutputTokens: most }),
    ...(most === -2 && { ignoreEnd: true }),
    ...(format !== undefined && format !== null && format !== '' && { choice: choiceSchema(format) }),
  };
}

function logprobEntry({ token, logprob, candidates }: WrittenToken) {
  return { token, logprob, ...(candidates.length > 0 && { top_logprobs: candidates }) };
}

/** An error as Ollama words it. */
export function ollamaError({ message }: HttpProblem) {
  return { error: message };
}
