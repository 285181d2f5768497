import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../core/index.ts';
import { modelConformance } from '../testing/index.ts';
import { openai, openaiOptions } from './openai.ts';
import { flakyService } from '../../test/support/flaky-service.ts';
import { askModel } from '../episode/asking/index.ts';

const keyVariable = 'AGENTMESH_TEST_OPENAI_KEY';
beforeAll(() => {
  process.env[keyVariable] = 'sk-test-openai';
});
afterAll(() => {
  delete process.env[keyVariable];
});
const service = await flakyService();
afterAll(() => service.close());
const target = { model: 'gpt-4.1-nano', url: `${service.origin}/v1`, apiKeyVariable: keyVariable };

describe('openai conforms to the contract', () => {
  const checks = modelConformance(openai, {
    options: target,
    exactProbabilities: false,
    impossible: [{ ...target, apiKeyVariable: 'AGENTMESH_TEST_NO_SUCH_KEY' }],
  });
  for (const check of checks) it(check.name, check.run);
});

describe('openai', () => {
  it('sends the key, the token limit under the name that OpenAI reads, and counts dollars', async () => {
    const model = await openai.create(openaiOptions.parse(target), { clock: systemClock, workers: 1 });
    try {
      const asked = { prefix: '', prompt: 'Choose.', actions: ['a', 'b'], temperature: 1, seed: 7 };
      const { usage } = await askModel(model, asked);
      const sent = service.requests.at(-1);
      expect(sent?.authorization).toBe('Bearer sk-test-openai');
      expect(sent?.body).toMatchObject({ max_completion_tokens: 1024, seed: 7 });
      expect(sent?.body).not.toHaveProperty('max_tokens');
      // 100 tokens in at 0.1 and 10 out at 0.4 dollars per million.
      expect(usage.costUsd).toBeCloseTo(14e-6, 15);
    } finally {
      await model.close();
    }
  });

  it('knows the context of listed models, and nothing of others', async () => {
    const facts = async (options: object) => {
      const parsed = openaiOptions.parse({ ...target, ...options });
      const model = await openai.create(parsed, { clock: systemClock, workers: 1 });
      await model.close();
      return model.facts;
    };
    expect(await facts({})).toEqual({ contextLength: 1_047_576 });
    expect(await facts({ model: 'constructor' })).toEqual({});
    expect(await facts({ facts: { contextLength: 5, architecture: 'moe' } })).toEqual({
      contextLength: 5,
      architecture: 'moe',
    });
  });

  it('reads the model from the id', () => {
    expect(openai.optionsFromArgument?.('gpt-5-mini')).toEqual({ model: 'gpt-5-mini' });
    expect(() => openai.optionsFromArgument?.('')).toThrow(/openai:gpt-5-mini/);
  });
});
