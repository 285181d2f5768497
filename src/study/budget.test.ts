import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Model, ProviderError } from '../contracts/index.ts';
import { BudgetReachedError, randomStream } from '../core/index.ts';
import { memoryStore } from '../store/index.ts';
import { budgetLease } from './budget-lease.ts';
import { budgetMeter, nothing, type Reservation } from './budget.ts';
import { callCosts, metered, payingFor } from './metered.ts';

const request = { prefix: 'Rules.', prompt: 'Choose.', candidates: ['a', 'b'], temperature: 1, seed: 0 };
const unknown = () => undefined;

/** A model whose calls end when the test says so, each with its own usage. */
function heldModel(worst: number) {
  const held: ((tokens: number | Error) => void)[] = [];
  const model: Model = {
    facts: {},
    fingerprint: {},
    service: {
      name: 'held',
      worstCase: () => ({ inputTokens: worst, outputTokens: 0 }),
      check: async () => [],
      probe: () => Promise.reject(new Error('nobody probes')),
    },
    score: () =>
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
          const meter = budgetMeter({ tokens: limit }, nothing);
          const { model, held } = heldModel(worst);
          const account = await meter.episode(unknown, nothing);
          const limitedModel = metered(
            model,
            payingFor(account, { limited: true, costs: callCosts(), onUsage: () => {} }),
          );
          const asked = Array.from({ length: 20 }, () =>
            limitedModel.score!(request).catch((e: unknown) => e),
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
    const meter = budgetMeter({ tokens: 100 }, nothing);
    const model: Model = {
      ...heldModel(40).model,
      score: async () => ({ distribution: [1, 0], usage: {} }),
    };
    const account = await meter.episode(unknown, nothing);
    const limited = metered(
      model,
      payingFor(account, { limited: true, costs: callCosts(), onUsage: () => {} }),
    );
    await limited.score!(request);
    await limited.score!(request);
    await expect(limited.score!(request)).rejects.toThrow(
      'The budget is reached: 80 of 100 tokens are spent, and the next call can cost up to 40 tokens more.',
    );
  });

  it('that fail give back what was set aside', async () => {
    const meter = budgetMeter({ tokens: 50 }, nothing);
    const { model, held } = heldModel(50);
    const account = await meter.episode(unknown, nothing);
    const limited = metered(
      model,
      payingFor(account, { limited: true, costs: callCosts(), onUsage: () => {} }),
    );
    const first = limited.score!(request);
    const second = limited.score!(request);
    await settled();
    expect(held).toHaveLength(1);
    held[0](new Error('no answer'));
    await expect(first).rejects.toThrow('no answer');
    await settled();
    held[1](50);
    await expect(second).resolves.toBeDefined();
  });

  it('that fail after a part of them was paid count that part', async () => {
    const meter = budgetMeter({ tokens: 50 }, nothing);
    const { model, held } = heldModel(50);
    const usages: unknown[] = [];
    const options = { limited: true, costs: callCosts(), onUsage: (usage: unknown) => usages.push(usage) };
    const asked = metered(model, payingFor(await meter.episode(unknown, nothing), options)).score!(request);
    await settled();
    const failed = new ProviderError('The repair never came.');
    failed.usage = { inputTokens: 7 };
    held[0](failed);
    await expect(asked).rejects.toBe(failed);
    expect(meter.spent.tokens).toBe(7);
    expect(usages).toEqual([{ inputTokens: 7 }]);
  });

  it('that were dropped without an answer count as the most that they can have come to', async () => {
    const meter = budgetMeter({ tokens: 100 }, nothing);
    const { model, held } = heldModel(50);
    const options = { limited: true, costs: callCosts(), onUsage: () => {} };
    const abort = new AbortController();
    const account = await meter.episode(unknown, nothing);
    const asked = metered(model, payingFor(account, options)).score!(request, abort.signal);
    await settled();
    abort.abort();
    held[0](new Error('aborted'));
    await expect(asked).rejects.toThrow('aborted');
    expect(meter.spent).toEqual({ tokens: 50, usd: 0 });
    expect(meter.lost).toEqual({ tokens: 50, usd: 0 });
  });

  it('are in the store before they are sent, so that a killed process loses no count', async () => {
    const stream = randomStream('under way');
    for (let round = 0; round < 20; round++) {
      const store = memoryStore();
      const limits = { tokens: 10_000, usd: 1 };
      const lease = budgetLease(store, 'first', limits);
      const meter = budgetMeter(limits, nothing, lease.cover);
      const account = await meter.episode(unknown, nothing);
      let mostSent = 0;
      for (let k = 0; k < 30; k++) {
        const worst = { tokens: stream.integer(1, 300), usd: stream.next() / 40 };
        const call = await account.call(worst).catch(() => undefined);
        if (!call) break;
        // What the open episode has spent, and this call at its worst.
        const sent = { tokens: account.spent.tokens + worst.tokens, usd: account.spent.usd + worst.usd };
        const { reserved } = await store.spending();
        expect(reserved.tokens).toBeGreaterThanOrEqual(sent.tokens);
        expect(reserved.usd).toBeGreaterThanOrEqual(sent.usd - 1e-12);
        // Never much more than the most so far: it is lost to the budget after a kill.
        mostSent = Math.max(mostSent, sent.usd);
        expect(reserved.usd).toBeLessThanOrEqual(mostSent + 0.01 + 1e-12);
        call.settle({ tokens: worst.tokens * stream.next(), usd: worst.usd * stream.next() });
      }
      if (round % 2 === 0) {
        // The next process finds what the killed one may have spent, and cannot spend it again.
        const { reserved } = await store.spending();
        const rest = { tokens: limits.tokens - reserved.tokens, usd: 0 };
        const beyond = { tokens: rest.tokens + 1, usd: 0 };
        expect(await budgetLease(store, 'next', limits).cover(() => beyond, nothing)).toBe(false);
        expect(await budgetLease(store, 'next', limits).cover(() => rest, nothing)).toBe(true);
      } else {
        account.end();
        await lease.end(meter.lost);
        expect(await store.spending()).toEqual({ used: nothing, lost: nothing, reserved: nothing });
      }
    }
  });

  it('of two workers never come to more than the limit together', async () => {
    const stream = randomStream('two workers');
    const store = memoryStore();
    const limits = { tokens: 5_000, usd: Infinity };
    const workers = ['a', 'b'].map((name) => {
      const lease = budgetLease(store, name, limits);
      return { lease, meter: budgetMeter({ tokens: limits.tokens }, nothing, lease.cover) };
    });
    const spend = async ({ meter }: (typeof workers)[number]) => {
      const account = await meter.episode(unknown, nothing);
      for (;;) {
        const call = await account
          .call({ tokens: stream.integer(1, 100), usd: 0.5 })
          .catch((e: unknown) => e);
        if (call instanceof BudgetReachedError) return;
        (call as Reservation).settle({ tokens: stream.integer(0, 1), usd: 0.5 });
        const [a, b] = workers.map((worker) => worker.meter.spent.tokens + worker.meter.setAside.tokens);
        expect(a + b).toBeLessThanOrEqual(limits.tokens);
        const { tokens, usd } = (await store.spending()).reserved;
        expect(tokens).toBeLessThanOrEqual(limits.tokens);
        expect(usd).toBe(0);
      }
    };
    await Promise.all(workers.map(spend));
    const [a, b] = workers.map(({ meter }) => meter.spent.tokens);
    expect(a + b).toBeGreaterThan(limits.tokens - 300);
  });

  it('seldom ask the store: for a hundred calls at a time, or a hundredth of the budget', async () => {
    const limits = { tokens: 1_000_000, usd: Infinity };
    const store = memoryStore();
    const asked: number[] = [];
    const lease = budgetLease(
      {
        ...store,
        reserve: (worker, most, all) => {
          asked.push(most.tokens);
          return store.reserve(worker, most, all);
        },
      },
      'worker',
      limits,
    );
    const meter = budgetMeter({ tokens: limits.tokens }, nothing, lease.cover);
    const account = await meter.episode(unknown, nothing);
    for (let k = 0; k < 1000; k++)
      (await account.call({ tokens: 50, usd: 0 })).settle({ tokens: 50, usd: 0 });
    expect(asked.length).toBe(10);
    expect(asked[0]).toBe(50 + 100 * 50);
  });

  it('that were saved meanwhile are not counted twice', async () => {
    // The first answer of the store comes before what was saved is no longer part of what is held.
    let level = { tokens: 90, usd: 0 };
    let answers = 0;
    const store = {
      reserve: async (_: string, { tokens }: { tokens: number }) => {
        if (++answers === 2) level = { tokens: 40, usd: 0 };
        return tokens <= 50;
      },
      settle: async () => {},
    };
    const lease = budgetLease(store, 'worker', { tokens: 100, usd: Infinity });
    expect(await lease.cover(() => level, { tokens: 10, usd: 0 })).toBe(true);
    level = { tokens: 60, usd: 0 };
    expect(await lease.cover(() => level, { tokens: 10, usd: 0 })).toBe(false);
  });

  it('that wait for others end with the reason of an abort', async () => {
    const meter = budgetMeter({ tokens: 50 }, nothing);
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
    const meter = budgetMeter({ tokens: 1000, usd: 1 }, { tokens: 100, usd: 0.5 });
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
    const meter = budgetMeter({ tokens: 100 }, nothing);
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
    const meter = budgetMeter({ tokens: 100 }, nothing);
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
    const meter = budgetMeter({}, nothing);
    expect(meter.limited).toBe(false);
    await meter.episode(unknown, nothing);
    await meter.episode(unknown, nothing);
    expect(meter.spent).toEqual(nothing);
  });

  it('do not start once everything is spent, by earlier starts too', async () => {
    const spent = { tokens: 100, usd: 0 };
    await expect(budgetMeter({ tokens: 100 }, spent).episode(unknown, nothing)).rejects.toThrow(
      /100 of 100 tokens/,
    );
  });
});
