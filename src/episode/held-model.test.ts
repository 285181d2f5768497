import { describe, expect, it } from 'vitest';
import { type Model, ProviderError, type ScoreReply, type TextReply } from '../contracts/index.ts';
import { InputError } from '../core/index.ts';
import { heldModel } from './held-model.ts';

const bare = { facts: {}, fingerprint: {}, close: () => Promise.resolve() };
const asked = { prefix: '', prompt: 'yes or no?', temperature: 1, seed: 1, call: 'step 1, Ann' };
const written = { ...asked, maxTokens: 5 };
const scored = { ...asked, candidates: ['yes', 'no'] };
const writer = (reply: unknown) =>
  heldModel('mine', { ...bare, generate: () => reply as Promise<TextReply> }).generate!(written);
const scorer = (distribution: readonly number[]) =>
  heldModel('mine', { ...bare, score: () => Promise.resolve({ distribution, usage: {} }) }).score!(scored);

describe('a model that breaks its contract fails the call with its name and what is wrong', () => {
  it.each([
    [undefined, 'it gave no reply'],
    [null, 'it gave no reply'],
    [{ text: 'yes' }, 'its reply has no `usage`'],
    [{ usage: {} }, 'its reply has no `text`'],
    [{ text: null, usage: {} }, 'its reply has no `text`'],
    [{ text: 'yes', usage: { inputTokens: Number.NaN } }, 'its usage has inputTokens NaN'],
    [{ text: 'yes', usage: { costUsd: -1 } }, 'its usage has costUsd -1'],
  ])('text: %j', async (reply, wrong) => {
    await expect(writer(Promise.resolve(reply))).rejects.toThrow(
      `The model "mine" breaks its contract: ${wrong} (step 1, Ann).`,
    );
  });

  it.each([
    [[1], 'it gave 1 probabilities for 2 candidates'],
    [[Number.NaN, 1], 'it gave the probability NaN'],
    [[-1, 2], 'it gave the probability -1'],
    [[0.5, 0.6], 'its probabilities sum to 1.1, not to 1'],
  ])('probabilities: %j', async (distribution, wrong) => {
    await expect(scorer(distribution)).rejects.toThrow(`breaks its contract: ${wrong}`);
  });

  it.each([
    [{}, /can do nothing: give it `generate`, `score`, or both/],
    [{ generate: writer, facts: undefined }, /lacks `facts` or `fingerprint`/],
    [{ generate: writer, close: undefined }, /lacks `close`/],
  ])('before it is asked: %j', (over, message) => {
    expect(() => heldModel('mine', { ...bare, ...over } as unknown as Model)).toThrow(InputError);
    expect(() => heldModel('mine', { ...bare, ...over } as unknown as Model)).toThrow(message);
  });

  it('none at all', () => {
    expect(() => heldModel('mine', undefined as unknown as Model)).toThrow(/its `create` gave no object/);
  });
});

it('what a model throws gets its name, at once or later; an abort is passed on', async () => {
  const failing =
    (generate: Model['generate']) =>
    (...call: Parameters<NonNullable<Model['generate']>>) =>
      heldModel('mine', { ...bare, generate }).generate!(...call);
  const now = failing(() => {
    throw new TypeError('no such field');
  })(written);
  const later = failing(() => Promise.reject(new Error('down')))(written);
  await expect(now).rejects.toThrow(new ProviderError('The model "mine" failed with "no such field".'));
  await expect(later).rejects.toThrow(new ProviderError('The model "mine" failed with "down".'));
  const own = new ProviderError('The service answers 500.');
  await expect(failing(() => Promise.reject(own))(written)).rejects.toBe(own);
  const reason = new Error('a second Ctrl-C');
  await expect(failing(() => Promise.reject(reason))(written, AbortSignal.abort(reason))).rejects.toBe(
    reason,
  );
});

it('what keeps to the contract passes as it is, answered at once or later', async () => {
  const reply = { text: 'yes', usage: { inputTokens: 3 } };
  expect(await writer(Promise.resolve(reply))).toBe(reply);
  expect(await writer(reply)).toBe(reply);
  // Within the precision that the contract states.
  const distribution: ScoreReply['distribution'] = [0.5, 0.5 + 9e-7];
  expect((await scorer(distribution)).distribution).toBe(distribution);
});
