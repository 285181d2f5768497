import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Model, ProviderError, type TextRequest } from '../../../contracts/index.ts';
import { InputError, systemClock } from '../../../core/index.ts';
import { modelConformance } from '../../../testing/index.ts';
import { pocketModel } from './model.ts';
import { untrainedModel } from '../../../../test/support/tiny-pocket.ts';
import { askModel, type DecisionRequest } from '../../../episode/asking/index.ts';

const folder = untrainedModel();
const untrained = pocketModel({ id: 'untrained', title: 'Untrained', folder });
const create = (workers = 1) => untrained.create({}, { clock: systemClock, workers });

async function using(body: (model: Model) => Promise<void>, workers = 1) {
  const model = await create(workers);
  try {
    await body(model);
  } finally {
    await model.close();
  }
}

const request = (k: number): DecisionRequest => ({
  prefix: 'The team is Ann or Bob.',
  prompt: `You are Ann. ${'Beacon 1 is 2 north 1 east. '.repeat(k % 11)} Choose well.`,
  actions: ['stay', 'north', 'set red', ...(k % 5 === 0 ? ['jump'] : [])],
  temperature: 1 + (k % 3) / 4,
  seed: k,
});
const requests = Array.from({ length: 150 }, (_, k) => request(k));

describe('an embedded model conforms to the contract', () => {
  for (const check of modelConformance(untrained)) it(check.name, check.run);
});

describe('an embedded model', () => {
  it('says what it is', () =>
    using(async ({ facts, fingerprint }) => {
      // 73 tokens, 32 position features and 8 gists of width 16; per layer 4 * 16^2 + 2 * 16 * 32.
      const total = (61 + 32 + 8) * 16 + 2 * (4 * 256 + 2 * 512);
      expect(facts).toEqual({
        parameters: { total, active: total },
        architecture: 'dense',
        contextLength: 160,
      });
      const card = JSON.parse(readFileSync(path.join(folder, 'model.json'), 'utf8')) as { weights: string };
      expect(fingerprint).toEqual({ weights: card.weights });
    }));

  it('writes, keeps to a schema with one choice, and refuses what it cannot be held to', () =>
    using(async (model) => {
      const write = (over: Partial<TextRequest> = {}) => {
        const { prefix, prompt } = request(1);
        return model.generate!({ prefix, prompt, maxTokens: 20, temperature: 1, seed: 3, ...over });
      };
      expect((await write()).usage.outputTokens).toBeGreaterThan(0);
      const choice = { type: 'string', enum: ['stay', 'north'] };
      const schema = { type: 'object', properties: { action: choice, confidence: { type: 'number' } } };
      const { text } = await write({ schema });
      const { action, confidence } = JSON.parse(text) as { action: string; confidence: number };
      // The confidence is the probability with which it was drawn.
      const scored = await model.score!({ ...request(1), temperature: 1, candidates: choice.enum });
      expect(confidence).toBeCloseTo(scored.distribution![choice.enum.indexOf(action)], 3);
      await expect(write({ schema: { type: 'array' } })).rejects.toThrow(InputError);
      expect(await write({ prompt: 'north '.repeat(500) })).toEqual({ text: '', usage: {}, truncated: true });
    }));

  it('gives byte-identical answers with one thread and with two', async () => {
    const answers = async (workers: number) => {
      let out: unknown;
      await using(async (model) => {
        out = await Promise.all(requests.map((r) => askModel(model, r)));
      }, workers);
      return JSON.stringify(out);
    };
    expect(await answers(2)).toBe(await answers(1));
  });

  it('reports a prompt that it had to cut', () =>
    using(async (model) => {
      const long = await askModel(model, { ...request(0), prompt: 'Ann '.repeat(200) });
      expect(long.truncated).toBe(true);
      expect((await askModel(model, request(0))).truncated).toBeUndefined();
    }));

  it('ends everything under way when a signal that many questions share aborts', () =>
    using(async (model) => {
      const warnings: Error[] = [];
      const onWarning = (warning: Error) => void warnings.push(warning);
      process.on('warning', onWarning);
      const controller = new AbortController();
      const reason = new Error('stopped');
      const underWay = Promise.allSettled(requests.map((r) => askModel(model, r, controller.signal)));
      controller.abort(reason);
      for (const outcome of await underWay) expect(outcome).toEqual({ status: 'rejected', reason });
      const later = new AbortController();
      const decided = await Promise.all(requests.map((r) => askModel(model, r, later.signal)));
      expect(decided).toHaveLength(requests.length);
      process.off('warning', onWarning);
      expect(warnings).toEqual([]);
    }));

  it('refuses to choose among no actions', () =>
    using(async (model) => {
      await expect(askModel(model, { ...request(0), actions: [] })).rejects.toThrow(InputError);
    }));

  it('rejects what is under way when it is closed, and everything after', async () => {
    const model = await create();
    const underWay = requests.map((r) => askModel(model, r));
    const outcomes = Promise.allSettled(underWay);
    await model.close();
    for (const outcome of await outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(ProviderError);
    }
    await expect(askModel(model, request(0))).rejects.toThrow(ProviderError);
  });
});

describe('the files of an embedded model', () => {
  const damaged = (change: (folder: string) => void) => {
    const copy = mkdtempSync(path.join(tmpdir(), 'pocket-damaged-'));
    for (const file of ['model.json', 'weights.safetensors'])
      copyFileSync(path.join(folder, file), path.join(copy, file));
    change(copy);
    return pocketModel({ id: 'damaged', title: '', folder: copy }).create(
      {},
      { clock: systemClock, workers: 1 },
    );
  };
  const weights = (f: string) => path.join(f, 'weights.safetensors');
  const card = (f: string) => path.join(f, 'model.json');
  const editCard = (edit: (value: Record<string, unknown>) => void) => (f: string) => {
    const value = JSON.parse(readFileSync(card(f), 'utf8')) as Record<string, unknown>;
    edit(value);
    writeFileSync(card(f), JSON.stringify(value));
  };

  it.each<[string, (folder: string) => void, RegExp]>([
    ['missing weights', (f) => rmSync(weights(f)), /weights\.safetensors: This file .* is missing/],
    ['a missing card', (f) => rmSync(card(f)), /model\.json: This file .* is missing/],
    [
      'a flipped bit',
      (f) => {
        const bytes = readFileSync(weights(f));
        bytes[bytes.length - 7] ^= 4;
        writeFileSync(weights(f), bytes);
      },
      /weights\.safetensors: These weights have the checksum/,
    ],
    ['cut weights', (f) => writeFileSync(weights(f), readFileSync(weights(f)).subarray(0, 999)), /checksum/],
    ['a card that is not JSON', (f) => writeFileSync(card(f), '{'), /model\.json: This file is not JSON/],
    ['a card without a shape', editCard((v) => delete v.shape), /"shape" is wrong/],
    [
      'a card of another shape',
      editCard((v) => ((v.shape as Record<string, unknown>).width = 20)),
      /The tensor "embedding" should have the shape \[\d+, 20\]/,
    ],
  ])('%s: an error that names the file and the remedy', async (_, change, message) => {
    const error = await damaged(change).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(InputError);
    expect((error as Error).message).toMatch(message);
    expect((error as Error).message).toContain('npm run pretrain');
  });
});
