import { createTask, simulatorOf } from '../src/contracts/index.ts';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { leapingClock, virtualClock } from './support/virtual-clock.ts';
import {
  builtInCatalogue,
  type Catalogue,
  inProcessQueue,
  type ModelDefinition,
  memoryStore,
  run,
  type StudyInput,
  type StudyReader,
  type AnyTaskDefinition,
  type Json,
  type StrategyDefinition,
  TaskError,
  type WorkQueue,
} from '../src/api/index.ts';

const study = (over: Partial<StudyInput> = {}): StudyInput => ({
  name: 'runner-test',
  models: ['scripted'],
  strategies: ['none'],
  tasks: ['matrix-game', 'two-step-game'],
  seeds: 6,
  ...over,
});

/** Everything in a store that must be equal between two executions. */
async function contents(store: StudyReader) {
  const out = [];
  for await (const { run: planned, outcome } of store.outcomes()) {
    const episodes = [];
    for (const { episode } of await store.episodes(planned.hash)) {
      episodes.push(await store.episode(planned.hash, episode));
    }
    out.push({ planned, outcome, episodes });
  }
  return out;
}

describe('the runner', () => {
  it('gives the same bytes whatever the concurrency', async () => {
    const results = [];
    for (const concurrency of [1, 7, 64]) {
      const store = memoryStore();
      await run(study({ concurrency, tasks: ['coverage', 'matrix-game'], seeds: 3 }), { store });
      results.push(JSON.stringify(await contents(store)));
    }
    expect(results[1]).toBe(results[0]);
    expect(results[2]).toBe(results[0]);
  });

  it('goes on where it was stopped and ends with the same bytes', async () => {
    const undisturbed = memoryStore();
    await run(study({ episodes: 3 }), { store: undisturbed });

    const store = memoryStore();
    let starts = 0;
    for (let ended = 'interrupted'; ended !== 'finished'; starts++) {
      const stop = new AbortController();
      let completed = 0;
      const { summary } = await run(study({ episodes: 3, concurrency: 2 }), {
        store,
        stop: stop.signal,
        onProgress: () => {
          if (++completed > 3) stop.abort();
        },
      });
      ended = summary.ended;
      expect(starts).toBeLessThan(20);
    }
    expect(starts).toBeGreaterThan(1);
    expect(JSON.stringify(await contents(store))).toBe(JSON.stringify(await contents(undisturbed)));
  });

  it('plays the runs of an own queue, goes on with it, and refuses one that holds strange runs', async () => {
    const undisturbed = memoryStore();
    await run(study(), { store: undisturbed });
    const queue = inProcessQueue();
    const handedOut: string[] = [];
    const own: WorkQueue = {
      ...queue,
      work: (play, options) =>
        queue.work(async (hash) => {
          handedOut.push(hash);
          await play(hash);
        }, options),
    };
    const store = memoryStore();
    const stop = new AbortController();
    await run(study(), { store, queue: own, stop: stop.signal, onProgress: () => stop.abort() });
    const { summary } = await run(study(), { store, queue: own });
    expect(summary.ended).toBe('finished');
    expect(new Set(handedOut).size).toBe(12);
    expect(JSON.stringify(await contents(store))).toBe(JSON.stringify(await contents(undisturbed)));

    await queue.put(['0123']);
    await expect(run(study({ seeds: 7 }), { store, queue: own })).rejects.toThrow(
      'The queue holds the run 0123, which is none of those that "runner-test" has to play.',
    );
  });

  it('runs nothing again when a factor is extended', async () => {
    const store = memoryStore();
    await run(study({ seeds: 4 }), { store });
    const { summary } = await run(study({ seeds: 6, factors: { temperature: [1, 2] } }), { store });
    // 2 tasks x 6 seeds x 2 temperatures, of which 2 x 4 at temperature 1 are known.
    expect(summary).toMatchObject({ total: 24, completed: 24, played: 16 });
  });

  it('plays runs of equal content once, whatever their labels', async () => {
    const store = memoryStore();
    const models = [
      { id: 'scripted', label: 'one' },
      { id: 'scripted', label: 'other' },
    ];
    const { summary, scores } = await run(study({ models, tasks: ['coverage'], seeds: 3 }), { store });
    expect(summary).toMatchObject({ total: 3, completed: 3, played: 3, ended: 'finished' });
    const [one, other] = scores.cells;
    expect(other.mean).toBe(one.mean);
    const tokens = summary.spent.tokens;
    const again = await run(study({ models, tasks: ['coverage'], seeds: 3 }), { store });
    expect(again.summary).toMatchObject({ played: 0, spent: { tokens } });
  });

  it('does not mix runs whose options differ', async () => {
    const store = memoryStore();
    await run(study({ tasks: ['coverage'], seeds: 2 }), { store });
    const { summary } = await run(study({ tasks: [{ id: 'coverage', grid: 5 }], seeds: 2 }), { store });
    expect(summary.played).toBe(2);
  });

  it('counts unparsable answers and lets the agent act at random', async () => {
    const store = memoryStore();
    const { summary, scores } = await run(
      study({ models: [{ id: 'scripted', unparsableShare: 0.5 }], seeds: 20 }),
      { store },
    );
    expect(summary.failed).toBe(0);
    const [cell] = scores.cells;
    expect(cell.unparsable).toBeGreaterThan(0);
    expect(cell.unparsable).toBeLessThan(cell.decisions);
  });

  it('records a provider’s failure as a row, and retries it only when asked', async () => {
    const store = memoryStore();
    const failing = study({ models: [{ id: 'scripted', failureShare: 0.3 }], seeds: 20 });
    const first = await run(failing, { store });
    const failed = first.summary.statuses['provider-failure'];
    expect(failed).toBeGreaterThan(0);
    expect(first.summary).toMatchObject({ ended: 'finished', total: 40, completed: 40, failed });
    expect(first.scores.cells[0].n + (first.scores.cells[0].missing['provider-failure'] ?? 0)).toBe(20);

    expect((await run(failing, { store })).summary.played).toBe(0);
    expect((await run(failing, { store, retryFailed: true })).summary.played).toBe(failed);
  });

  it('a retried failure that now succeeds equals a run that never failed', async () => {
    const flaky = flakyModel();
    const catalogue: Catalogue = { ...builtInCatalogue, models: [flaky.definition] };
    const undisturbed = memoryStore();
    await run(study({ models: ['flaky'], episodes: 2 }), { store: undisturbed, catalogue });

    const store = memoryStore();
    flaky.failing = true;
    const { summary } = await run(study({ models: ['flaky'], episodes: 2 }), { store, catalogue });
    expect(summary.failed).toBeGreaterThan(0);
    flaky.failing = false;
    await run(study({ models: ['flaky'], episodes: 2 }), { store, catalogue, retryFailed: true });
    expect(JSON.stringify(await contents(store))).toBe(JSON.stringify(await contents(undisturbed)));
  });

  it('records a task that throws, and one that outlasts its interactions, by their kind', async () => {
    const store = memoryStore();
    const catalogue: Catalogue = {
      ...builtInCatalogue,
      tasks: [brokenTask('throws'), brokenTask('never ends')],
    };
    const { summary } = await run(study({ tasks: ['throws', 'never-ends'], seeds: 3 }), { store, catalogue });
    expect(summary.statuses).toEqual({ done: 0, 'provider-failure': 0, truncated: 3, 'task-error': 3 });
  });

  it('records a strategy that awaits forever, and plays the others', async () => {
    const waits: StrategyDefinition = {
      ...{ id: 'waits', title: 'Waits', revision: 1, parts: [], optionsSchema: z.strictObject({}) },
      create: async () => ({
        fingerprint: {},
        begin: () => ({ decide: () => new Promise<never>(() => {}) }),
      }),
    };
    const store = memoryStore();
    const strategies = ['none', waits];
    const { summary } = await run(study({ strategies, seeds: 2 }), { store, clock: leapingClock().clock });
    expect(summary).toMatchObject({ ended: 'finished', statuses: { done: 4, 'task-error': 4 } });
    const outcomes = (await contents(store)).filter(({ planned }) => planned.strategy === 'waits');
    for (const { outcome } of outcomes)
      expect(outcome?.error).toBe(
        'StrategyError: The strategy "waits", in step 1: it has asked nobody and decided nothing for 60 s. Let `decide` ' +
          'return its actions, or give it more time with `idleTimeoutMs`.',
      );

    const [abort, clock] = [new AbortController(), virtualClock()];
    const hanging = run(study({ strategies: [waits] }), { store: memoryStore(), clock, abort: abort.signal });
    await clock.advance(10);
    abort.abort(new Error('a second Ctrl-C'));
    expect((await hanging).summary).toMatchObject({ ended: 'interrupted', played: 0 });
  });

  it('stops at the budget, keeps what is finished, and goes on when it is raised', async () => {
    const store = memoryStore();
    const first = await run(study({ budget: { tokens: 500 }, concurrency: 2 }), { store });
    expect(first.summary.ended).toBe('budget');
    expect(first.summary.completed).toBeLessThan(first.summary.total);
    const again = await run(study({ budget: { tokens: 500 } }), { store });
    expect(again.summary.played).toBe(0);
    const raised = await run(study({ budget: { tokens: 1e9 } }), { store });
    expect(raised.summary.ended).toBe('finished');
  });

  it('refuses a task that does not match its agents before anything is stored', async () => {
    const store = memoryStore();
    const twoNames = builtInCatalogue.tasks.find((task) => task.id === 'coverage');
    if (!twoNames) throw new Error('coverage is gone');
    const wrong: AnyTaskDefinition = {
      ...twoNames,
      id: 'wrong',
      create: (options) => ({ ...createTask(twoNames, options), agentNames: ['Ann', 'Bob'] }),
    };
    await expect(run(study({ tasks: [wrong] }), { store })).rejects.toThrow(
      /"wrong" fails when it .* its 2 agents \(Ann, Bob\)/,
    );
    expect(await store.study()).toBeUndefined();
  });

  it('refuses a task that lasts longer than the study allows', async () => {
    await expect(
      run(study({ tasks: ['coverage'], maxInteractions: 5 }), { store: memoryStore() }),
    ).rejects.toThrow(/lasts up to 12 steps, but maxInteractions is 5/);
  });
});

/** A scripted model that fails on every other request while `failing`. */
function flakyModel() {
  const [scripted] = builtInCatalogue.models.filter((model) => model.id === 'scripted');
  const state = { failing: false, requests: 0, definition: undefined as unknown as ModelDefinition };
  state.definition = {
    ...scripted,
    id: 'flaky',
    create: async (options, context) => {
      const model = await scripted.create(options, context);
      const fails = await scripted.create({ ...options, failureShare: 1 }, context);
      return {
        ...model,
        score: (request, signal) =>
          (state.failing && state.requests++ % 4 === 0 ? fails : model).score!(request, signal),
      };
    },
  };
  return state;
}

function brokenTask(how: 'throws' | 'never ends'): AnyTaskDefinition {
  const game = builtInCatalogue.tasks.find((task) => task.id === 'matrix-game');
  if (!game) throw new Error('matrix-game is gone');
  return {
    ...game,
    id: how.replace(' ', '-'),
    create: (options) => {
      const task = simulatorOf(createTask(game, options), 'This test');
      return {
        ...task,
        start: (instance: Json) => {
          const inner = task.start(instance);
          let steps = 0;
          return {
            ...inner,
            get time() {
              return steps;
            },
            get done() {
              return false;
            },
            step: () => {
              // The probe takes one step; the study must fail later, and by its kind.
              if (how === 'throws' && ++steps > 1) throw new TaskError('the die is lost');
              return 0;
            },
          };
        },
        randomReturn: () => 0,
        oracle: () => 1,
      };
    },
  };
}
