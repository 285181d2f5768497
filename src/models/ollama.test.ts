import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../core/index.ts';
import { modelConformance } from '../testing/index.ts';
import { ollama, ollamaOptions } from './ollama.ts';
import { flakyService } from '../../test/support/flaky-service.ts';
import { askModel, type DecisionRequest } from '../episode/asking/index.ts';

const service = await flakyService();
afterAll(() => service.close());
const target = { model: 'qwen3:8b', url: service.origin };
const request: DecisionRequest = {
  prefix: 'Rules.',
  prompt: 'You are Ann.',
  actions: ['stay', 'north'],
  temperature: 0.5,
  seed: 42,
};
const decide = async (options: object) => {
  const model = await ollama.create(ollamaOptions.parse(options), { clock: systemClock, workers: 1 });
  try {
    return { decision: await askModel(model, request), facts: model.facts };
  } finally {
    await model.close();
  }
};

describe('ollama conforms to the contract', () => {
  const checks = modelConformance(ollama, {
    options: target,
    exactProbabilities: false,
    impossible: [
      { ...target, contextLength: 512 },
      { ...target, url: 'nowhere' },
    ],
  });
  for (const check of checks) it(check.name, check.run);
  const exact = modelConformance(ollama, { options: { ...target, answer: 'probabilities' } });
  for (const check of exact) it(`with log-probabilities: ${check.name}`, check.run);
});

describe('ollama', () => {
  const before = process.env.OLLAMA_HOST;
  afterEach(() => {
    if (before === undefined) delete process.env.OLLAMA_HOST;
    else process.env.OLLAMA_HOST = before;
  });

  it('sends temperature, seed, token limit and context length where Ollama reads them', async () => {
    const { decision, facts } = await decide(target);
    expect(decision.usage).toEqual({ inputTokens: 100, outputTokens: 10 });
    expect(facts).toEqual({
      parameters: { total: 8.2e9, active: 8.2e9 },
      architecture: 'dense',
      contextLength: 8192,
    });
    const sent = service.requests.at(-1);
    expect(sent?.path).toBe('/api/chat');
    expect(sent?.body).toMatchObject({
      model: 'qwen3:8b',
      stream: false,
      think: false,
      truncate: false,
      format: { properties: { action: { enum: ['stay', 'north'] } } },
      options: { temperature: 0.5, seed: 42, num_predict: 1024, num_ctx: 8192 },
    });
  });

  it('reports a prompt that leaves no room for the answer as truncated', async () => {
    // The service says that the prompt had 100 tokens; 100 + 200 > 256.
    const { decision } = await decide({ ...target, contextLength: 256, maxOutputTokens: 200 });
    expect(decision).toMatchObject({ usage: { inputTokens: 100, outputTokens: 10 }, truncated: true });
  });

  it.each([
    ['a whole address', () => service.origin],
    ['host and port', () => service.origin.replace('http://', '')],
    ['a port alone', () => service.origin.replace('http://127.0.0.1', '')],
    ['the address that a server listens on', () => service.origin.replace('127.0.0.1', '0.0.0.0')],
  ])('finds the server by OLLAMA_HOST: %s', async (_, host) => {
    process.env.OLLAMA_HOST = host();
    const asked = service.requests.length;
    await decide({ model: 'qwen3:8b' });
    expect(service.requests).toHaveLength(asked + 1);
  });

  it('keeps the whole name of a model, tag included', () => {
    expect(ollama.optionsFromArgument?.('qwen3:8b')).toEqual({ model: 'qwen3:8b' });
    expect(() => ollama.optionsFromArgument?.('')).toThrow(/ollama:qwen3:8b/);
  });
});
