import { copyFileSync, existsSync, mkdtempSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Model, ModelLoad, ScoreRequest, TextRequest } from '../contracts/index.ts';
import { systemClock } from '../core/index.ts';
import { modelConformance } from '../testing/index.ts';
import { gguf } from './gguf.ts';

/** Where `npm run test:peers` puts what these tests need. */
const peers = path.resolve(import.meta.dirname, '../../.cache/peers/gguf');
const file = path.join(peers, 'SmolLM2-135M-Instruct.Q4_1.gguf');
const there = existsSync(file) && existsSync(path.join(peers, 'node_modules/node-llama-cpp'));

if (!there)
  console.warn(
    '\nSKIPPED, NO MODEL: models in GGUF files are tested after `npm run test:peers -- --gguf`.\n',
  );

// The library is found from the folder that a user works in.
const before = process.cwd();
beforeAll(() => there && process.chdir(peers));
afterAll(() => process.chdir(before));

/** One thread: tests that run beside these want a core, too. */
const options = { path: path.basename(file), contextLength: 512, sequences: 2, threads: 1 };
const open = (more: object = {}): Promise<Model> =>
  gguf.create(gguf.optionsSchema.parse({ ...options, ...more }), { clock: systemClock, workers: 1 });
const using = async (body: (model: Model) => Promise<void>, more?: object) => {
  const model = await open(more);
  try {
    await body(model);
  } finally {
    await model.close();
  }
};

const rules = 'You play a game. Answer with one word.';
const score = (
  prompt: string,
  candidates: readonly string[],
  more: Partial<ScoreRequest> = {},
): ScoreRequest => ({
  ...{ prefix: rules, prompt, candidates, temperature: 1, seed: 0 },
  ...more,
});
const text = (prompt: string, more: Partial<TextRequest> = {}): TextRequest => ({
  ...{ prefix: rules, prompt, maxTokens: 12, temperature: 1, seed: 1 },
  ...more,
});

describe.skipIf(!there)('a language model in the process (needs `npm run test:peers`)', () => {
  const scores = [
    score('Red or blue?', ['red', 'blue']),
    score('Where to?', ['north', 'start 1', 'start 10']),
  ];
  const texts = [
    text('Say a colour.'),
    text('Say a colour.', { turns: [{ answer: 'Hm.', reply: 'One word.' }] }),
  ];
  for (const check of modelConformance(gguf, { options, scores, texts })) it(check.name, check.run);

  it('says what the file says of it', () =>
    using(async ({ facts, fingerprint, memoryBytes }) => {
      expect(facts).toEqual({
        parameters: { total: 134_515_008, active: 134_515_008 },
        architecture: 'dense',
        contextLength: 512,
        quantisation: 'Q4_1',
      });
      expect(fingerprint).toEqual({
        file: 'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53',
        library: 'node-llama-cpp 3.21.1',
        template: 'JinjaTemplate',
      });
      expect(memoryBytes).toBeGreaterThan(98e6);
    }));

  it('says how far it has been loaded', async () => {
    const shares: number[] = [];
    const context = { clock: systemClock, workers: 1, onLoad: ({ share }: ModelLoad) => shares.push(share) };
    await (await gguf.create(gguf.optionsSchema.parse(options), context)).close();
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.at(-1)).toBe(1);
  });

  it('knows what is likelier', () =>
    using(
      async (model) => {
        const ask = async (question: string, ...candidates: string[]) =>
          (await model.score!(score(question, candidates, { prefix: 'Answer with one word.' })))
            .distribution!;
        const [paris] = await ask('What is the capital of France?', 'Paris', 'Rome');
        const [other] = await ask('What is the capital of Italy?', 'Paris', 'Rome');
        expect(paris).toBeGreaterThan(0.5);
        expect(paris).toBeGreaterThan(other);
      },
      { answerPrefix: '' },
    ));

  it('gives the same bytes whatever else is asked, in which order, with how many kept rules and threads', async () => {
    const asked = ['One.', 'Two.', 'Three.'].flatMap((prefix) => [
      score('Red or blue?', ['red', 'blue'], { prefix }),
      text('Say a colour.', { prefix, maxTokens: 4 }),
    ]);
    const answer = (model: Model, request: ScoreRequest | TextRequest) =>
      'candidates' in request ? model.score!(request) : model.generate!(request);
    const first: unknown[] = [];
    await using(async (model) => {
      for (const request of asked) first.push(await answer(model, request));
    });
    for (const more of [{ sequences: 1 }, { sequences: 4, threads: 2 }]) {
      await using(async (model) => {
        const together = await Promise.all([...asked].reverse().map((request) => answer(model, request)));
        expect(together.reverse()).toEqual(first);
      }, more);
    }
  });

  it('draws by the seed, takes the likeliest at temperature 0, and ends at a stop text', () =>
    using(async (model) => {
      const write = async (more: Partial<TextRequest>) =>
        (await model.generate!(text('Tell a story of a fox.', more))).text;
      expect(
        new Set([await write({}), await write({ seed: 2 }), await write({ seed: 3 })]).size,
      ).toBeGreaterThan(1);
      const likeliest = await write({ temperature: 0 });
      expect(await write({ temperature: 0, seed: 9 })).toBe(likeliest);
      const [, second] = likeliest.trim().split(/\s+/);
      await using(
        async (stopping) => {
          const { text: cut } = await stopping.generate!(text('Tell a story of a fox.', { temperature: 0 }));
          expect(cut).toBe(likeliest.slice(0, likeliest.indexOf(second)));
        },
        { stop: [second] },
      );
    }));

  it('gives texts directions: what is written alike lies near, and nothing else moves it', () =>
    using(async (model) => {
      const texts = ['It was Ada who did it.', 'The suspect is Ada.', 'const sum = (a, b) => a + b;', ''];
      const vectors = await model.embed!(texts);
      expect(vectors.map(({ length }) => length)).toEqual([576, 576, 576, 576]);
      const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, x, i) => sum + x * b[i], 0);
      const cosine = (i: number, k: number) =>
        dot(vectors[i], vectors[k]) / Math.sqrt(dot(vectors[i], vectors[i]) * dot(vectors[k], vectors[k]));
      expect(cosine(0, 1)).toBeGreaterThan(cosine(0, 2) + 0.1);
      await model.score!(score('Red or blue?', ['red', 'blue']));
      expect(await model.embed!([texts[1]])).toEqual([vectors[1]]);
      // What does not fit into the context is cut, not refused.
      expect(await model.embed!(['one two three '.repeat(400)])).toEqual(
        await model.embed!(['one two three '.repeat(500)]),
      );
    }));

  it('keeps to a schema', () =>
    using(async (model) => {
      const schema = {
        type: 'object',
        properties: { action: { type: 'string', enum: ['north', 'south'] }, sure: { type: 'boolean' } },
        required: ['action', 'sure'],
        additionalProperties: false,
      };
      const reply = await model.generate!(text('Where to?', { schema, maxTokens: 40 }));
      const answer = JSON.parse(reply.text) as { action: string; sure: boolean };
      expect(['north', 'south']).toContain(answer.action);
      expect(typeof answer.sure).toBe('boolean');
    }));

  it('reads marks of its template as text', () =>
    using(async (model) => {
      const plain = await model.score!(score('Red or blue?', ['red', 'blue']));
      const marked = await model.score!(score('<|im_end|>Red or blue?', ['red', 'blue']));
      // Ten characters that are no mark are several tokens.
      expect(marked.usage.inputTokens! - plain.usage.inputTokens!).toBeGreaterThan(2);
    }));

  it('says when a prompt does not fit', () =>
    using(async (model) => {
      const long = 'one two three '.repeat(200);
      expect(await model.score!(score(long, ['red', 'blue']))).toEqual({ usage: {}, truncated: true });
      expect(await model.generate!(text(long))).toEqual({ text: '', usage: {}, truncated: true });
    }));

  it('names choices in another order where it is told to, and corrects for what it prefers unseen', async () => {
    const request = score('You see a wall. Choose stay or north or south.', ['stay', 'north', 'south']);
    const found: string[] = [];
    for (const more of [{}, { order: 'rotated' }, { calibration: 'contextual' }, { tokens: 'mean' }])
      await using(async (model) => void found.push((await model.score!(request)).distribution!.join()), more);
    expect(new Set(found).size).toBeGreaterThan(2);
    await using(
      async (model) => {
        // Nothing but the choices is what they are corrected by.
        const { distribution } = await model.score!({ ...request, prompt: 'Choose stay or north or south.' });
        for (const p of distribution!) expect(p).toBeCloseTo(1 / 3, 5);
      },
      { calibration: 'contextual' },
    );
  });

  it('refuses what it cannot load in a sentence', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'agentmesh-gguf-'));
    try {
      const cut = path.join(folder, 'cut.gguf');
      copyFileSync(file, cut);
      truncateSync(cut, 50e6);
      await expect(open({ path: cut })).rejects.toThrow(/is cut: it has 50000000 of 98362432 bytes/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
