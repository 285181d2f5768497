import { generateObject, generateText, streamText } from 'ai';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { systemClock } from '../../../core/index.ts';
import { pocketLanguageModel } from './language-model.ts';
import { fromLanguageModel } from '../from-language-model.ts';
import { openPocketChat } from './library.ts';
import { untrainedModel } from '../../../../test/support/tiny-pocket.ts';
import { askModel } from '../../../episode/asking/index.ts';

const folder = untrainedModel();
const model = pocketLanguageModel('untrained', async () =>
  openPocketChat('untrained', { threads: 1, folder }),
);
afterAll(() => model.close());
const system = 'The team is Ann or Bob.';

describe('an embedded model through the AI SDK', () => {
  it('generates: the same with the same seed, at most so many tokens', async () => {
    const ask = (seed: number) =>
      generateText({ model, system, prompt: 'You are Ann', seed, maxOutputTokens: 30 });
    const [a, b, ...others] = await Promise.all([1, 1, 2, 3, 4].map(ask));
    expect(b.text).toBe(a.text);
    expect(new Set([a, ...others].map(({ text }) => text)).size).toBeGreaterThan(1);
    expect(a.usage.inputTokens).toBe(9);
    expect(a.usage.outputTokens).toBeLessThanOrEqual(30);
    expect(['stop', 'length']).toContain(a.finishReason);
  });

  it('streams the same text', async () => {
    const ask = { model, system, prompt: 'You are Ann', seed: 6, maxOutputTokens: 30 };
    const { text } = await generateText(ask);
    const streamed = streamText(ask);
    let all = '';
    for await (const piece of streamed.textStream) all += piece;
    expect(all).toBe(text);
    expect((await streamed.usage).inputTokens).toBe(9);
  });

  it('honours temperature and stop sequences', async () => {
    const cold = (seed: number) =>
      generateText({ model, prompt: 'You are Ann', temperature: 0, seed, maxOutputTokens: 3 });
    const { text } = await cold(1);
    expect((await cold(2)).text).toBe(text);
    const stopped = await generateText({
      model,
      prompt: 'You are Ann',
      temperature: 0,
      stopSequences: [text],
    });
    expect(stopped).toMatchObject({ text: '', finishReason: 'stop' });
  });

  it('chooses from an enumeration, and fills an object with one choice', async () => {
    const words = ['stay', 'north', 'set red'];
    const chosen = await Promise.all(
      Array.from({ length: 10 }, (_, seed) =>
        generateObject({ model, output: 'enum', enum: words, prompt: 'You are Ann', seed }),
      ),
    );
    for (const { object } of chosen) expect(words).toContain(object);
    const schema = z.object({ action: z.enum(['stay', 'north']), confidence: z.number().min(0).max(1) });
    const { object } = await generateObject({ model, schema, prompt: 'You are Ann', seed: 1 });
    expect(schema.parse(object)).toEqual(object);
  });

  it('refuses what it cannot do', async () => {
    const schema = z.object({ name: z.string() });
    await expect(generateObject({ model, schema, prompt: 'Ann' })).rejects.toThrow(
      /No property is a choice among texts/,
    );
    await expect(generateText({ model, prompt: 'Ann '.repeat(99), maxRetries: 0 })).rejects.toThrow(
      /have 99/,
    );
    const image = {
      role: 'user' as const,
      content: [{ type: 'image' as const, image: new Uint8Array([137, 80]) }],
    };
    await expect(generateText({ model, messages: [image], maxRetries: 0 })).rejects.toThrow(/"file"/);
  });

  it('ends at once when the signal aborts', async () => {
    const cancel = new AbortController();
    const asked = generateText({ model, prompt: 'You are Ann', abortSignal: cancel.signal, maxRetries: 0 });
    cancel.abort(new Error('enough'));
    await expect(asked).rejects.toThrow(/enough/);
  });

  it('plays in a study like any model of the AI SDK; a prompt that does not fit is reported as cut', async () => {
    const decide = async (prefix: number) => {
      const small = untrainedModel({}, { prefix, prompt: 96 });
      const own = pocketLanguageModel('own', async () =>
        openPocketChat('own', { threads: 1, folder: small }),
      );
      const definition = fromLanguageModel(own);
      const options = definition.optionsSchema.parse({});
      const player = await definition.create(options, { clock: systemClock, workers: 1 });
      const text = { prefix: 'The team is Ann or Bob.', prompt: 'You are Ann.', actions: ['stay', 'north'] };
      const decision = await askModel(player, { ...text, temperature: 1, seed: 3 });
      await own.close();
      return decision;
    };
    const { action, confidence, usage } = await decide(1000);
    expect([0, 1]).toContain(action);
    expect(confidence).toBeGreaterThan(0);
    expect(usage.outputTokens).toBe(1);
    // The instruction how to answer is spelled by this model, and takes hundreds of tokens.
    expect(await decide(64)).toMatchObject({ truncated: true });
  });
});
