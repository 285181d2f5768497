import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  act,
  exportQuestions,
  exportRuns,
  type ModelDefinition,
  memoryStore,
  openStore,
  readStore,
  run,
  type RunOptions,
  say,
  type StrategyDefinition,
  type StudyInput,
  type StudyReader,
  systemClock,
  type Task,
  team,
  type TeamOptions,
  type TaskContext,
  type TaskDefinition,
} from '../src/api/index.ts';

// Models that play no agent: a task's judge and a strategy's critic, from the study file to the exports.

const folder = mkdtempSync(path.join(tmpdir(), 'agentmesh-judges-'));
afterAll(() => rmSync(folder, { recursive: true }));

const optionsSchema = z.strictObject({});
type Judging = (context: TaskContext, text: string, step: number) => Promise<number>;

/** Ann and Bob write a line each, twice; a judge says how good each is, all at once. */
function essay(judging: Judging, over: Partial<Task> = {}): TaskDefinition {
  return {
    ...{ id: 'essay', title: 'Write well', type: 'dense', revision: 1, source: 'this test', optionsSchema },
    create: () => ({
      agentNames: ['Ann', 'Bob'],
      actions: [],
      horizon: 2,
      rules: 'Each of you writes a line about the topic.',
      judges: ['grader'],
      generate: (stream, split) => `${split} ${stream.integer(0, 1e9)}`,
      start: (topic, context) => {
        let time = 0;
        return {
          get time() {
            return time;
          },
          get done() {
            return time === 2;
          },
          offer: () => ({ kind: 'text', maxTokens: 12, form: 'prose' }),
          observe: (agent) => `You are number ${agent + 1}. The topic is ${JSON.stringify(topic)}.`,
          step: async (joint) => {
            const marks = await Promise.all(joint.map((text) => judging(context, String(text), time)));
            time++;
            return { reward: marks.reduce((a, b) => a + b) / 2, measures: { judged: marks.length } };
          },
        };
      },
      references: () => ({ low: 0, high: 2, lowStandardError: 0 }),
      ...over,
    }),
  };
}

const schema = { type: 'object', properties: { mark: { type: 'number' } }, required: ['mark'] };
/** Asked once more where it says nonsense; then it counts as the middle. */
const graded: Judging = async (context, text) => {
  for (const sample of [0, 1]) {
    const { text: said } = await context.ask('grader', {
      ...{ prefix: 'You mark essays.', prompt: `The line: ${JSON.stringify(text)}`, maxTokens: 20, schema },
      ...(sample > 0 && { sample }),
    });
    const { mark } = JSON.parse(said) as { mark?: number };
    if (mark !== undefined) return mark;
  }
  return 0.5;
};

/** A coach reads what everybody sees and says a word to each, before they act. */
const coached: StrategyDefinition = {
  ...{ id: 'coached', title: 'With a coach', revision: 1, parts: [], optionsSchema },
  create: async () => ({
    fingerprint: {},
    asks: ['choice'],
    judges: ['coach'],
    begin: () => ({
      decide: async ({ members }) => {
        const sees = members.map((_, k) => k);
        const words = await Promise.all(members.map((member) => say(member, 9, [], { by: 'coach', sees })));
        return Promise.all(
          members.map((member, from) => act(member, [{ kind: 'words', from, round: 1, text: words[from] }])),
        );
      },
    }),
  }),
};

const study = (changes: Partial<StudyInput> = {}): StudyInput => ({
  name: 'judged',
  models: ['scripted'],
  judges: { grader: { id: 'scripted', text: 'words' }, coach: { id: 'scripted', text: 'echo' } },
  strategies: ['none', coached],
  tasks: [essay(graded)],
  seeds: 3,
  ...changes,
});

async function contents(store: StudyReader) {
  const out = [];
  for await (const { run: planned, outcome } of store.outcomes()) {
    const judged = (await store.episodes(planned.hash)).map(({ judgeUsage }) => judgeUsage);
    out.push({ planned, outcome, judged, episode: await store.episode(planned.hash, 0) });
  }
  return out;
}

async function played(changes: Partial<StudyInput> = {}, options: RunOptions = {}) {
  const store = options.store ?? memoryStore();
  const { summary } = await run(study(changes), { ...options, store });
  return { summary, store, all: await contents(store) };
}

/** A model that meets what it is asked. */
function watched(met: { prompt: string; seed: number; temperature: number }[], text = '{"mark": 0.5}') {
  const definition: ModelDefinition = {
    ...{ id: 'watched', title: 'Watched', revision: 1, optionsSchema },
    create: async () => ({
      facts: {},
      fingerprint: { text },
      generate: async ({ prompt, seed, temperature }) => {
        met.push({ prompt, seed, temperature });
        return { text, usage: { inputTokens: 1000, outputTokens: 7 } };
      },
      close: async () => {},
    }),
  };
  return definition;
}

const chooser: ModelDefinition = {
  ...watched([]),
  id: 'chooser',
  create: async () => ({
    ...{ facts: {}, fingerprint: {}, close: async () => {} },
    score: async ({ candidates }) => ({
      distribution: candidates.map(() => 1 / candidates.length),
      usage: {},
    }),
  }),
};

describe('the judge of a task', () => {
  it('is metered apart from the team, in outcomes, episodes and exports', async () => {
    const { all, store } = await played({ judges: { grader: watched([]), coach: 'scripted' } });
    const asked = { inputTokens: 4000, outputTokens: 28 };
    for (const { outcome, judged, episode } of all) {
      expect(outcome).toMatchObject({ status: 'done', judgeUsage: asked });
      expect(judged).toEqual([asked]);
      expect(outcome?.usage.inputTokens).toBeLessThan(1000);
      expect(episode?.steps[0].judgements).toHaveLength(2);
      expect(episode?.steps[0].judgements?.[0]).toMatchObject({
        judge: 'grader',
        prefix: 'You mark essays.',
        prompt: `The line: ${JSON.stringify(episode?.steps[0].agents[0].action)}`,
        answer: '{"mark": 0.5}',
      });
    }
    for await (const row of exportRuns(store))
      expect(row).toMatchObject({ judgeInputTokens: 4000, judgeOutputTokens: 28, judgeCostUsd: null });
    expect((await store.progress()).judgeUsage).toEqual({ inputTokens: 24_000, outputTokens: 168 });
    expect((await store.spending()).used.tokens).toBeGreaterThan(24_000);
  });

  it('is seeded by run, episode, step and question, and sampled at its own temperature', async () => {
    const met: Parameters<typeof watched>[0] = [];
    const judges = { grader: watched(met), coach: 'scripted' };
    await played({ judges, temperature: 3, episodes: 2, seeds: 2, strategies: ['none'] });
    expect(new Set(met.map(({ seed }) => seed)).size).toBe(met.length);
    expect(new Set(met.map(({ temperature }) => temperature))).toEqual(new Set([1]));
    const again: typeof met = [];
    await played({ judges: { ...judges, grader: watched(again) }, episodes: 2, seeds: 2, concurrency: 1 });
    const key = ({ prompt, seed }: (typeof met)[number]) => `${seed} ${prompt}`;
    expect(again.map(key)).toEqual(expect.arrayContaining(met.map(key)));
  });

  it('never takes from the team’s tokens, but from the study’s budget', async () => {
    const judges = { grader: watched([]), coach: 'scripted' };
    const writer: ModelDefinition = {
      ...watched([], 'A line.'),
      id: 'scripted-writer',
      create: async () => ({
        ...{ facts: {}, fingerprint: {}, close: async () => {} },
        generate: async () => ({ text: 'A line.', usage: { inputTokens: 5, outputTokens: 2 } }),
      }),
    };
    const equal = await played({ judges, models: [writer], tokensPerRun: 200, strategies: ['none'] });
    expect(equal.summary.statuses).toMatchObject({ done: 3, truncated: 0 });
    const budget = { tokens: 6000 };
    const { summary } = await played({ judges, models: [writer], strategies: ['none'], budget });
    expect(summary).toMatchObject({ ended: 'budget', played: 1 });
  });

  it('is part of the hash of the runs that may ask it, and of no others', async () => {
    const hashes = async (changes: Partial<StudyInput>) => {
      const { all } = await played({ seeds: 1, ...changes });
      return Object.fromEntries(all.map(({ planned }) => [planned.strategy, planned.hash]));
    };
    const before = await hashes({});
    const coachChanged = await hashes({
      judges: { grader: 'scripted', coach: { id: 'scripted', text: 'words' } },
    });
    const graderChanged = await hashes({
      judges: { grader: { id: 'scripted', text: 'echo' }, coach: { id: 'scripted', text: 'echo' } },
    });
    expect(coachChanged.coached).not.toBe(before.coached);
    expect(graderChanged.none).not.toBe(before.none);
    expect(graderChanged.coached).not.toBe(before.coached);

    const plain = { strategies: ['none'], tasks: ['matrix-game'] };
    expect(await hashes({ ...plain, judges: { idle: 'scripted' } })).toEqual(
      await hashes({ ...plain, judges: undefined }),
    );
  });

  it('replays to the byte at any concurrency, as the critic does', async () => {
    const cassette = path.join(folder, 'cassette.jsonl');
    const recorded = await played({ concurrency: 7 }, { record: cassette });
    expect(recorded.summary.statuses.done).toBe(6);
    for (const concurrency of [1, 64]) {
      const replayed = await played({ concurrency }, { replay: cassette });
      expect(JSON.stringify(replayed.all)).toBe(JSON.stringify(recorded.all));
    }
  });

  it('ends the run with its kind where it fails, whatever the task makes of that', async () => {
    const caught = essay((context, text) => graded(context, text, 0).catch(() => 0));
    const failing = { id: 'scripted', failureShare: 1 };
    const { all } = await played({ tasks: [caught], judges: { grader: failing, coach: 'scripted' } });
    for (const { outcome } of all)
      expect(outcome).toMatchObject({
        status: 'provider-failure',
        error: expect.stringMatching(/scripted model fails/) as string,
      });
  });

  it.each<[string, Judging, RegExp]>([
    [
      'another name',
      async (context) => (await context.ask('greder', { prompt: 'x', maxTokens: 1 }), 0),
      /"greder", but it lists grader/,
    ],
    [
      'no room',
      async (context) => (await context.ask('grader', { prompt: 'x', maxTokens: 0 }), 0),
      /maxTokens 0/,
    ],
    [
      'an answer that nobody awaits',
      async (context) => (void context.ask('grader', { prompt: 'x', maxTokens: 1 }), 0),
      /questions to judges were under way/,
    ],
  ])('is asked as its contract says: %s', async (_, judging, message) => {
    const { all } = await played({ tasks: [essay(judging)], strategies: ['none'], seeds: 1 });
    expect(all[0].outcome).toMatchObject({ status: 'task-error' });
    expect(all[0].outcome?.error).toMatch(message);
  });
});

describe('the critic of a strategy', () => {
  it('answers in a member’s place, metered on it, in the trace and the exports', async () => {
    const { all, store } = await played({ judges: { grader: 'scripted', coach: watched([], 'Go on.') } });
    const { outcome, episode } = all.find(({ planned }) => planned.strategy === 'coached')!;
    expect(outcome?.usage.inputTokens).toBeGreaterThan(4000);
    expect(episode?.steps[0].agents[0].questions).toMatchObject([
      { form: 'text', by: 'coach', answer: 'Go on.' },
    ]);
    const rows = [];
    for await (const row of exportQuestions(store)) rows.push(row);
    expect(new Set(rows.map(({ by }) => by))).toEqual(new Set([null, 'coach']));
  });

  it('is refused by name where the strategy does not list it', async () => {
    const unlisted: StrategyDefinition = {
      ...coached,
      create: async (...given) => ({ ...(await coached.create(...given)), judges: ['grader'] }),
    };
    const { all } = await played({ strategies: [unlisted], seeds: 1 });
    expect(all[0].outcome?.error).toMatch(
      /^StrategyError: The strategy "coached", in step 1: a question to Ann names the judge "coach", but the strategy asks grader\./,
    );
  });
});

describe('a study is refused before it starts', () => {
  it.each<[string, Partial<StudyInput>, RegExp]>([
    [
      'that lacks a task’s judge',
      { judges: { coach: 'scripted' } },
      /The task "essay" asks the judge "grader", and this study names coach/,
    ],
    [
      'that lacks a strategy’s judge',
      { judges: { grader: 'scripted' } },
      /The strategy "coached" asks the judge "coach", and this study names grader/,
    ],
    [
      'that names no judge',
      { judges: undefined, strategies: ['none'] },
      /names no judge\. Name a model for it: `judges: \{grader: <model>\}`/,
    ],
    [
      'whose judge only chooses',
      { judges: { grader: chooser, coach: 'scripted' } },
      /The model of the judge "grader" only chooses/,
    ],
    [
      'whose judge is no model',
      { judges: { grader: 'scriptd', coach: 'scripted' } },
      /Did you mean "scripted"/,
    ],
    [
      'whose judge has a wrong option',
      { judges: { grader: { id: 'scripted', txt: 'echo' }, coach: 'scripted' } },
      /Did you mean "text"/,
    ],
    [
      'whose judge has a label besides',
      { judges: { grader: { id: 'scripted', label: 'x' }, coach: 'scripted' } },
      /remove its `label`/,
    ],
    ['whose judge has no good name', { judges: { 'a b': 'scripted' } }, /judges/],
    [
      'whose judge has an agent’s name',
      { judges: { Ann: 'scripted' }, strategies: ['none'], tasks: [essay(graded, { judges: ['Ann'] })] },
      /The judge "Ann" has the name of an agent of the task "essay"/,
    ],
  ])('%s', async (_, changes, message) => {
    await expect(played(changes)).rejects.toThrow(message);
  });
});

describe('a team of one’s own', () => {
  const made = (judges?: TeamOptions['judges']) =>
    team({ agents: 'scripted', strategy: coached, task: essay(graded), ...(judges && { judges }) });

  it('asks judges as a study does, at the expense of its own budget', async () => {
    const [met, coach] = [watched([]), watched([], 'Go on.')];
    const squad = await made({ grader: met, coach });
    const { steps } = await squad.play({ seed: 0 });
    expect(steps[0].judgements).toHaveLength(2);
    expect(steps[0].agents[0].questions).toMatchObject([{ by: 'coach', answer: 'Go on.' }]);
    expect(squad.spent.tokens).toBeGreaterThan(8000);
    await squad.close();
  });

  it('is refused where it lacks one, or one cannot write', async () => {
    await expect(made()).rejects.toThrow(/The strategy asks the judge "coach", and the team has none\./);
    await expect(made({ coach: 'scripted' })).rejects.toThrow(/The task asks the judge "grader".*has coach/);
    await expect(made({ coach: 'scripted', grader: chooser })).rejects.toThrow(
      /The model of the judge "grader" only chooses/,
    );
  });
});

it('a judged study is stored and read back as it was played', async () => {
  const inMemory = await played();
  const directory = path.join(folder, 'stored');
  const store = await openStore(directory, { clock: systemClock });
  const stored = await played({}, { store });
  expect(stored.all).toEqual(inMemory.all);
  expect(await store.spending()).toEqual(await inMemory.store.spending());
  await store.close();
  const reader = await readStore(directory);
  expect(await contents(reader)).toEqual(inMemory.all);
  expect((await reader.progress()).judgeUsage).toEqual((await inMemory.store.progress()).judgeUsage);
  expect((await reader.study())?.definition.judges?.map(({ label }) => label)).toEqual(['grader', 'coach']);
  await reader.close();
});
