import { describe, expect, it } from 'vitest';
import type { TextRequest } from '../contracts/index.ts';
import { type Clock, systemClock } from '../core/index.ts';
import { modelConformance } from '../testing/index.ts';
import { scripted, type ScriptedOptions, scriptedOptions } from './scripted.ts';
import { askModel, type DecisionRequest } from '../episode/asking/index.ts';

describe('scripted conforms to the contract', () => {
  const checks = modelConformance(scripted, { failing: { failureShare: 1 } });
  for (const check of checks) it(check.name, check.run);
});

describe('scripted, slow, conforms as well', () => {
  for (const check of modelConformance(scripted, { options: { latencyMs: 1 } })) it(check.name, check.run);
});

const request = (k: number): DecisionRequest => ({
  prefix: 'Rules.',
  prompt: `You are Ann. Step ${k}.`,
  actions: ['stay', 'north', 'south'],
  temperature: 1,
  seed: k,
});
const make = (options: Partial<ScriptedOptions>, clock: Clock = systemClock) =>
  scripted.create(scriptedOptions.parse(options), { clock, workers: 1 });

describe('scripted', () => {
  it('spreads its hashed answers evenly over the simplex', async () => {
    const model = await make({});
    const sums = [0, 0, 0];
    let squares = 0;
    for (let k = 0; k < 2000; k++) {
      const { distribution = [] } = await askModel(model, request(k));
      distribution.forEach((p, a) => (sums[a] += p / 2000));
      squares += distribution[0] ** 2 / 2000;
    }
    // Dirichlet(1, 1, 1): mean 1/3 and E[p^2] = 2/12; standard errors are about 0.005 and 0.005.
    for (const mean of sums) expect(mean).toBeCloseTo(1 / 3, 1.5);
    expect(squares).toBeGreaterThan(0.145);
    expect(squares).toBeLessThan(0.19);
  });

  it('answers evenly, with the first action, or not at all, as told', async () => {
    expect((await askModel(await make({ answer: 'uniform' }), request(0))).distribution).toEqual([
      1 / 3,
      1 / 3,
      1 / 3,
    ]);
    expect((await askModel(await make({ answer: 'first' }), request(0))).distribution).toEqual([1, 0, 0]);
    const unparsable = await askModel(await make({ answer: 'unparsable' }), request(0));
    expect(unparsable.distribution).toBeUndefined();
    expect(unparsable.answer).toBe('I would rather not say.');
  });

  it('fails and mumbles in the shares asked for', async () => {
    const model = await make({ failureShare: 0.2, unparsableShare: 0.5 });
    const results = await Promise.allSettled(
      Array.from({ length: 4000 }, (_, k) => askModel(model, request(k))),
    );
    const failed = results.filter((r) => r.status === 'rejected').length / 4000;
    const mumbled = results.filter((r) => r.status === 'fulfilled' && !r.value.distribution).length / 4000;
    // Standard errors 0.006 and 0.008: four of them on either side.
    expect(Math.abs(failed - 0.2)).toBeLessThan(0.026);
    expect(Math.abs(mumbled - 0.8 * 0.5)).toBeLessThan(0.031);
  });

  it('waits through the clock it is given', async () => {
    const slept: number[] = [];
    const clock: Clock = { ...systemClock, sleep: async (ms) => void slept.push(ms) };
    await askModel(await make({ latencyMs: 50 }, clock), request(0));
    expect(slept).toEqual([50]);
  });

  it('counts the words of prefix and prompt as input tokens', async () => {
    expect((await askModel(await make({}), request(7))).usage).toEqual({ inputTokens: 6, outputTokens: 1 });
  });
});

describe('what scripted writes', () => {
  const text = (over: Partial<TextRequest> = {}): TextRequest => ({
    prefix: 'Rules.',
    prompt: 'Say what   you see.',
    maxTokens: 50,
    temperature: 1,
    seed: 1,
    ...over,
  });
  const write = async (options: Partial<ScriptedOptions>, request: TextRequest) =>
    (await make(options)).generate!(request);

  it('are words that its seed changes, unless the temperature is 0', async () => {
    const { text: words, usage } = await write({}, text());
    expect(words.split(' ').length).toBe(usage.outputTokens);
    expect(usage.inputTokens).toBe(5);
    expect((await write({}, text({ seed: 2 }))).text).not.toBe(words);
    const cold = await write({}, text({ temperature: 0 }));
    expect(await write({}, text({ temperature: 0, seed: 2 }))).toEqual(cold);
    expect((await write({}, text({ maxTokens: 2 }))).text).toBe(words.split(' ').slice(0, 2).join(' '));
  });

  it('are the words that it was given last, where it is to echo', async () => {
    expect((await write({ text: 'echo' }, text({ maxTokens: 3 }))).text).toBe('Say what you');
    const turns = [{ answer: 'Trees.', reply: 'Say it again.' }];
    expect((await write({ text: 'echo' }, text({ turns }))).text).toBe('Say it again.');
  });

  it('keep to a schema', async () => {
    const schema = {
      type: 'object',
      properties: {
        message: { type: 'string' },
        action: { type: 'string', enum: ['stay', 'north'] },
        confidence: { type: 'number' },
      },
    };
    const { text: written } = await write({ text: 'echo' }, text({ schema }));
    const { message, action, confidence } = JSON.parse(written) as Record<string, unknown>;
    expect(message).toBe('Say what you see.');
    expect(['stay', 'north']).toContain(action);
    expect(confidence).toBeGreaterThanOrEqual(0);
    expect(confidence).toBeLessThanOrEqual(1);
  });
});
