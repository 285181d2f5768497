import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { JsonObject, Model, ModelDefinition } from '../../../contracts/index.ts';
import { InputError, systemClock } from '../../../core/index.ts';
import { ollama } from '../../ollama.ts';
import { openai } from '../../openai.ts';
import { openaiCompatible } from '../../openai-compatible.ts';
import type { ChatBody } from '../../../../test/support/flaky-answers.ts';
import { fromLanguageModel } from '../from-language-model.ts';
import { serve } from '../../../../test/support/served.ts';
import { askModel, probeModel } from '../../../episode/asking/index.ts';

async function modelOf<O extends JsonObject>(
  definition: ModelDefinition<O>,
  options: JsonObject,
): Promise<Model> {
  const model = await definition.create(definition.optionsSchema.parse(options), {
    clock: systemClock,
    workers: 1,
  });
  onTestFinished(() => model.close());
  return model;
}
const compatible = (origin: string, over: JsonObject = {}) =>
  modelOf(openaiCompatible, { url: `${origin}/v1`, model: 'test-model', ...over });
const request = {
  prefix: 'Rules.',
  prompt: 'You are Ann. Choose: stay or north.',
  actions: ['stay', 'north'],
  temperature: 0.5,
  seed: 42,
};
const probe = (model: Model) => probeModel(model, request);
const check = async (model: Model) => {
  if (!model.service) throw new Error('no service');
  return model.service.check();
};

describe('a probe', () => {
  it('finds nothing wrong with a service that takes everything, in one call', async () => {
    const service = await serve();
    const { problems, found, usage } = await probe(await compatible(service.origin));
    expect(problems).toEqual([]);
    expect(found).toEqual({
      ...{ temperature: 0.5, seed: true, maxOutputTokens: 1024, schema: true },
      ...{ logprobs: true, answered: true },
    });
    expect(usage).toEqual({ inputTokens: 100, outputTokens: 10 });
    expect(service.requests).toHaveLength(1);
    expect(service.requests[0].body).toMatchObject({ temperature: 0.5, seed: 42, max_tokens: 1024 });
  });

  it('finds everything that a service refuses, with the setting that allows it', async () => {
    // As reasoning models of OpenAI do.
    const service = await serve({
      refuse: (body: ChatBody) => {
        if ('logprobs' in body) return 'logprobs are not supported with this model';
        if (body.temperature !== undefined && body.temperature !== 1)
          return "Unsupported value: 'temperature' does not support 0.5 with this model. Only the default (1) is.";
        if (body.seed !== undefined) return "Unsupported parameter: 'seed'";
        return undefined;
      },
    });
    const { problems } = await probe(await compatible(service.origin));
    expect(problems).toEqual([
      expect.stringMatching(
        /refuses the temperature 0\.5; set `temperature: provider-default`.*Only the default/,
      ),
      expect.stringMatching(/refuses a seed; set `seed: provider-default`/),
    ]);
    const relaxed = { temperature: 'provider-default', seed: 'provider-default' };
    const again = await probe(await compatible(service.origin, relaxed));
    expect(again.problems).toEqual([]);
    expect(again.found).toMatchObject({ seed: false, logprobs: false, answered: true });
    expect(again.found).not.toHaveProperty('temperature');
  });

  it('finds that log-probabilities are needed but not to be had', async () => {
    const refusing = await serve({
      refuse: (body) => ('logprobs' in body ? 'unknown field logprobs' : undefined),
    });
    const refused = await probe(await compatible(refusing.origin, { answer: 'probabilities' }));
    expect(refused.problems).toEqual([
      expect.stringMatching(/refuses log-probabilities; set `answer: structured`/),
    ]);
    const schemaless = await serve({
      refuse: (body) => ('response_format' in body ? 'no response_format' : undefined),
    });
    const { problems } = await probe(await compatible(schemaless.origin));
    expect(problems).toEqual([
      expect.stringMatching(/refuses an answer after a JSON schema; set `answer: text`/),
    ]);
  });

  it('finds a limit of tokens that was ignored, and answers of nothing', async () => {
    const talkative = await serve();
    const long = await probe(await compatible(talkative.origin, { maxOutputTokens: 5 }));
    expect(long.problems).toEqual([expect.stringMatching(/limit of 5 output tokens did not reach.*took 10/)]);
    const silent = await serve({ say: () => '' });
    const { unreadable } = await probe(await compatible(silent.origin));
    expect(unreadable).toMatch(
      /answered with nothing within 1024 tokens.*raise `maxOutputTokens`.*`answer: text`/,
    );
  });

  it('finds answers that cannot be read, asked twice, and says what they are without any of their marks', async () => {
    const say = () => `I could\n\u001b[31mgo${'anywhere '.repeat(40)}`;
    const service = await serve({ say });
    const { problems, unreadable, found, usage } = await probe(
      await compatible(service.origin, { answer: 'text' }),
    );
    expect(problems).toEqual([]);
    expect(unreadable).toMatch(
      /^openai-compatible:.*asked twice.*"I could \[31mgoanywhere .*\.\.\."\. .*`answer: structured`/,
    );
    expect(unreadable).not.toContain('\u001b');
    expect(unreadable?.length).toBeLessThan(500);
    expect(found.answered).toBe(false);
    expect([service.requests.length, usage]).toEqual([2, { inputTokens: 200, outputTokens: 20 }]);
    expect(service.requests[1].body.messages.at(-1)?.content).toMatch(/none of the choices/);
  });

  it('does not mind an answer that is readable when asked again, as decisions do not', async () => {
    let asked = 0;
    const service = await serve({ say: () => (asked++ === 0 ? 'Let me think.' : 'Action: north') });
    const { problems, unreadable, found } = await probe(await compatible(service.origin, { answer: 'text' }));
    expect([problems, unreadable, found.answered]).toEqual([[], undefined, true]);
  });

  it('finds that no letter is among the first tokens', async () => {
    const of = (token: string) => serve({ candidates: [{ token, logprob: -0.1 }] });
    const wordy = await probe(await compatible((await of('The')).origin, { answer: 'probabilities' }));
    expect(wordy.unreadable).toMatch(
      /asked twice.*`answer: structured` for this model, or use another model/,
    );
    const marked = await probe(await compatible((await of('ĠA')).origin, { answer: 'probabilities' }));
    expect([marked.problems, marked.unreadable, marked.found.answered]).toEqual([[], undefined, true]);
  });

  it('names a remedy that helps where a single token is refused', async () => {
    const service = await serve({
      refuse: (body) => (body.max_tokens === 1 ? 'max_tokens must be at least 16' : undefined),
    });
    const { problems } = await probe(await compatible(service.origin, { answer: 'probabilities' }));
    expect(problems).toEqual([
      expect.stringMatching(/refuses a limit of 1 output tokens; set `answer: structured`/),
    ]);
    expect((await probe(await compatible(service.origin))).problems).toEqual([]);
  });

  it('finds a context length that did not reach Ollama', async () => {
    const service = await serve({ contextLength: 4096 });
    const of = (contextLength: number) =>
      modelOf(ollama, { model: 'test-model', url: service.origin, contextLength });
    expect((await probe(await of(8192))).problems).toEqual([
      expect.stringMatching(/context length 8192 did not reach.*4096.*`contextLength: 4096`/),
    ]);
    const { problems, found } = await probe(await of(4096));
    expect([problems, found.contextLength]).toEqual([[], 4096]);
  });

  it('finds what a package of the AI SDK leaves out of its request', async () => {
    const service = await serve();
    const connect = createOpenAICompatible({
      name: 'careless',
      baseURL: `${service.origin}/v1`,
      supportsStructuredOutputs: true,
      transformRequestBody: ({ seed: _, ...body }) => body,
    });
    const model = await modelOf(fromLanguageModel(connect('test-model')), {});
    const { problems } = await probe(model);
    expect(problems).toEqual([expect.stringMatching(/does not send a seed; set `seed: provider-default`/)]);
  });

  it('gives up soon on a service that is down', async () => {
    const service = await serve();
    await service.close();
    const model = await compatible(service.origin, { limits: { attempts: 2 } });
    expect((await probe(model)).problems).toEqual([expect.stringMatching(/gave no answer in 2 attempts/)]);
  });
});

describe('a check', () => {
  it('asks for the list of models and puts no question', async () => {
    const service = await serve({ models: ['qwen3:8b', 'llama3.2:latest'] });
    const of = (model: string) => modelOf(ollama, { model, url: service.origin });
    expect(await check(await of('qwen3:8b'))).toEqual([]);
    expect(await check(await of('llama3.2'))).toEqual([]);
    expect(await check(await of('qwen3:9b'))).toEqual([
      expect.stringMatching(
        /has no model "qwen3:9b"\. Did you mean "qwen3:8b"\? Get it with `ollama pull qwen3:9b`/,
      ),
    ]);
    // Servers of one model often take any name.
    expect(await check(await compatible(service.origin))).toEqual([]);
    expect(service.requests).toEqual([]);
  });

  it('says that a service is down and what to do', async () => {
    const service = await serve();
    await service.close();
    const model = await modelOf(ollama, { model: 'qwen3:8b', url: service.origin });
    expect(await check(model)).toEqual([
      expect.stringMatching(/cannot be reached.*Start Ollama with `ollama serve`/),
    ]);
    expect(await check(await compatible(service.origin))).toEqual([
      expect.stringMatching(/Start the server/),
    ]);
  });
});

describe('what the study sends', () => {
  it('cannot be given in `body` as well', async () => {
    const url = 'http://127.0.0.1:9/v1';
    const openAi = (body: JsonObject, over: JsonObject = {}) =>
      modelOf(openaiCompatible, { url, model: 'm', body, ...over });
    await expect(openAi({ temperature: 0 })).rejects.toThrow(InputError);
    await expect(openAi({ temperature: 0 })).rejects.toThrow(
      /`temperature`.*set `temperature: provider-default`/,
    );
    await expect(openAi({ max_tokens: 3 })).rejects.toThrow(/Use the option `maxOutputTokens`/);
    await openAi({ temperature: 0, top_p: 0.9 }, { temperature: 'provider-default' });
    const native = (body: JsonObject) => modelOf(ollama, { model: 'm', url, body });
    await expect(native({ options: { num_ctx: 9 } })).rejects.toThrow(/`body\.options`.*`contextLength`/);
  });

  it('reaches Ollama beside further options', async () => {
    const service = await serve();
    const model = await modelOf(ollama, { model: 'm', url: service.origin, body: { options: { top_k: 7 } } });
    await askModel(model, request);
    expect(service.requests[0].body.options).toMatchObject({
      top_k: 7,
      temperature: 0.5,
      seed: 42,
      num_ctx: 8192,
    });
  });

  it('is hashed as it was sent: equal requests alike, others not, keys left out', async () => {
    const service = await serve();
    const plain = await compatible(service.origin);
    const [a, b, c] = await Promise.all(
      [request, request, { ...request, seed: 43 }].map((r) => askModel(plain, r)),
    );
    expect(a.sent).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)]);
    expect(b.sent).toEqual(a.sent);
    expect(c.sent).not.toEqual(a.sent);
    process.env.AGENTMESH_TEST_PROBE_KEY = 'a-secret-key';
    const keyed = await compatible(service.origin, { apiKeyVariable: 'AGENTMESH_TEST_PROBE_KEY' });
    expect((await askModel(keyed, request)).sent).toEqual(a.sent);
    delete process.env.AGENTMESH_TEST_PROBE_KEY;
  });

  it('is hashed once per request when an answer has to be repaired', async () => {
    const service = await serve({ say: () => 'west' });
    const { sent } = await askModel(await compatible(service.origin), request);
    expect(new Set(sent).size).toBe(2);
  });

  it('names a model that OpenAI has', async () => {
    process.env.AGENTMESH_TEST_PROBE_KEY = 'a-secret-key';
    const service = await serve({ models: ['gpt-5-mini'] });
    const options = { url: `${service.origin}/v1`, apiKeyVariable: 'AGENTMESH_TEST_PROBE_KEY' };
    expect(await check(await modelOf(openai, { ...options, model: 'gpt-5-mini' }))).toEqual([]);
    expect(await check(await modelOf(openai, { ...options, model: 'gpt-5-min' }))).toEqual([
      expect.stringMatching(/Did you mean "gpt-5-mini"\?/),
    ]);
    delete process.env.AGENTMESH_TEST_PROBE_KEY;
  });
});
