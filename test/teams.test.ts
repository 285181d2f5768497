import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { aroundCalls } from '../src/contracts/index.ts';
import { scratch } from './support/cli-process.ts';
import {
  builtInCatalogue,
  exportQuestions,
  exportTraces,
  memoryStore,
  type ModelDefinition,
  type Row,
  run,
  type StudyInput,
  type StudyWriter,
} from '../src/api/index.ts';

// studies/teams.yaml: every way to work as a team, over choices, texts, programs and talk, from the study file to the exports.

const shipped = parse(
  readFileSync(path.join(import.meta.dirname, '../studies/teams.yaml'), 'utf8'),
) as StudyInput;
const study = (over: Partial<StudyInput> = {}): StudyInput => ({ ...shipped, seeds: 1, ...over });
const talking = [
  'vdn-words',
  'qmix-words',
  'coma-words',
  'commnet-words',
  'discussion',
  'debate',
  'leader',
  'review',
  'mixture',
  'hybrid',
  'dynamic',
  'blackboard',
  'self-organising',
];

/** It chooses at random, and writes nothing. */
const chooser: ModelDefinition = {
  ...{ id: 'chooser', title: 'Only chooses', revision: 1, optionsSchema: z.strictObject({}) },
  create: async () => ({
    ...{ facts: {}, fingerprint: {} },
    score: async ({ candidates }) => ({
      distribution: candidates.map(() => 1 / candidates.length),
      usage: { inputTokens: 1, outputTokens: 1 },
    }),
    close: async () => {},
  }),
};

/** Calls of the scripted writer, whoever makes them. */
let calls = 0;
const scripted = builtInCatalogue.models.find(({ id }) => id === 'scripted')!;
const counted: ModelDefinition = {
  ...scripted,
  id: 'counted',
  create: async (options, context) => {
    const model = await scripted.create(options, context);
    return aroundCalls(model, (_, send) => {
      calls++;
      return send();
    });
  },
};

async function everything(store: StudyWriter): Promise<readonly (readonly Row[])[]> {
  const all: Row[][] = [[], []];
  for await (const row of exportTraces(store)) all[0].push(row);
  for await (const row of exportQuestions(store)) all[1].push(row);
  return all;
}

describe('the study of teams', () => {
  it('has every strategy that plays anywhere, but for one that plays as another, controls, and what is trained first', () => {
    const ids = (shipped.strategies as readonly (string | { id: string })[]).map((entry) =>
      typeof entry === 'string' ? entry : entry.id,
    );
    const anywhere = builtInCatalogue.strategies.flatMap(({ id, needsSimulator }) =>
      needsSimulator ? [] : [id],
    );
    expect([...new Set([...ids, 'concatenate', 'uninformative', 'magrpo'])].sort()).toEqual(anywhere.sort());
  });

  it('comes to the same bytes at any concurrency, and after it was stopped in the middle', async () => {
    const [whole, wide, stopped] = [memoryStore(), memoryStore(), memoryStore()];
    const { summary } = await run(study({ concurrency: 1 }), { store: whole });
    expect(summary).toMatchObject({ ended: 'finished', failed: 0, completed: 120 });
    await run(study({ concurrency: 64 }), { store: wide });
    const expected = await everything(whole);
    expect(expected[1].length).toBeGreaterThan(1000);
    expect(await everything(wide)).toEqual(expected);

    for (const share of [0.2, 0.7]) {
      const abort = new AbortController();
      const { summary: begun } = await run(study({ concurrency: 4 }), {
        store: stopped,
        abort: abort.signal,
        onProgress: ({ completed, total }) => {
          if (completed > share * total) abort.abort();
        },
      });
      expect(begun.ended).toBe('interrupted');
    }
    await run(study(), { store: stopped });
    expect(await everything(stopped)).toEqual(expected);
  });

  it('replays from its recording to the byte, and nobody is asked', async () => {
    const cassette = path.join(scratch(), 'cassette.jsonl');
    const [recorded, replayed] = [memoryStore(), memoryStore()];
    const once = study({
      models: [counted],
      attempts: 2,
      // Choices, and two tasks of texts.
      tasks: [shipped.tasks[2], ...shipped.tasks.slice(-2)],
      ablations: ['credit'],
    });
    await run(once, { store: recorded, record: cassette });
    expect(calls).toBeGreaterThan(1000);
    calls = 0;
    const { summary } = await run({ ...once, concurrency: 3 }, { store: replayed, replay: cassette });
    expect(summary).toMatchObject({ ended: 'finished', failed: 0 });
    expect(calls).toBe(0);
    expect(await everything(replayed)).toEqual(await everything(recorded));
  });

  it('plays every instance as often as it says, and the last attempt scores', async () => {
    const store = memoryStore();
    const strategies = ['none', 'told-reward', 'coma-words'];
    await run(study({ attempts: 3, strategies, tasks: ['coverage', 'hidden-profile'] }), { store });
    let episodes = 0;
    for await (const { run: planned } of store.outcomes()) {
      const { steps, return: total } = (await store.episode(planned.hash, 0))!;
      const rewards = [0, 1, 2].map((attempt) =>
        steps.filter((step) => step.attempt === attempt).map(({ reward }) => reward),
      );
      expect(rewards.flat()).toHaveLength(steps.length);
      expect(rewards[0]).toHaveLength(rewards[2].length);
      expect(total).toBeCloseTo(rewards[2].reduce((sum, x) => sum + x, 0));
      // What an agent did before is told from the second attempt on, and never by a baseline.
      const told = steps.flatMap(({ agents, attempt }) =>
        agents.flatMap(({ prompt }) => (prompt?.includes('tried this before') ? [attempt] : [])),
      );
      expect([...new Set(told)]).toEqual(planned.strategy === 'none' ? [] : [1, 2]);
      episodes++;
    }
    expect(episodes).toBe(6);
  });

  it('is refused for models that only choose, where agents talk and where they write', async () => {
    for (const strategy of talking) {
      const refused = study({ models: [chooser], strategies: [strategy], tasks: ['hidden-profile'] });
      await expect(run(refused, { store: memoryStore() }), strategy).rejects.toThrow(
        /"chooser" only chooses among actions, and the strategy ".*" lets agents talk/,
      );
    }
  });

  it('compares texts by vectors with models that have some, which it names', async () => {
    const compared = study({
      strategies: [{ id: 'self-organising', similarity: 'embed' }],
      tasks: ['coverage'],
    });
    await expect(run(compared, { store: memoryStore() })).rejects.toThrow(
      /"self-organising" compares texts by vectors of them, and the model ".*" has none\. Models that have some: gguf\./,
    );
  });

  it('plays with models that only choose what needs no words', async () => {
    const strategies = ['concatenate', 'sequential', 'voting'];
    const { summary } = await run(
      study({ models: [chooser, 'pocket-4k'], strategies, tasks: ['hidden-profile', 'coverage'] }),
      { store: memoryStore() },
    );
    expect(summary).toMatchObject({ ended: 'finished', completed: 2 * 3 * 2 });
    expect(summary.failed).toBe(0);
  });
});
