import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { JsonObject, Model, ModelDefinition } from '../contracts/index.ts';
import { ollama } from './ollama.ts';
import { openaiCompatible } from './openai-compatible.ts';
import { completion, type OddAnswer, oddService } from '../../test/support/odd-service.ts';
import { leapingClock } from '../../test/support/virtual-clock.ts';
import { askModel, probeModel, type Decision, type DecisionRequest } from '../episode/asking/index.ts';

/**
 * Answers of services as they are reported in public: each is read, or is a counted fault and asked again. None is a
 * TypeError, and none loses a run.
 */
const request: DecisionRequest = {
  prefix: 'Rules.',
  prompt: 'You are Ann. Choose: stay, north.',
  actions: ['stay', 'north'],
  temperature: 0.7,
  seed: 42,
};
const north = '{"action": "north", "confidence": 0.9}';

async function modelOf<O extends JsonObject>(definition: ModelDefinition<O>, options: JsonObject) {
  const faults: string[] = [];
  const context = {
    clock: leapingClock().clock,
    workers: 1,
    onFault: (_: string, kind: string) => faults.push(kind),
  };
  const model: Model = await definition.create(definition.optionsSchema.parse(options), context);
  onTestFinished(() => model.close());
  return { model, faults };
}
const compatible = (origin: string, over: JsonObject = {}) =>
  modelOf(openaiCompatible, { url: `${origin}/v1`, model: 'm', ...over });
const native = (origin: string, over: JsonObject = {}) =>
  modelOf(ollama, { model: 'm', url: origin, ...over });

const chosen = ({ action }: Decision) => (action === undefined ? undefined : request.actions[action]);

const ollamaAnswer = (message: JsonObject, more: JsonObject = {}) => ({
  ...{ model: 'm', message: { role: 'assistant', ...message }, done: true, done_reason: 'stop' },
  ...{ prompt_eval_count: 100, eval_count: 10 },
  ...more,
});

describe('an answer over OpenAI’s protocol', () => {
  const json = JSON.stringify(completion({ content: north }));
  const chunk = (delta: JsonObject, more: JsonObject = {}) => ({ choices: [{ index: 0, delta, ...more }] });
  const stream = [
    chunk({ role: 'assistant', content: '' }),
    chunk({ content: north.slice(0, 12) }),
    chunk({ content: north.slice(12) }),
    chunk({}, { finish_reason: 'stop' }),
    { choices: [], usage: { prompt_tokens: 100, completion_tokens: 10 } },
  ];
  const events = (values: readonly unknown[]) =>
    values.map((value) => `data: ${JSON.stringify(value)}\n\n`).join('');

  it.each<[string, OddAnswer]>([
    [
      'text and thinking parts',
      {
        body: completion({
          content: [
            { type: 'thinking', thinking: [{ type: 'text', text: 'stay?' }] },
            { type: 'text', text: north },
          ],
        }),
      },
    ],
    ['a list of texts', { body: completion({ content: [north] }) }],
    [
      'an object that the service has read',
      { body: completion({ content: { action: 'north', confidence: 0.9 } }) },
    ],
    ['nothing but `reasoning_content`', { body: completion({ content: null, reasoning_content: north }) }],
    ['nothing but `reasoning`', { body: completion({ content: '', reasoning: north }) }],
    ['thinking parts alone', { body: completion({ content: [{ type: 'thinking', thinking: north }] }) }],
    ['the type text/plain', { headers: { 'content-type': 'text/plain; charset=utf-8' }, body: json }],
    ['a byte order mark', { body: `\ufeff${json}` }],
    ['gzip', { headers: { 'content-encoding': 'gzip' }, body: gzipSync(json) }],
    ['gzip that is not said', { body: gzipSync(json) }],
    ['deflate', { headers: { 'content-encoding': 'deflate' }, body: deflateSync(json) }],
    [
      'deflate without its header',
      { headers: { 'content-encoding': 'deflate' }, body: deflateRawSync(json) },
    ],
    ['brotli', { headers: { 'content-encoding': 'br' }, body: brotliCompressSync(json) }],
    [
      'a whole answer as an event',
      { headers: { 'content-type': 'text/event-stream' }, body: `data: ${json}\n\ndata: [DONE]\n\n` },
    ],
    [
      'a stream of events',
      {
        headers: { 'content-type': 'text/event-stream' },
        body: `: hello\n\n${events(stream)}data: [DONE]\n\n`,
      },
    ],
    ['a stream of lines', { body: stream.map((value) => JSON.stringify(value)).join('\n') }],
    ['a list of one', { body: [completion({ content: north })] }],
    [
      '`NaN`, which is no JSON',
      { body: json.replace('"finish_reason"', '"score": NaN, "low": -Infinity, "finish_reason"') },
    ],
    [
      'nulls wherever there can be one',
      {
        body: completion(
          { content: north, refusal: null, reasoning_content: null, tool_calls: null },
          { choice: { logprobs: null } },
        ),
      },
    ],
    [
      '`top_logprobs: null`',
      {
        body: completion(
          { content: north },
          { choice: { logprobs: { content: [{ token: '{', logprob: -0.1, top_logprobs: null }] } } },
        ),
      },
    ],
    [
      'log-probabilities of another form',
      { body: completion({ content: north }, { choice: { logprobs: { content: 'none', tokens: [] } } }) },
    ],
  ])('with %s is read', async (_, answer) => {
    const service = await oddService(() => answer);
    const { model, faults } = await compatible(service.origin);
    const decision = await askModel(model, request);
    expect(chosen(decision)).toBe('north');
    expect(decision.usage).toEqual({ inputTokens: 100, outputTokens: 10 });
    expect([faults, service.requests.length]).toEqual([[], 1]);
  });

  it.each<[string, OddAnswer, string]>([
    ['null', { body: 'null' }, 'malformed'],
    ['a number', { body: '7' }, 'malformed'],
    ['a text', { body: '"north"' }, 'malformed'],
    ['an empty list', { body: '[]' }, 'malformed'],
    ['an empty object', { body: '{}' }, 'malformed'],
    ['an empty body', { body: '' }, 'malformed'],
    ['an empty body of status 204', { status: 204 }, 'malformed'],
    ['HTML', { headers: { 'content-type': 'text/html' }, body: '<html>Welcome</html>' }, 'malformed'],
    ['`choices: []`', { body: { choices: [] } }, 'malformed'],
    ['`choices: null`', { body: { choices: null, usage: null } }, 'malformed'],
    ['a choice that is null', { body: { choices: [null] } }, 'malformed'],
    ['a message that is null', { body: { choices: [{ message: null }] } }, 'malformed'],
    ['bytes that cannot be unpacked', { headers: { 'content-encoding': 'gzip' }, body: '{}' }, 'malformed'],
    ['an unknown encoding', { headers: { 'content-encoding': 'zip' }, body: '{}' }, 'malformed'],
    ['a stream that breaks off', { body: events(stream.slice(0, 2)) }, 'malformed'],
    [
      'an error of a gateway',
      { body: { choices: null, error: { message: 'Provider returned error', code: 502 } } },
      'server-error',
    ],
    ['an error that is a text', { body: { error: 'model overloaded' } }, 'server-error'],
    [
      'an error beside a choice',
      { body: { choices: [{ error: { code: 500, message: 'x' } }] } },
      'server-error',
    ],
    [
      'a rate limit inside a 200',
      { body: { error: { message: 'Too Many Requests', code: 429 } } },
      'rate-limited',
    ],
    ['a rate limit by its code', { body: [{ error: { status: 'RESOURCE_EXHAUSTED' } }] }, 'rate-limited'],
  ])('that is %s counts as a fault and is asked again', async (_, odd, kind) => {
    const service = await oddService((__, before) =>
      before === 0 ? odd : { body: completion({ content: north }) },
    );
    const { model, faults } = await compatible(service.origin);
    expect(chosen(await askModel(model, request))).toBe('north');
    expect([faults, service.requests.length]).toEqual([[kind], 2]);
  });

  it.each<[string, JsonObject, JsonObject]>([
    ['a refusal', { content: null, refusal: 'I cannot help with that.' }, {}],
    ['a filter', { content: null }, { finish_reason: 'content_filter' }],
  ])('that %s kept back is counted and asked for once more', async (_, message, choice) => {
    const body = completion(message, { choice });
    const service = await oddService((__, before) => ({
      body: before === 0 ? body : completion({ content: north }),
    }));
    const { model, faults } = await compatible(service.origin);
    expect(chosen(await askModel(model, request))).toBe('north');
    expect(faults).toEqual(['withheld']);
    const always = await compatible((await oddService(() => ({ body }))).origin);
    expect(chosen(await askModel(always.model, request))).toBeUndefined();
    expect(always.faults).toEqual(['withheld', 'withheld']);
  });

  it('is not what a model thought before it was cut off', async () => {
    const cut = completion(
      { content: null, reasoning_content: north },
      { choice: { finish_reason: 'length' } },
    );
    const { model } = await compatible((await oddService(() => ({ body: cut }))).origin);
    expect(chosen(await askModel(model, request))).toBeUndefined();
  });

  it('counts as unknown what zeros say of words, and is counted as such', async () => {
    const usage = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 };
    const service = await oddService(() => ({ body: completion({ content: north }, { usage }) }));
    const { model, faults } = await compatible(service.origin, { prices: { input: 1, output: 1 } });
    expect((await askModel(model, request)).usage).toEqual({});
    expect(faults).toEqual(['uncounted']);
  });

  it('has probabilities without those that are null, and each token once', async () => {
    const top = [
      { token: 'A', logprob: Math.log(0.75) },
      { token: 'A', logprob: Math.log(0.75) },
      { token: 'B', logprob: Math.log(0.25) },
      { token: 'C', logprob: null },
      { token: null, logprob: -1 },
      null,
    ];
    const logprobs = { content: [{ token: 'A', logprob: null, top_logprobs: top }] };
    const body = completion({ content: 'A' }, { choice: { logprobs } });
    const { model } = await compatible((await oddService(() => ({ body }))).origin, {
      answer: 'probabilities',
    });
    const { distribution = [] } = await askModel(model, { ...request, temperature: 1 });
    expect(distribution[0]).toBeCloseTo(0.75, 12);
    expect(distribution[1]).toBeCloseTo(0.25, 12);
  });

  it('without probabilities is asked for once more, and then counts as one that cannot be read', async () => {
    const top_logprobs = [{ token: 'B', logprob: 0 }];
    const body = (known: boolean) =>
      completion(
        { content: 'B' },
        { choice: { logprobs: known ? { content: [{ token: 'B', logprob: 0, top_logprobs }] } : null } },
      );
    const once = await oddService((_, before) => ({ body: body(before > 0) }));
    const { model } = await compatible(once.origin, { answer: 'probabilities' });
    expect((await askModel(model, { ...request, temperature: 1 })).distribution).toEqual([0, 1]);
    expect(once.requests.length).toBe(2);
    const never = await compatible((await oddService(() => ({ body: body(false) }))).origin, {
      answer: 'probabilities',
    });
    expect((await askModel(never.model, request)).distribution).toBeUndefined();
    const { problems } = await probeModel(never.model, request);
    expect(problems).toEqual([
      expect.stringMatching(/returned no log-probabilities, asked twice\. Set .*`answer: structured`/),
    ]);
  });
});

describe('an answer over Ollama’s protocol', () => {
  it('without counts has none, which are not 0', async () => {
    const counts = { prompt_eval_count: undefined, eval_count: undefined };
    const service = await oddService(() => ({ body: ollamaAnswer({ content: north }, counts) }));
    const { model } = await native(service.origin);
    const { usage } = await askModel(model, request);
    expect([usage.inputTokens, usage.outputTokens]).toEqual([undefined, undefined]);
  });

  const lines = [
    { message: { role: 'assistant', content: north.slice(0, 12) }, done: false },
    { message: { role: 'assistant', content: north.slice(12) }, done: false },
    ollamaAnswer({ content: '' }),
  ];
  it.each<[string, OddAnswer]>([
    ['nothing but thinking', { body: ollamaAnswer({ content: '', thinking: north }) }],
    [
      'a stream of lines',
      {
        headers: { 'content-type': 'application/x-ndjson' },
        body: lines.map((line) => JSON.stringify(line)).join('\n'),
      },
    ],
    [
      'the type text/plain',
      { headers: { 'content-type': 'text/plain' }, body: ollamaAnswer({ content: north }) },
    ],
    [
      'gzip',
      {
        headers: { 'content-encoding': 'gzip' },
        body: gzipSync(JSON.stringify(ollamaAnswer({ content: north }))),
      },
    ],
    ['`logprobs: null`', { body: ollamaAnswer({ content: north }, { logprobs: null }) }],
  ])('with %s is read', async (_, answer) => {
    const service = await oddService(() => answer);
    const { model, faults } = await native(service.origin);
    const decision = await askModel(model, request);
    expect(chosen(decision)).toBe('north');
    expect(decision.usage).toEqual({ inputTokens: 100, outputTokens: 10 });
    expect([faults, service.requests.length]).toEqual([[], 1]);
  });

  it.each<[string, OddAnswer, string]>([
    ['null', { body: 'null' }, 'malformed'],
    ['an empty body', { body: '' }, 'malformed'],
    ['an empty list', { body: '[]' }, 'malformed'],
    ['a message that is null', { body: ollamaAnswer({}, { message: null }) }, 'malformed'],
    ['an answer that is not done', { body: ollamaAnswer({ content: north }, { done: false }) }, 'malformed'],
    [
      'a stream that breaks off',
      {
        body: lines
          .slice(0, 2)
          .map((line) => JSON.stringify(line))
          .join('\n'),
      },
      'malformed',
    ],
    ['an error inside a 200', { body: { error: 'llama runner process has terminated' } }, 'server-error'],
  ])('that is %s counts as a fault and is asked again', async (_, odd, kind) => {
    const service = await oddService((__, before) =>
      before === 0 ? odd : { body: ollamaAnswer({ content: north }) },
    );
    const { model, faults } = await native(service.origin);
    expect(chosen(await askModel(model, request))).toBe('north');
    expect([faults, service.requests.length]).toEqual([[kind], 2]);
  });

  it('is found at its root when the address has a path of another protocol', async () => {
    const service = await oddService(() => ({ body: ollamaAnswer({ content: north }) }));
    for (const path of ['/v1', '/api', '/api/chat', '/']) {
      const { model } = await native(service.origin + path);
      await askModel(model, request);
    }
    expect(new Set(service.requests.map(({ path }) => path))).toEqual(new Set(['/api/chat']));
  });
});
