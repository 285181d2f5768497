import { writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import path from 'node:path';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { generateText, streamText } from 'ai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InputError, systemClock, UnknownIdError } from '../../core/index.ts';
import { untrainedModel } from '../../../test/support/tiny-pocket.ts';
import { type ModelServer, type ModelServerOptions, startModelServer } from './model-server.ts';

const folder = untrainedModel();
const options: ModelServerOptions = {
  port: 0,
  threads: 1,
  clock: systemClock,
  version: '1.2.3',
  models: ['untrained'],
  folders: { untrained: folder },
};
let server: ModelServer;
beforeAll(async () => {
  server = await startModelServer(options);
});
afterAll(() => server.close());

const post = (where: string, body: unknown) =>
  fetch(server.url + where, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) });
const user = (content: string) => [{ role: 'user', content }];
const schemaOf = (actions: readonly string[]) => ({
  type: 'object',
  properties: { action: { type: 'string', enum: actions }, confidence: { type: 'number' } },
  required: ['action', 'confidence'],
  additionalProperties: false,
});

interface Completion {
  readonly choices: readonly {
    readonly message: { readonly content: string };
    readonly finish_reason: string;
    readonly logprobs: {
      readonly content: readonly {
        readonly token: string;
        readonly logprob: number;
        readonly top_logprobs: readonly { readonly token: string; readonly logprob: number }[];
      }[];
    } | null;
  }[];
  readonly usage: Readonly<Record<string, number>>;
}
async function complete(over: object): Promise<Completion> {
  const response = await post('/v1/chat/completions', {
    model: 'untrained',
    messages: user('You are Ann'),
    ...over,
  });
  expect(response.status, await response.clone().text()).toBe(200);
  return (await response.json()) as Completion;
}
const said = async (over: object) => (await complete(over)).choices[0].message.content;
interface OllamaReply {
  readonly message: { readonly content: string };
  readonly done: boolean;
  readonly done_reason?: string;
  readonly prompt_eval_count?: number;
  readonly eval_count?: number;
}
async function ollama(over: object): Promise<OllamaReply[]> {
  const response = await post('/api/chat', { model: 'untrained', messages: user('You are Ann'), ...over });
  expect(response.status, await response.clone().text()).toBe(200);
  const text = await response.text();
  return text.trim().split('\n').map((line) => JSON.parse(line) as OllamaReply); // prettier-ignore
}

const long = { ignore_eos: true, max_tokens: 20 };

describe('free text', () => {
  it('is the same with the same seed, and another with others', async () => {
    const texts = await Promise.all([7, 7, 8, 9].map((seed) => said({ ...long, seed })));
    expect(texts[1]).toBe(texts[0]);
    expect(new Set(texts).size).toBe(3);
    expect(texts[0]).not.toBe('');
  });

  it('is drawn anew without a seed', async () => {
    // The likeliest text of this model has a chance of about a tenth: sixteen times the same would be no chance.
    const texts = await Promise.all(Array.from({ length: 16 }, () => said(long)));
    expect(new Set(texts).size).toBeGreaterThan(1);
  });

  it('comes with probabilities of the weights: the shares of many answers agree with them', async () => {
    const one = { max_tokens: 1, logprobs: true, top_logprobs: 5 };
    const replies = await Promise.all(Array.from({ length: 400 }, (_, seed) => complete({ ...one, seed })));
    const [{ top_logprobs: top }] = replies[0].choices[0].logprobs?.content ?? [];
    expect(top).toHaveLength(5);
    for (const { token, logprob } of top) {
      const share = replies.filter((r) => r.choices[0].logprobs?.content[0].token === token).length / 400;
      const p = Math.exp(logprob);
      // Four standard errors of a share.
      expect(Math.abs(share - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / 400) + 1e-9);
    }
  });

  it('is the most likely one at temperature 0, whatever the seed', async () => {
    const texts = await Promise.all([1, 2, 3].map((seed) => said({ ...long, seed, temperature: 0 })));
    expect(new Set(texts).size).toBe(1);
    expect(await said({ ...long, seed: 5, top_p: 1e-9 })).toBe(texts[0]);
  });

  it('ends where an answer ends, at the limit, or before a stop', async () => {
    const replies = await Promise.all(Array.from({ length: 20 }, (_, seed) => complete({ seed })));
    const plain = replies.find(({ choices }) => choices[0].finish_reason === 'stop');
    expect(plain?.usage.completion_tokens).toBe(1);
    const limited = await complete({ ...long, max_tokens: 4, seed: 3 });
    expect(limited.choices[0].finish_reason).toBe('length');
    expect(limited.usage).toEqual({ prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 });
    const whole = await said({ ...long, seed: 3 });
    const word = whole.split(' ').at(-1) ?? '';
    const stopped = await complete({ ...long, seed: 3, stop: [word] });
    expect(stopped.choices[0]).toMatchObject({
      finish_reason: 'stop',
      message: { content: whole.slice(0, whole.indexOf(word)) },
    });
  });

  it('fills the context and stops there', async () => {
    const { choices, usage } = await complete({ messages: user('Ann '.repeat(93)), ignore_eos: true });
    expect(choices[0].finish_reason).toBe('length');
    expect(usage).toMatchObject({ prompt_tokens: 93, completion_tokens: 4 });
  });

  it('streams the same text in pieces, over both protocols', async () => {
    const whole = await said({ ...long, seed: 11 });
    const response = await post('/v1/chat/completions', {
      ...{ model: 'untrained', messages: user('You are Ann'), ...long, seed: 11 },
      ...{ stream: true, stream_options: { include_usage: true } },
    });
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    const events = (await response.text()).trim().split('\n\n');
    expect(events.at(-1)).toBe('data: [DONE]');
    const chunks = events.slice(0, -1).map(
      (event) =>
        JSON.parse(event.replace('data: ', '')) as {
          choices: { delta: { content?: string }; finish_reason: string | null }[];
          usage: object | null;
        },
    );
    expect(chunks.length).toBeGreaterThan(5);
    expect(chunks.map((c) => c.choices[0]?.delta.content ?? '').join('')).toBe(whole);
    expect(chunks.at(-2)?.choices[0].finish_reason).toBe('length');
    expect(chunks.at(-1)?.usage).toEqual({ prompt_tokens: 3, completion_tokens: 20, total_tokens: 23 });

    const native = { seed: 11, num_predict: 20 };
    const [once] = await ollama({ options: native, stream: false });
    const pieces = await ollama({ options: native });
    expect(pieces.map((p) => p.message.content).join('')).toBe(once.message.content);
    expect(pieces.map((p) => p.done)).toEqual([...pieces.slice(1).map(() => false), true]);
    const same = await complete({ seed: 11, max_tokens: 20 });
    const [{ message, finish_reason: reason }] = same.choices;
    expect(once.message.content).toBe(message.content);
    expect(pieces.at(-1)).toMatchObject({ done_reason: reason, prompt_eval_count: 3 });
  });

  it('reads system messages as the prefix, and parts of text', async () => {
    const messages = [
      { role: 'system', content: 'The team is Ann or Bob.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'You are ' },
          { type: 'text', text: 'Ann' },
        ],
      },
    ];
    expect((await complete({ messages, seed: 1 })).usage.prompt_tokens).toBe(9);
  });
});

describe('a choice among texts', () => {
  const actions = ['stay', 'north', 'set red', 'jump'];
  const choice = {
    response_format: { type: 'json_schema', json_schema: { name: 'a', schema: schemaOf(actions) } },
  };

  it('never leaves the list, and is drawn with the exact probabilities', async () => {
    const asked = Array.from({ length: 300 }, (_, seed) =>
      complete({ ...choice, seed, logprobs: true, top_logprobs: 20 }),
    );
    const replies = await Promise.all(asked);
    const counts = new Map(actions.map((action) => [action, 0]));
    for (const reply of replies) {
      const answer = JSON.parse(reply.choices[0].message.content) as { action: string; confidence: number };
      expect(Object.keys(answer)).toEqual(['action', 'confidence']);
      expect(actions).toContain(answer.action);
      counts.set(answer.action, (counts.get(answer.action) ?? 0) + 1);
      const [before, word, after] = reply.choices[0].logprobs?.content ?? [];
      expect(before.token + word.token + after.token).toBe(reply.choices[0].message.content);
      expect(answer.confidence).toBeCloseTo(Math.exp(word.logprob), 5);
      expect(word.top_logprobs.map(({ token }) => token).sort()).toEqual([...actions].sort());
    }
    const [, { top_logprobs: exact }] = replies[0].choices[0].logprobs?.content ?? [];
    expect(exact.reduce((sum, { logprob }) => sum + Math.exp(logprob), 0)).toBeCloseTo(1, 9);
    for (const { token, logprob } of exact) {
      const p = Math.exp(logprob);
      const bound = 4 * Math.sqrt((p * (1 - p)) / 300) + 1e-9;
      expect(Math.abs((counts.get(token) ?? 0) / 300 - p)).toBeLessThan(bound);
    }
  });

  it('has free words beside it where the schema asks for them', async () => {
    const { properties, required } = schemaOf(actions);
    const schema = { ...schemaOf(actions), properties: { message: { type: 'string' }, ...properties }, required: ['message', ...required] }; // prettier-ignore
    const format = { type: 'json_schema', json_schema: { name: 'a', schema } };
    const replies = await Promise.all(
      Array.from({ length: 10 }, (_, seed) =>
        complete({ response_format: format, seed, logprobs: true, top_logprobs: 2 }),
      ),
    );
    const answers = replies.map((r) => JSON.parse(r.choices[0].message.content) as Record<string, unknown>);
    expect(new Set(answers.map(({ message }) => message)).size).toBeGreaterThan(3);
    for (const [k, answer] of answers.entries()) {
      expect(Object.keys(answer)).toEqual(['message', 'action', 'confidence']);
      expect(actions).toContain(answer.action);
      const certain = replies[k].choices[0].logprobs?.content.filter(({ logprob }) => logprob === 0) ?? [];
      expect(certain[0].token).toBe('{"message":"');
    }
  });

  it('is the same over Ollama’s protocol', async () => {
    for (const seed of [1, 2, 3]) {
      const [reply] = await ollama({ format: schemaOf(actions), options: { seed }, stream: false });
      expect(reply.message.content).toBe(await said({ ...choice, seed }));
    }
  });
});

describe('wrong requests', () => {
  const chat = (over: object) => ({ model: 'untrained', messages: user('Ann'), ...over });
  const withSchema = (schema: unknown) =>
    chat({ response_format: { type: 'json_schema', json_schema: { name: 'a', schema } } });
  const properties = (p: object) => ({ type: 'object', properties: p, required: Object.keys(p) });
  const choose = { type: 'string', enum: ['stay', 'north'] };

  it.each<[string, unknown, number, RegExp]>([
    ['no JSON', '{"model":', 400, /no valid JSON/],
    ['no model', { messages: user('Ann') }, 400, /"model": name a model/],
    ['an unknown model', { ...chat({}), model: 'gpt-9' }, 404, /'gpt-9' not found.*untrained/],
    ['no messages', chat({ messages: [] }), 400, /at least one message/],
    ['a picture', chat({ messages: [{ role: 'user', content: [{ type: 'image_url' }] }] }), 400, /only text/],
    ['a tool’s message', chat({ messages: [{ role: 'tool', content: '' }] }), 400, /only system, developer/],
    ['tools', chat({ tools: [{ type: 'function' }] }), 400, /do not support "tools"/],
    ['a penalty', chat({ frequency_penalty: 0.5 }), 400, /do not support "frequency_penalty"/],
    ['several answers', chat({ n: 2 }), 400, /do not support "n"/],
    ['a temperature below 0', chat({ temperature: -1 }), 400, /"temperature"/],
    ['a top_p of 0', chat({ top_p: 0 }), 400, /"top_p"/],
    ['a fraction of a token', chat({ max_tokens: 0.5 }), 400, /"max_tokens"/],
    [
      'a prompt longer than the context',
      chat({ messages: user('Ann '.repeat(97)) }),
      400,
      /context length is 160 tokens: 64 of system messages and 96 of all other.* have 97/,
    ],
    [
      'rules longer than the context',
      chat({ messages: [{ role: 'system', content: 'Bob '.repeat(65) }, ...user('Ann')] }),
      400,
      /context length is 160 tokens.*system messages have 65/,
    ],
    ['JSON without a schema', chat({ response_format: { type: 'json_object' } }), 400, /json_schema/],
    ['a schema of numbers', withSchema({ type: 'number' }), 400, /type "number"/],
    [
      'a schema without a choice',
      withSchema(properties({ move: { type: 'string' } })),
      400,
      /No property is a choice among texts/,
    ],
    ['two choices', withSchema(properties({ a: choose, b: choose })), 400, /"a" and "b" are both choices/],
    ['a nested schema', withSchema({ anyOf: [choose] }), 400, /type \(none\)/],
    ['a pattern', withSchema({ ...choose, pattern: 'x' }), 400, /uses "pattern"/],
    ['no actions', withSchema(properties({ action: { enum: [] } })), 400, /nothing to choose from/],
    ['numbers to choose from', withSchema({ enum: [1, 2] }), 400, /lists 1, which is no text/],
    ['a text twice', withSchema({ enum: ['stay', 'stay'] }), 400, /twice/],
    [
      'choices that read the same',
      withSchema({ enum: ['stay', 'stay.'] }),
      400,
      /"stay" and "stay\." are the same words/,
    ],
    [
      'too few tokens for a choice',
      { ...withSchema({ enum: ['stay', 'jump'] }), max_tokens: 3 },
      400,
      /takes at least 6 tokens/,
    ],
  ])('%s, over OpenAI’s protocol', async (_, body, status, message) => {
    // prettier-ignore
    const response = await post('/v1/chat/completions', body);
    const { error } = (await response.json()) as { error: { message: string; type: string; code: string } };
    expect(error.message).toMatch(message);
    expect(response.status).toBe(status);
    expect(error.type).toBe('invalid_request_error');
    expect(error.code).toMatch(/^[a-z_]+$/);
  });

  it.each<[string, unknown, number, RegExp]>([
    ['no JSON', '[', 400, /no valid JSON/],
    ['no model', { messages: user('Ann') }, 400, /model is required/],
    ['an unknown model', { ...chat({}), model: 'llama3' }, 404, /model 'llama3' not found/],
    ['tools', chat({ tools: [{}] }), 400, /do not support "tools"/],
    ['thinking', chat({ think: true }), 400, /do not support "think"/],
    ['a penalty', chat({ options: { repeat_penalty: 1.1 } }), 400, /"options\.repeat_penalty"/],
    ['JSON without a schema', chat({ format: 'json' }), 400, /schema/],
    ['another schema', chat({ format: { type: 'array' } }), 400, /type "array"/],
    ['a prompt longer than the context', chat({ messages: user('Ann '.repeat(97)) }), 400, /context length/],
    [
      'a prompt longer than num_ctx',
      chat({ options: { num_ctx: 3 }, messages: user('Ann Ann Ann') }),
      400,
      /at least 4 tokens.*context length of this request is 3/,
    ],
  ])('%s, over Ollama’s protocol', async (_, body, status, message) => {
    const response = await post('/api/chat', body);
    const { error } = (await response.json()) as { error: string };
    expect(error).toMatch(message);
    expect(response.status).toBe(status);
  });

  it('a body that is far too large is refused unread', async () => {
    const huge = chat({ messages: user('Ann '.repeat(400_000)) });
    for (const where of ['/v1/chat/completions', '/api/chat'])
      expect((await post(where, huge)).status).toBe(413);
  });

  it('an unknown path is answered in its protocol’s way', async () => {
    const openAi = await post('/v1/embeddings', {});
    expect([openAi.status, await openAi.json()]).toMatchObject([404, { error: { code: 'not_found' } }]);
    const native = await post('/api/generate', {});
    expect([native.status, await native.json()]).toEqual([
      404,
      { error: 'There is no POST /api/generate here.' },
    ]);
  });
});

describe('a request without system messages', () => {
  // The untrained model has one layer, where what is no number would not spread.
  let real: ModelServer;
  beforeAll(async () => {
    real = await startModelServer({ ...options, folders: {}, models: ['pocket-4k'] });
  });
  afterAll(() => real.close());
  const ask = async (messages: unknown, over: object = {}) => {
    const body = JSON.stringify({ model: 'pocket-4k', seed: 1, messages, ...over });
    const response = await fetch(`${real.url}/v1/chat/completions`, { method: 'POST', body });
    expect(response.status, await response.clone().text()).toBe(200);
    return (await response.json()) as Completion;
  };
  const ann = { role: 'user', content: 'You are Ann. Choose: stay, north.' };

  it('is answered at any temperature, from probabilities that are numbers', async () => {
    for (const temperature of [0, 1e-300, 1, 100]) {
      const { choices } = await ask([ann], { temperature, logprobs: true, top_logprobs: 20 });
      const [{ top_logprobs: top }] = choices[0].logprobs?.content ?? [];
      expect(top).toHaveLength(20);
      for (const { logprob } of top) expect(logprob).toBeLessThanOrEqual(0);
    }
  });

  it.each<[what: string, messages: unknown]>([
    ['with an empty system message', [{ role: 'system', content: '' }, ann]],
    ['with a system message of marks', [{ role: 'system', content: '...' }, ann]],
    ['with a system message alone', [{ role: 'system', content: 'Rules.' }]],
    [
      'with system messages last',
      [ann, { role: 'system', content: 'Rules.' }, { role: 'developer', content: 'More.' }],
    ],
    [
      'that begins and ends with the assistant',
      [{ role: 'assistant', content: 'north' }, ann, { role: 'assistant', content: 'I' }],
    ],
    ['with two users in a row', [ann, ann]],
    ['with an empty text', [{ role: 'user', content: '' }]],
    ['with no parts', [{ role: 'user', content: [] }]],
    ['with nothing', [{ role: 'assistant', content: null }, { role: 'user' }]],
  ])('is answered %s', async (_, messages) => {
    const { choices, usage } = await ask(messages, { temperature: 0, max_tokens: 3 });
    expect(choices[0].finish_reason).toMatch(/stop|length/);
    expect(usage.completion_tokens).toBeGreaterThan(0);
  });

  it('is answered over Ollama’s protocol', async () => {
    const body = JSON.stringify({
      model: 'pocket-4k',
      stream: false,
      messages: [ann],
      options: { temperature: 0 },
    });
    const response = await fetch(`${real.url}/api/chat`, { method: 'POST', body });
    expect(await response.json()).toMatchObject({ done: true, message: { role: 'assistant' } });
  });

  it('is held to a choice', async () => {
    const format = { type: 'json_schema', json_schema: { name: 'a', schema: schemaOf(['stay', 'north']) } };
    const { choices } = await ask([ann], { response_format: format, temperature: 0 });
    expect(JSON.parse(choices[0].message.content)).toMatchObject({ confidence: 1 });
  });
});

describe('whom it answers', () => {
  const ask = (headers: Record<string, string>, method: 'GET' | 'POST' = 'GET', path = '/v1/models') =>
    new Promise<{ status?: number; text: string }>((resolve, reject) => {
      const { port } = new URL(server.url);
      const request = httpRequest({ host: '127.0.0.1', port, path, method, headers }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
        response.on('end', () => resolve({ status: response.statusCode, text }));
      });
      request.on('error', reject);
      request.end(
        method === 'POST' ? JSON.stringify({ model: 'untrained', messages: user('Ann') }) : undefined,
      );
    });

  it('programs, and pages of this machine', async () => {
    for (const host of ['localhost', 'localhost:1234', '127.0.0.1', '[::1]:9'])
      expect((await ask({ host })).status).toBe(200);
    expect((await ask({ origin: 'http://localhost:3000' }, 'POST', '/v1/chat/completions')).status).toBe(200);
  });

  it('no other site under a name of its own, nor any of its pages', async () => {
    const renamed = await ask({ host: 'evil.example' });
    expect([renamed.status, renamed.text]).toEqual([421, expect.stringContaining('unknown_host') as string]);
    for (const origin of ['https://evil.example', 'null', 'http://localhost.evil.example']) {
      const foreign = await ask({ origin }, 'POST', '/v1/chat/completions');
      expect([foreign.status, foreign.text]).toEqual([
        403,
        expect.stringContaining('foreign_origin') as string,
      ]);
      expect(JSON.parse((await ask({ origin }, 'POST', '/api/chat')).text)).toEqual({
        error: expect.stringContaining('this machine') as string,
      });
    }
  });

  it('without repeating what it was sent, keys least of all', async () => {
    const key = 'sk-very-secret';
    const wrong = await ask(
      { authorization: `Bearer ${key}`, 'x-api-key': key },
      'GET',
      `/v1/nothing?key=${key}`,
    );
    expect([wrong.status, wrong.text.includes(key)]).toEqual([404, false]);
    const long = await post('/v1/chat/completions', { model: 'x'.repeat(100_000), messages: user('Ann') });
    expect((await long.text()).length).toBeLessThan(500);
  });
});

describe('what is listed', () => {
  it('names the models over both protocols', async () => {
    const get = async (where: string) => (await fetch(server.url + where)).json() as Promise<unknown>;
    expect(await get('/v1/models')).toMatchObject({
      object: 'list',
      data: [{ id: 'untrained', context_length: 160 }],
    });
    expect(await get('/v1/models/untrained')).toMatchObject({ id: 'untrained', object: 'model' });
    expect(await get('/api/tags')).toMatchObject({ models: [{ name: 'untrained:latest' }] });
    expect(await get('/api/version')).toEqual({ version: '1.2.3' });
    const shown = await post('/api/show', { model: 'untrained:latest' });
    expect(await shown.json()).toMatchObject({ model_info: { 'pocket.context_length': 160 } });
    // Loading a model without asking it anything.
    expect(await ollama({ messages: [] })).toMatchObject([{ done: true, done_reason: 'load' }]);
  });
});

describe('the AI SDK', () => {
  const model = () =>
    createOpenAICompatible({ name: 'pocket', baseURL: `${server.url}/v1`, includeUsage: true })('untrained');

  it('generates', async () => {
    const { text, usage } = await generateText({ model: model(), prompt: 'You are Ann', seed: 4 });
    expect(text).toBe(await said({ seed: 4 }));
    expect(usage).toMatchObject({ inputTokens: 3 });
  });

  it('streams', async () => {
    const { textStream, usage } = streamText({ model: model(), prompt: 'You are Ann', seed: 4 });
    let text = '';
    for await (const piece of textStream) text += piece;
    expect(text).toBe(await said({ seed: 4 }));
    expect((await usage).inputTokens).toBe(3);
  });

  it('is told what is wrong', async () => {
    const missing = createOpenAICompatible({ name: 'pocket', baseURL: `${server.url}/v1` })('other');
    await expect(generateText({ model: missing, prompt: 'Ann', maxRetries: 0 })).rejects.toMatchObject({
      name: 'AI_APICallError',
      statusCode: 404,
    });
  });
});

describe('a server', () => {
  it('refuses an answer that takes longer than it may', async () => {
    const hasty = await startModelServer({ ...options, answerMs: 1 });
    const body = { model: 'untrained', messages: user('Ann'), ignore_eos: true };
    const late = await fetch(`${hasty.url}/v1/chat/completions`, {
      method: 'POST',
      body: JSON.stringify(body),
    });
    expect([late.status, await late.json()]).toMatchObject([
      503,
      { error: { code: 'timeout', message: expect.stringContaining('max_tokens') as string } },
    ]);
    await hasty.close();
  });

  it('closes with an answer under way, which arrives', async () => {
    const other = await startModelServer({ ...options, graceMs: 600_000 });
    const answer = fetch(`${other.url}/v1/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({ model: 'untrained', messages: user('Ann'), ignore_eos: true, stream: true }),
    });
    const response = await answer;
    const [, text] = await Promise.all([other.close(), response.text()]);
    expect(response.status).toBe(200);
    expect(text.trimEnd().endsWith('data: [DONE]')).toBe(true);
    await expect(fetch(`${other.url}/v1/models`)).rejects.toThrow();
  });

  it('goes on when a client hangs up', async () => {
    const cancel = new AbortController();
    const body = JSON.stringify({
      model: 'untrained',
      messages: user('Ann'),
      ignore_eos: true,
      stream: true,
    });
    const gone = fetch(`${server.url}/v1/chat/completions`, { method: 'POST', body, signal: cancel.signal });
    await (await gone).body?.getReader().read();
    cancel.abort();
    expect(await said({ seed: 2 })).toBe(await said({ seed: 2 }));
  });

  it('refuses to start on a taken port, with an unknown model or with damaged weights', async () => {
    const port = Number(new URL(server.url).port);
    await expect(startModelServer({ ...options, port })).rejects.toThrow(/is taken.*--port/);
    await expect(startModelServer({ ...options, models: ['pocket-9'] })).rejects.toThrow(UnknownIdError);
    const broken = untrainedModel();
    writeFileSync(path.join(broken, 'weights.safetensors'), 'nothing');
    const start = startModelServer({ ...options, folders: { untrained: broken } });
    await expect(start).rejects.toThrow(InputError);
    await expect(start).rejects.toThrow(/weights\.safetensors.*checksum/);
  });
});
