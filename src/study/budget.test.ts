import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Model, Usage } from '../contracts/index.ts';
import { randomStream } from '../core/index.ts';
import { budgetMeter, BudgetReachedError, nothing } from './budget.ts';
import { callCosts, metered } from './metered.ts';

const request = { prefix: 'Rules.', prompt: 'Choose.', actions: ['a', 'b'], temperature: 1, seed: 0 };
const unknown = () => undefined;

/** A model whose calls end when the test says so, each with its own usage. */
function heldModel(worst: number) {
  const held: ((tokens: number | Error) => void)[] = [];
  const model: Model = {
    facts: {},
    fingerprint: {},
    worstCase: () => ({ inputTokens: worst, outputTokens: 0 }),
    decide: () =>
      new Promise((resolve, reject) => {
        held.push((tokens) =>
          tokens instanceof Error
            ? reject(tokens)
            : resolve({ distribution: [1, 0], usage: { inputTokens: tokens, outputTokens: 0 } }),
        );
      }),
    close: async () => {},
  };
  return { model, held };
}
const settled = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

describe('calls in flight', () => {
  it('never come to more than the limit together, whatever they report and in whatever order they end', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 400 }),
        fc.integer({ min: 1, max: 50 }),
        fc.nat(),
        async (limit, worst, seed) => {
          const stream = randomStream('budget test', seed);
          const meter = budgetMeter({ tokens: limit }, {});
          const { model, held } = heldModel(worst);
          const account = await meter.episode(unknown, nothing);
          const limitedModel = metered(model, account, {
            limited: true,
            costs: callCosts(),
            onUsage: () => {},
          });
          const asked = Array.from({ length: 20 }, () =>
            limitedModel.decide(request).catch((e: unknown) => e),
          );
          for (let k = 0; k < 60; k++) {
            await Promise.resolve();
            // What is under way could all come to its worst.
            expect(meter.spent.tokens + held.length * worst).toBeLessThanOrEqual(limit);
            const [end] = held.length > 0 ? held.splice(stream.integer(0, held.length - 1), 1) : [];
            end?.(stream.integer(0, worst));
          }
          while (held.length > 0) {
            held.splice(0).forEach((end) => end(worst));
            await settled();
          }
          const ends = await Promise.all(asked);
          expect(meter.spent.tokens).toBeLessThanOrEqual(limit);
          // Calls are refused only when not one more of the worst would have fitted.
          const refused = ends.filter((end) => end instanceof BudgetReachedError);
          if (refused.length > 0) expect(meter.spent.tokens + worst).toBeGreaterThan(limit);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('that report nothing are charged with the most that they can have used', async () => {
    const meter = budgetMeter({ tokens: 100 }, {});
    const model: Model = {
      ...heldModel(40).model,
      decide: async () => ({ distribution: [1, 0], usage: {} }),
    };
    const account = await meter.episode(unknown, nothing);
    const limited = metered(model, account, { limited: true, costs: callCosts(), onUsage: () => {} });
    await limited.decide(request);
    await limited.decide(request);
    await expect(limited.decide(request)).rejects.toThrow(
      'The budget is reached: 80 of 100 tokens are spent, and the next call can cost up to 40 tokens more.',
    );
  });

  it('that fail give back what was set aside', async () => {
    const meter = budgetMeter({ tokens: 50 }, {});
    const { model, held } = heldModel(50);
    const account = await meter.episode(unknown, nothing);
    const limited = metered(model, account, { limited: true, costs: callCosts(), onUsage: () => {} });
    const first = limited.decide(request);
    const second = limited.decide(request);
    await settled();
    expect(held).toHaveLength(1);
    held[0](new Error('no answer'));
    await expect(first).rejects.toThrow('no answer');
    await settled();
    held[1](50);
    await expect(second).resolves.toBeDefined();
  });

  it('that wait for others end with the reason of an abort', async () => {
    const meter = budgetMeter({ tokens: 50 }, {});
    const account = await meter.episode(unknown, nothing);
    await account.call({ tokens: 50, usd: 0 });
    const abort = new AbortController();
    const waits = account.call({ tokens: 10, usd: 0 }, abort.signal);
    // 50 are only set aside, so the second call may still fit.
    const reason = new Error('stopped');
    abort.abort(reason);
    await expect(waits).rejects.toBe(reason);
  });

  it('count dollars like tokens, and both at once', async () => {
    const meter = budgetMeter({ tokens: 1000, usd: 1 }, { inputTokens: 100, costUsd: 0.5 });
    const account = await meter.episode(unknown, nothing);
    const call = await account.call({ tokens: 10, usd: 0.5 });
    call.settle({ tokens: 10, usd: 0.4 });
    await expect(account.call({ tokens: 10, usd: 0.2 })).rejects.toThrow(
      /110 of 1000 tokens and \$0\.90 of \$1\.00 are spent, and the next call can cost up to 10 tokens and \$0\.20 more/,
    );
  });
});

describe('episodes', () => {
  const costing = (tokens: number) => () => ({ tokens, usd: 0 });

  it('start only while the budget is expected to pay them in full beside those in flight', async () => {
    const meter = budgetMeter({ tokens: 100 }, {});
    const first = await meter.episode(costing(40), nothing);
    const second = await meter.episode(costing(40), nothing);
    let started = false;
    const third = meter.episode(costing(40), nothing).then((account) => {
      started = true;
      return account;
    });
    await settled();
    expect(started).toBe(false);
    // The first comes to less than expected, so there is room for a third.
    first.add({ tokens: 20, usd: 0 });
    first.end();
    const last = await third;
    second.add({ tokens: 40, usd: 0 });
    second.end();
    last.end();
    await expect(meter.episode(costing(41), nothing)).rejects.toThrow(BudgetReachedError);
  });

  it('of unknown cost start one at a time', async () => {
    const meter = budgetMeter({ tokens: 100 }, {});
    const first = await meter.episode(unknown, nothing);
    const known = { tokens: 30, usd: 0 };
    let isKnown = false;
    let started = false;
    const second = meter.episode(() => (isKnown ? known : undefined), nothing).then(() => (started = true));
    await settled();
    expect(started).toBe(false);
    isKnown = true;
    first.end();
    await second;
  });

  it('start at once without a limit', async () => {
    const meter = budgetMeter({}, {});
    expect(meter.limited).toBe(false);
    await meter.episode(unknown, nothing);
    await meter.episode(unknown, nothing);
    expect(meter.spent).toEqual(nothing);
  });

  it('do not start once everything is spent, by earlier starts too', async () => {
    const spent: Usage = { inputTokens: 60, outputTokens: 40 };
    await expect(budgetMeter({ tokens: 100 }, spent).episode(unknown, nothing)).rejects.toThrow(
      /100 of 100 tokens/,
    );
  });
});
