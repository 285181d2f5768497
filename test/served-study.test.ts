import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  memoryStore,
  ReplayError,
  run,
  scoreTableText,
  type StudyInput,
  type StudyReader,
} from '../src/api/index.ts';
import { faultsOf } from '../src/contracts/index.ts';
import { type Clock, systemClock } from '../src/core/index.ts';
import { flakyFaults, type FlakyServiceOptions } from './support/flaky-service.ts';
import { serve } from './support/served.ts';
import { leapingClock } from './support/virtual-clock.ts';

/** Waits a twentieth of the time. */
const hurried: Clock = {
  ...systemClock,
  monotonicMs: () => systemClock.monotonicMs() * 20,
  sleep: (ms, signal) => systemClock.sleep(ms / 20, signal),
};

/** One study whose model is behind an address; the label keeps the address out of the tables. */
const study = (origin: string, over: Partial<StudyInput> = {}, timeoutMs = 60_000): StudyInput => ({
  name: 'served',
  models: [
    {
      id: `openai-compatible:${origin}/v1#test-model`,
      label: 'served',
      limits: { timeoutMs, concurrency: 16 },
    },
  ],
  strategies: ['none'],
  tasks: ['coverage', 'two-step-game'],
  seeds: 20,
  concurrency: 16,
  ...over,
});

/** What a table shows, without what names the address. */
async function table(store: StudyReader) {
  const rows = [];
  for await (const { run: planned, outcome } of store.outcomes()) {
    const { task, seed, strategy } = planned;
    rows.push({ task, seed, strategy, ...outcome, hash: undefined });
  }
  return rows;
}

describe('a study against a service', () => {
  it('of 300 runs completes at a fault rate of 20%, with the table of a service without faults', async () => {
    // The address is part of a run's hash, so both studies must meet the same one: faults are switched on there.
    const quick = flakyFaults.filter((fault) => fault !== 'hang' && fault !== 'slow stream');
    // A timeout that an answer never meets on a busy machine is long, so the faults that wait for it are rare.
    const kinds = [...quick, ...quick, ...quick, ...quick, 'hang', 'slow stream'] as const;
    const timeoutMs = 3000;
    const options: { faultShare: number } & FlakyServiceOptions = { faultShare: 0, kinds };
    const service = await serve(options);
    const games = { tasks: ['matrix-game', 'two-step-game'], seeds: 150 };
    const calm = memoryStore();
    await run(study(service.origin, games), { store: calm });
    const calmRequests = service.requests.length;

    options.faultShare = 0.2;
    const flaky = memoryStore();
    const { summary } = await run(study(service.origin, games, timeoutMs), {
      store: flaky,
      clock: leapingClock().clock,
    });
    expect(summary).toMatchObject({ ended: 'finished', completed: 300, failed: 0 });
    expect(await table(flaky)).toEqual(await table(calm));

    // Every kind of fault was met. Each cost one more request, and only answers that came too late cost others.
    const met = service.requests.slice(calmRequests);
    const counted = Object.values(faultsOf(await flaky.tallies())).flatMap((kinds) => Object.values(kinds));
    expect(counted.reduce((sum, n) => sum + n, 0)).toBe(met.length - calmRequests);
    const faults = [...service.faults.values()].reduce((sum, n) => sum + n, 0);
    expect([...service.faults.keys()].sort()).toEqual([...flakyFaults].sort());
    expect(faults / met.length).toBeGreaterThan(0.15);
    expect(met.length).toBeGreaterThanOrEqual(calmRequests + faults);
    expect(met.length).toBeLessThanOrEqual(calmRequests + faults + service.hungUp());

    // Nothing is paid twice: a question that was answered is asked again only when its answer came too late.
    const answered = new Map<string, number>();
    for (const { body, fault } of met) {
      if (fault) continue;
      const question = JSON.stringify(body);
      answered.set(question, (answered.get(question) ?? 0) + 1);
    }
    const twice = [...answered.values()].reduce((sum, times) => sum + times - 1, 0);
    expect(twice).toBeLessThanOrEqual(service.hungUp());
    expect(answered.size).toBe(calmRequests);
  });

  it('outlives a service that is dead for half a minute in the middle', async () => {
    const service = await serve({ latencyMs: 5 });
    const store = memoryStore();
    const running = run(study(service.origin, { tasks: ['two-step-game'], seeds: 30 }), {
      store,
      clock: hurried,
    });
    while (service.requests.length < 20) await systemClock.sleep(5);
    // 1.5 s are 30 s on the study's clock.
    await service.die(1500);
    const { summary } = await running;
    expect(summary).toMatchObject({ ended: 'finished', completed: 30, failed: 0 });
  });

  it('never spends more than its budget, however many calls are in flight at a slow service', async () => {
    // Each request costs 100 * 10 + 10 * 100 = 2000 millionths of a dollar, so 0.2 dollars pay 100 of them.
    const service = await serve({ latencyMs: 30 });
    const prices = { input: 10, output: 100 };
    const limits = { concurrency: 64 };
    const models = [{ ...(study(service.origin).models[0] as object), maxOutputTokens: 20, prices, limits }];
    const limited = study(service.origin, { models, tasks: ['two-step-game'], seeds: 60, concurrency: 64 });
    const store = memoryStore();
    const { summary } = await run({ ...limited, budget: { usd: 0.2 } }, { store });
    expect(summary.ended).toBe('budget');
    expect(service.requests.length * 0.002).toBeLessThanOrEqual(0.2 + 1e-9);
    // What is spent went into finished episodes: none was cut off, and little is left over.
    const spent = (await table(store)).reduce((sum, { usage }) => sum + (usage?.costUsd ?? 0), 0);
    // The first request was the probe: it counts against the budget and belongs to no run.
    expect(spent).toBeCloseTo((service.requests.length - 1) * 0.002, 9);
    expect(spent).toBeGreaterThan(0.15);

    // Starting again changes nothing; a larger budget goes on where it stopped, and holds for both together.
    const again = await run({ ...limited, budget: { usd: 0.2 } }, { store });
    expect(again.summary).toMatchObject({ ended: 'budget' });
    expect(service.requests.length * 0.002).toBeLessThanOrEqual(0.2 + 1e-9);
    const more = await run({ ...limited, budget: { usd: 10 } }, { store });
    expect(more.summary).toMatchObject({ ended: 'finished', completed: 60 });
    expect(service.requests.length).toBe(60 * 4 + 1);
  });

  it('counts what a killed start may have spent against its budget', async () => {
    const service = await serve();
    const prices = { input: 10, output: 100 };
    const models = [{ ...(study(service.origin).models[0] as object), maxOutputTokens: 20, prices }];
    const limited = study(service.origin, { models, tasks: ['two-step-game'], seeds: 60 });
    const store = memoryStore();
    // As a process leaves it that is killed with calls under way.
    await store.reserve('killed', { tokens: 0, usd: 0.15 }, { tokens: Infinity, usd: Infinity });
    const { summary } = await run({ ...limited, budget: { usd: 0.2 } }, { store });
    expect(summary.ended).toBe('budget');
    expect(service.requests.length).toBeGreaterThan(1);
    expect(service.requests.length * 0.002).toBeLessThanOrEqual(0.05 + 1e-9);
    const { lost, reserved } = await store.spending();
    expect(lost.usd + reserved.usd).toBe(0.15);
  });

  it('refuses a budget in dollars for a model without a price, before anything is asked', async () => {
    const service = await serve();
    await expect(
      run(study(service.origin, { budget: { usd: 1 } }), { store: memoryStore() }),
    ).rejects.toThrow(/the price of the model "served" is unknown.*prices: \{input/);
    expect(service.requests).toHaveLength(0);
  });

  it('replays a recording offline, to the byte, and stops where the study was changed', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'agentmesh-replay-'));
    const record = path.join(folder, 'cassette.jsonl');
    const service = await serve({ faultShare: 0.1, kinds: ['500', 'invalid JSON'] });
    const original = study(service.origin, { seeds: 5, tasks: ['coverage', 'matrix-game'] });
    try {
      const live = memoryStore();
      await run(original, { store: live, clock: leapingClock().clock, record });
      await service.close();
      const asked = service.requests.length;

      const again = memoryStore();
      const { summary } = await run(original, { store: again, replay: record });
      expect(summary).toMatchObject({ ended: 'finished', failed: 0, completed: 10 });
      expect(service.requests).toHaveLength(asked);
      expect(JSON.stringify(await everything(again))).toBe(JSON.stringify(await everything(live)));

      const warmer = { ...original, temperature: 0.5 };
      const diverged = run(warmer, { store: memoryStore(), replay: record });
      await expect(diverged).rejects.toThrow(ReplayError);
      await expect(diverged).rejects.toThrow(
        /served, none, (coverage|matrix-game), seed \d, episode 0, step 1, /,
      );
      await expect(diverged).rejects.toThrow(/temperature differs[^]*recorded: 1\n[^]*now: +0\.5/);

      await expect(run({ ...original, seeds: 6 }, { store: memoryStore(), replay: record })).rejects.toThrow(
        /no record of: served, none, (coverage|matrix-game), seed 5, episode 0/,
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('a model whose answers cannot be read', () => {
  const mute = (origin: string): StudyInput =>
    study(origin, {
      models: [{ id: `openai-compatible:${origin}/v1#test-model`, label: 'mute', answer: 'text' }],
      tasks: ['two-step-game'],
      seeds: 2,
    });

  it('keeps a study from starting, with what it said and what helps', async () => {
    const service = await serve({ say: () => 'I would rather not say.' });
    const store = memoryStore();
    await expect(run(mute(service.origin), { store })).rejects.toThrow(
      /test-model: No answer could be read, asked twice\. .*"I would rather not say\.".*`answer: structured`.*--accept-unreadable/,
    );
    expect(service.requests).toHaveLength(2);
    expect(await store.study()).toBeUndefined();
  });

  it('plays when that is accepted, and is marked in the result', async () => {
    const service = await serve({ say: () => 'I would rather not say.' });
    const store = memoryStore();
    const options = { store, acceptUnreadable: true };
    const { summary, scores, unreadable } = await run(mute(service.origin), options);
    expect([summary.failed, summary.completed]).toEqual([0, 2]);
    expect(unreadable).toMatchObject([{ model: 'mute', cells: 1, playedCells: 1 }]);
    expect(unreadable[0].unparsable).toBe(unreadable[0].decisions);
    expect(scoreTableText(scores)).toMatch(/\(100% unreadable\)/);
    // What was accepted once is asked again, so that a mended model is found.
    const asked = service.requests.length;
    await expect(run({ ...mute(service.origin), seeds: 3 }, { store })).rejects.toThrow(/asked twice/);
    expect(service.requests).toHaveLength(asked + 2);
  });
});

it('an answer that was paid counts, even when its repair is refused', async () => {
  const service = await serve({
    say: () => 'I would rather not.',
    refuse: ({ messages }) => (messages.length > 2 ? 'no more' : undefined),
  });
  const store = memoryStore();
  const one = study(service.origin, { seeds: 1, tasks: ['matrix-game'], concurrency: 1 });
  const { summary } = await run(one, { store, probe: false });
  expect(summary.statuses['provider-failure']).toBe(1);
  // Two agents are asked at once; each first answer came, and is reported with 100 and 10 tokens.
  const answered = service.requests.filter(({ body }) => body.messages.length === 2).length;
  expect(summary.spent.tokens).toBe(110 * answered);
});

it('a recorded failure of a service is the same failure in a replay', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'agentmesh-replay-'));
  const record = path.join(folder, 'cassette.jsonl');
  const service = await serve({
    refuse: ({ seed }) => (Number(seed) % 5 === 0 ? 'not this one' : undefined),
  });
  const original = study(service.origin, { seeds: 6, tasks: ['two-step-game'] });
  try {
    const live = memoryStore();
    const { summary } = await run(original, { store: live, clock: hurried, record, probe: false });
    expect(summary.statuses['provider-failure']).toBeGreaterThan(0);
    const again = memoryStore();
    await run(original, { store: again, replay: record });
    expect(JSON.stringify(await everything(again))).toBe(JSON.stringify(await everything(live)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

async function everything(store: StudyReader) {
  const out = [];
  for await (const { run: planned, outcome } of store.outcomes()) {
    out.push({ planned, outcome, episode: await store.episode(planned.hash, 0) });
  }
  return out;
}
