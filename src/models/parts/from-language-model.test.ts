import type { LanguageModelV3, LanguageModelV3GenerateResult } from '@ai-sdk/provider';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { afterAll, describe, expect, it } from 'vitest';
import { modelConformance } from '../../testing/index.ts';
import { flakyFaults, flakyService } from '../../../test/support/flaky-service.ts';
import { fromLanguageModel, languageModelOptions, type LanguageModelSetup } from './from-language-model.ts';
import { leapingClock } from '../../../test/support/virtual-clock.ts';
import { askModel, type DecisionRequest } from '../../episode/asking/index.ts';

const service = await flakyService();
afterAll(() => service.close());
const sdkModel = (origin: string, apiKey?: string) =>
  createOpenAICompatible({
    name: 'local',
    baseURL: `${origin}/v1`,
    supportsStructuredOutputs: true,
    includeUsage: true,
    apiKey,
  })('m');

const request: DecisionRequest = {
  prefix: 'Rules.',
  prompt: 'You are Ann.',
  actions: ['stay', 'north'],
  temperature: 0.5,
  seed: 42,
};
const decide = async (model: LanguageModelV3, setup: LanguageModelSetup = {}, options: object = {}) => {
  const context = { clock: leapingClock().clock, workers: 1 };
  return askModel(
    await fromLanguageModel(model, setup).create(languageModelOptions.parse(options), context),
    request,
  );
};

describe('a model of the AI SDK conforms to the contract', async () => {
  const failing = await flakyService({ faultShare: 1, kinds: ['500'] });
  afterAll(() => failing.close());
  const checks = modelConformance(fromLanguageModel(sdkModel(service.origin)), {
    exactProbabilities: false,
    impossible: [{ answer: 'probabilities' }],
  });
  for (const check of checks) it(check.name, check.run);
  it('fails as a provider when its service fails', async () => {
    await expect(decide(sdkModel(failing.origin), {}, { limits: { attempts: 2 } })).rejects.toThrow(
      /local.chat:m gave no answer in 2 attempts .*\(2 server-error\)/,
    );
  });
});

describe('a model of the AI SDK', () => {
  it('gets temperature, seed, token limit and schema through to the service', async () => {
    await decide(sdkModel(service.origin));
    expect(service.requests.at(-1)?.body).toMatchObject({
      model: 'm',
      temperature: 0.5,
      seed: 42,
      max_tokens: 1024,
      response_format: { json_schema: { schema: { properties: { action: { enum: ['stay', 'north'] } } } } },
    });
  });

  // How much of an answer is read is the business of the provider's own client: its 10 MB may end well.
  const faults = flakyFaults.filter((fault) => fault !== 'huge answer');
  it.each(faults)('meets a service with %s and is asked again', async (fault) => {
    const flaky = await flakyService({ script: [fault, undefined], retryAfter: '0' });
    try {
      // Faults that only a timeout ends.
      const silent = fault === 'hang' || fault === 'slow stream';
      const limits = silent ? { timeoutMs: 400 } : {};
      const decision = await decide(sdkModel(flaky.origin), {}, { limits });
      expect(decision.action).toBeLessThan(2);
      expect(decision.usage).toEqual({ inputTokens: 100, outputTokens: 10 });
      if (!silent) expect(flaky.requests).toHaveLength(2);
      // A busy machine may take longer than the timeout for an answer too.
      else expect(flaky.requests.length).toBeGreaterThanOrEqual(2);
    } finally {
      await flaky.close();
    }
  });

  it('is an error when it ignores a setting, unless the study leaves the setting to the provider', async () => {
    const ignoring = modelThat((options) => ({
      warnings: options.seed === undefined ? [] : [{ type: 'unsupported', feature: 'seed' }],
    }));
    await expect(decide(ignoring)).rejects.toThrow(/does not send seed.*`seed: provider-default`/);
    await expect(decide(ignoring, {}, { seed: 'provider-default' })).resolves.toHaveProperty('action');
  });

  it('never lets a key into an error or an answer', async () => {
    const key = 'sk-test-language-model';
    process.env.AGENTMESH_TEST_API_KEY = key;
    try {
      const talking = modelThat(() => ({ content: [{ type: 'text', text: `stay with ${key}` }] }));
      expect((await decide(talking)).answer).toBe('stay with [key]');
      const failing = modelThat(() => {
        throw Object.assign(new Error(`bad key ${key}`), { name: 'AI_APICallError', statusCode: 401 });
      });
      const error = await decide(failing).catch((e: unknown) => e as Error);
      expect(String((error as Error).stack)).toContain('bad key [key]');
      expect(String((error as Error).stack)).not.toContain(key);
    } finally {
      delete process.env.AGENTMESH_TEST_API_KEY;
    }
  });

  it('has unknown facts unless told, and counts dollars when told the prices', async () => {
    const decision = await decide(sdkModel(service.origin), { prices: { input: 1, output: 1 } });
    expect(decision.usage.costUsd).toBeCloseTo(110e-6, 12);
    const context = { clock: leapingClock().clock, workers: 1 };
    const made = fromLanguageModel(sdkModel(service.origin));
    expect((await made.create(languageModelOptions.parse({}), context)).facts).toEqual({});
  });
});

function modelThat(
  generate: (options: Parameters<LanguageModelV3['doGenerate']>[0]) => Partial<LanguageModelV3GenerateResult>,
): LanguageModelV3 {
  const tokens = { total: undefined, noCache: undefined, cacheRead: undefined, cacheWrite: undefined };
  return {
    specificationVersion: 'v3',
    provider: 'test',
    modelId: 'm',
    supportedUrls: {},
    doGenerate: async (options) => ({
      content: [{ type: 'text', text: '{"action": "stay", "confidence": 0.6}' }],
      finishReason: { unified: 'stop', raw: 'stop' },
      usage: {
        inputTokens: tokens,
        outputTokens: { total: undefined, text: undefined, reasoning: undefined },
      },
      warnings: [],
      ...generate(options),
    }),
    doStream: () => Promise.reject(new Error('not used')),
  };
}
