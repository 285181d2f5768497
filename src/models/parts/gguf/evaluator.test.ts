import { describe, expect, it } from 'vitest';
import { ProviderError } from '../../../contracts/index.ts';
import { sha256 } from '../../../core/index.ts';
import type { Token } from './candidates.ts';
import { evaluatorOf } from './evaluator.ts';
import type { LlamaContext, LlamaSequence } from './library.ts';

/**
 * A context whose distributions depend on the pieces in which its tokens were evaluated, as those of llama.cpp do in
 * their last digits, and which cannot go back into the middle of a piece.
 */
function pieceContext({
  needsCheckpoints = false,
  fails = () => false,
}: { needsCheckpoints?: boolean; fails?: (token: Token) => boolean } = {}) {
  const evaluated: Token[] = [];
  const seen = { evaluated, atOnce: 0, most: 0 };
  const sequence = (): LlamaSequence => {
    let pieces: (readonly Token[])[] = [];
    const length = () => pieces.reduce((sum, piece) => sum + piece.length, 0);
    const evaluate = async (tokens: readonly Token[]) => {
      seen.most = Math.max(seen.most, ++seen.atOnce);
      await new Promise((resolve) => setImmediate(resolve));
      seen.atOnce--;
      if (tokens.some(fails)) throw new Error('no room for these tokens');
      evaluated.push(...tokens);
      pieces.push(tokens);
    };
    return {
      get nextTokenIndex() {
        return length();
      },
      needsCheckpoints,
      clearHistory: async () => void (pieces = []),
      eraseContextTokenRanges: async ([{ start, end }]) => {
        if (needsCheckpoints) throw new Error('it cannot go back');
        expect(end).toBe(length());
        while (length() > start) pieces.pop();
        expect(length()).toBe(start);
      },
      evaluateWithoutGeneratingNewTokens: evaluate,
      controlledEvaluate: async (input) => {
        await evaluate(input.map((item) => (typeof item === 'number' ? item : item[0])));
        const p = Number.parseInt(sha256(JSON.stringify(pieces)).slice(0, 8), 16);
        return [...input.slice(1).map(() => undefined), { next: { probabilities: new Map([[1, p]]) } }];
      },
      evaluate: async function* (tokens) {
        await evaluate(tokens);
        for (let k = 0; k < 3; k++) {
          const token = Number.parseInt(sha256(JSON.stringify(pieces)).slice(0, 4), 16);
          yield token;
          await evaluate([token]);
        }
      },
    };
  };
  const context: LlamaContext = { getSequence: sequence, dispose: async () => {} };
  return { context, seen };
}

type Prompt = readonly [tokens: readonly Token[], rules: number];
const prompts: readonly Prompt[] = [
  [[1, 2, 3, 10, 11], 3],
  [[1, 2, 3, 12], 3],
  [[4, 5, 6, 13], 3],
  [[7, 8, 14, 15], 2],
  [[16, 17], 0],
];

describe.each([false, true])(
  'evaluated one at a time (a model that cannot go back: %s)',
  (needsCheckpoints) => {
    const opened = (sequences: number) => {
      const { context, seen } = pieceContext({ needsCheckpoints });
      const evaluator = evaluatorOf(context, sequences);
      const ask = ([tokens, rules]: Prompt) =>
        evaluator.alone(tokens, rules, async ({ next }) => [
          (await next([]))(1),
          (await next([20]))(1),
          (await next([20, 21]))(1),
          (await next([22]))(1),
        ]);
      const write = ([tokens, rules]: Prompt) =>
        evaluator.alone(tokens, rules, async ({ draw }) => {
          const drawn: Token[] = [];
          const sampling = { temperature: 1, topP: 1, topK: 0, minP: 0, seed: 0 };
          for await (const token of draw(sampling)) drawn.push(token);
          return drawn;
        });
      return { evaluator, ask, write, seen };
    };

    it.each([1, 2, 8])(
      'a prompt has one answer, whatever was asked before or is at once (%i sequences)',
      async (n) => {
        const alone: (readonly (readonly number[])[])[] = [];
        for (const prompt of prompts) {
          const { ask, write } = opened(1);
          alone.push([await ask(prompt), await write(prompt)]);
        }
        const { ask, write, seen } = opened(n);
        for (const order of [prompts, [...prompts].reverse(), [...prompts, ...prompts]]) {
          const together = await Promise.all(
            order.map((prompt) => Promise.all([ask(prompt), write(prompt)])),
          );
          order.forEach((prompt, k) => expect(together[k]).toEqual(alone[prompts.indexOf(prompt)]));
        }
        expect(seen.most).toBe(1);
      },
    );

    it('goes on after an abort, and after a failure', async () => {
      const { evaluator, ask } = opened(1);
      const before = await ask(prompts[0]);
      const stop = new AbortController();
      const reason = new Error('stopped');
      const asked = evaluator.alone(
        ...prompts[1],
        async ({ next }) => {
          await next([]);
          stop.abort(reason);
          return next([20]);
        },
        stop.signal,
      );
      await expect(asked).rejects.toBe(reason);
      await expect(
        evaluator.alone(...prompts[1], () => Promise.reject(new Error('it broke.'))),
      ).rejects.toThrow(new ProviderError('The model failed: it broke.'));
      expect(await ask(prompts[0])).toEqual(before);
    });
  },
);

it('rules are evaluated once, as long as there are sequences to keep them', async () => {
  const { context, seen } = pieceContext();
  const evaluator = evaluatorOf(context, 2);
  const ask = ([tokens, rules]: Prompt) => evaluator.alone(tokens, rules, ({ next }) => next([]));
  const rulesOf = async (...asked: readonly Prompt[]) => {
    seen.evaluated.length = 0;
    for (const prompt of asked) await ask(prompt);
    return seen.evaluated.filter((token) => token < 10);
  };
  expect(await rulesOf(prompts[0], prompts[1], prompts[2], prompts[0])).toEqual([1, 2, 3, 4, 5, 6]);
  // A third takes the place of the one that was not used for the longest time.
  expect(await rulesOf(prompts[3], prompts[0], prompts[2])).toEqual([7, 8, 4, 5, 6]);
});

it('what was evaluated in part is not taken for the whole', async () => {
  let fails = true;
  const { context } = pieceContext({ fails: (token) => fails && token === 11 });
  const evaluator = evaluatorOf(context, 1);
  const ask = () => evaluator.alone(...prompts[0], async ({ next }) => (await next([]))(1));
  await expect(ask()).rejects.toThrow(ProviderError);
  fails = false;
  const other = evaluatorOf(pieceContext().context, 1);
  expect(await ask()).toBe(await other.alone(...prompts[0], async ({ next }) => (await next([]))(1)));
});

it('after it was closed it answers no more', async () => {
  const evaluator = evaluatorOf(pieceContext().context, 1);
  const ask = () => evaluator.alone(...prompts[0], async ({ next }) => (await next([]))(1));
  expect(await ask()).toBeGreaterThan(0);
  await evaluator.close();
  await expect(evaluator.alone(...prompts[0], ({ next }) => next([]))).rejects.toThrow(
    /after it had been closed/,
  );
});
