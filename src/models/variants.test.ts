import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { JsonObject, ModelDefinition } from '../contracts/index.ts';
import { ollama } from './ollama.ts';
import { openai } from './openai.ts';
import { openaiCompatible } from './openai-compatible.ts';
import type { ChatBody } from '../../test/support/flaky-answers.ts';
import { fromLanguageModel } from './parts/from-language-model.ts';
import { completion, type OddAnswer, type OddRequest, oddService } from '../../test/support/odd-service.ts';
import { leapingClock } from '../../test/support/virtual-clock.ts';
import { askModel, probeModel, type DecisionRequest } from '../episode/asking/index.ts';

const request: DecisionRequest = {
  prefix: 'Rules.',
  prompt: 'You are Ann. Choose: stay, north.',
  actions: ['stay', 'north'],
  temperature: 0.7,
  seed: 42,
};
const said = '{"action": "north", "confidence": 0.9}';

async function modelOf<O extends JsonObject>(definition: ModelDefinition<O>, options: JsonObject) {
  const context = { clock: leapingClock().clock, workers: 1 };
  const model = await definition.create(definition.optionsSchema.parse(options), context);
  onTestFinished(() => model.close());
  const probe = () => probeModel(model, request);
  return { model, probe };
}
const compatible = (url: string, over: JsonObject = {}) =>
  modelOf(openaiCompatible, { url, model: 'm', ...over });

const refused = (message: string, status = 400): OddAnswer => ({ status, body: { error: { message } } });
/** A service that refuses some requests and answers all others. */
const picky = (
  refuse: (body: ChatBody, asked: OddRequest) => OddAnswer | undefined,
  answer: unknown = completion({ content: said }),
) =>
  oddService((asked) =>
    asked.method === 'GET'
      ? { body: { data: [{ id: 'm' }] } }
      : (refuse(asked.body, asked) ?? { body: answer }),
  );
const hasSystem = ({ messages }: ChatBody) => messages.some(({ role }) => role === 'system');

describe('a service without a system role', () => {
  it.each([
    ['System role not supported', 400],
    ['Only user and assistant roles are supported!', 400],
    ['Conversation roles must alternate user/assistant/user/assistant/...', 500],
    ["Unsupported value: 'messages[0].role' does not support 'system' with this model.", 400],
    ['Developer instruction is not enabled for models/gemma-3', 400],
    ["messages.0.role: Input should be 'user' or 'assistant'", 422],
    ['Template error: system message is not supported', 422],
  ])('that says %s gets the rules at the head of the first user message', async (message, status) => {
    const service = await picky((body) => (hasSystem(body) ? refused(message, status) : undefined));
    const { model, probe } = await compatible(`${service.origin}/v1`);
    const { problems, found } = await probe();
    expect([problems, found.systemRole]).toEqual([[], false]);
    await askModel(model, request);
    // Refused once; what was found holds for everything after.
    const roles = service.requests.map(({ body }) => body.messages.map(({ role }) => role).join());
    expect(roles).toEqual(['system,user', 'user', 'user']);
    expect(service.requests.at(-1)?.body.messages[0].content).toMatch(
      /^Rules\.\n\n.+\n\nYou are Ann\. Choose: stay, north\.$/s,
    );
  });

  it('is asked so from the start where the study says so, and never otherwise where it says that', async () => {
    const service = await picky((body) =>
      hasSystem(body) ? refused('System role not supported') : undefined,
    );
    const url = `${service.origin}/v1`;
    await askModel((await compatible(url, { systemRole: false })).model, request);
    expect(service.requests).toHaveLength(1);
    await expect(askModel((await compatible(url, { systemRole: true })).model, request)).rejects.toThrow(
      /System role/,
    );
  });

  it('is found over Ollama’s protocol, too', async () => {
    const answer = { message: { content: said }, done: true, prompt_eval_count: 100, eval_count: 10 };
    const service = await picky(
      (body) => (hasSystem(body) ? refused('System role not supported') : undefined),
      answer,
    );
    const { problems, found } = await (await modelOf(ollama, { model: 'm', url: service.origin })).probe();
    expect([problems, found.systemRole]).toEqual([[], false]);
  });

  it('is found through the AI SDK, too', async () => {
    const service = await picky((body) =>
      hasSystem(body) ? refused('System role not supported') : undefined,
    );
    const connect = createOpenAICompatible({
      name: 'x',
      baseURL: `${service.origin}/v1`,
      supportsStructuredOutputs: true,
    });
    const { problems, found } = await (await modelOf(fromLanguageModel(connect('m')), {})).probe();
    expect([problems, found.systemRole]).toEqual([[], false]);
  });
});

describe('the field that limits an answer', () => {
  const old =
    "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.";

  it('is the other one where a service refuses the usual one', async () => {
    const service = await picky((body) => ('max_tokens' in body ? refused(old) : undefined));
    const { problems, found } = await (await compatible(`${service.origin}/v1`)).probe();
    expect([problems, found.maxTokensField]).toEqual([[], 'max_completion_tokens']);
    expect(service.requests.at(-1)?.body).toMatchObject({ max_completion_tokens: 1024 });
  });

  it('is the older one for OpenAI’s own protocol behind an older server', async () => {
    process.env.AGENTMESH_TEST_VARIANT_KEY = 'sk-test-0123456789';
    onTestFinished(() => void delete process.env.AGENTMESH_TEST_VARIANT_KEY);
    const message = 'Unrecognized request argument supplied: max_completion_tokens';
    const service = await picky((body) => ('max_completion_tokens' in body ? refused(message) : undefined));
    const options = { model: 'm', url: `${service.origin}/v1`, apiKeyVariable: 'AGENTMESH_TEST_VARIANT_KEY' };
    const { problems, found } = await (await modelOf(openai, options)).probe();
    expect([problems, found.maxTokensField]).toEqual([[], 'max_tokens']);
  });

  it('stays where the limit is too large, and where the study says it', async () => {
    const service = await picky((body) =>
      Number(body.max_tokens) > 512 ? refused('max_tokens is too large: 1024') : undefined,
    );
    const { problems } = await (await compatible(`${service.origin}/v1`)).probe();
    expect(problems).toEqual([
      expect.stringMatching(/refuses a limit of 1024 output tokens; change `maxOutputTokens`/),
    ]);
    expect(
      (await (await compatible(`${service.origin}/v1`, { maxOutputTokens: 512 })).probe()).problems,
    ).toEqual([]);
    const strict = await picky((body) => ('max_tokens' in body ? refused(old) : undefined));
    const fixed = { maxTokensField: 'max_completion_tokens' };
    await askModel((await compatible(`${strict.origin}/v1`, fixed)).model, request);
    expect(strict.requests).toHaveLength(1);
  });
});

describe('the address', () => {
  const at = (path: string) =>
    picky((_, asked) => (asked.path === path ? undefined : { status: 404, body: '404 page not found' }));

  it.each([
    ['', '/v1/chat/completions', '/v1'],
    ['/', '/v1/chat/completions', '/v1'],
    ['/v1', '/v1/chat/completions', undefined],
    ['/v1/chat/completions', '/v1/chat/completions', undefined],
    ['/v1', '/chat/completions', ''],
    ['/openai', '/openai/v1/chat/completions', '/openai/v1'],
    ['/v1beta/openai', '/v1beta/openai/chat/completions', undefined],
  ])('that ends in "%s" reaches what is served at %s', async (given, path, found) => {
    const service = await at(path);
    const { model, probe } = await compatible(service.origin + given);
    const probed = await probe();
    expect(probed.problems).toEqual([]);
    expect(probed.found.address).toBe(found === undefined ? undefined : service.origin + found);
    await askModel(model, request);
    expect(service.requests.at(-1)?.path).toBe(path);
  });

  it('is named as it was given where there is nothing at any', async () => {
    const service = await at('/elsewhere');
    const { model } = await compatible(`${service.origin}/v1`);
    await expect(askModel(model, request)).rejects.toThrow(
      `${service.origin}/v1/chat/completions answered 404`,
    );
  });

  it('is said where the service has moved', async () => {
    const service = await picky(() => ({
      status: 301,
      headers: { location: 'https://models.example/v1?key=abc' },
    }));
    const { model } = await compatible(`${service.origin}/v1`);
    await expect(askModel(model, request)).rejects.toThrow('has moved to https://models.example/v1?…');
  });
});

describe('a service that wants everything otherwise', () => {
  it('leaves only what changes the study, and what is named helps', async () => {
    const service = await picky((body) => {
      if ('logprobs' in body) return refused('logprobs are not supported');
      if (hasSystem(body)) return refused('System role not supported');
      if ('max_tokens' in body)
        return refused('Unsupported parameter: max_tokens. Use max_completion_tokens instead.');
      if ('temperature' in body) return refused('temperature is fixed for this model');
      if ('seed' in body) return refused('seed: Extra inputs are not permitted');
      if ('response_format' in body) return refused('This response_format type is unavailable now');
      return undefined;
    });
    const first = await (await compatible(service.origin)).probe();
    const remedies = { temperature: 'provider-default', seed: 'provider-default', answer: 'text' };
    expect(first.problems).toHaveLength(3);
    for (const [name, value] of Object.entries(remedies))
      expect(first.problems.join('\n')).toContain(`\`${name}: ${value}\``);
    const second = await (await compatible(service.origin, remedies)).probe();
    expect(second.problems).toEqual([]);
    expect(second.found).toMatchObject({
      systemRole: false,
      maxTokensField: 'max_completion_tokens',
      answered: true,
    });
  });

  it('is not asked for log-probabilities that are not needed where they break it', async () => {
    const service = await picky((body) =>
      'logprobs' in body ? { status: 500, body: 'KeyError' } : undefined,
    );
    const { problems, found } = await (await compatible(service.origin)).probe();
    expect([problems, found.logprobs]).toEqual([[], false]);
  });
});
