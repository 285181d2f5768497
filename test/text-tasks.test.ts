import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  act,
  exportQuestions,
  exportTraces,
  memoryStore,
  type Note,
  openStore,
  type Row,
  run,
  say,
  type StrategyDefinition,
  type StudyInput,
  systemClock,
  type TaskDefinition,
} from '../src/api/index.ts';

// A task in free text from the study file to the exports.

const folder = mkdtempSync(path.join(tmpdir(), 'agentmesh-texts-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Ann and Bob each write a text, twice; the reward is the share of words that both used. */
const overlap: TaskDefinition = {
  id: 'overlap',
  title: 'Use the same words',
  type: 'deliberative',
  revision: 1,
  source: 'this test',
  optionsSchema: z.strictObject({}),
  create: () => ({
    agentNames: ['Ann', 'Bob'],
    actions: [],
    horizon: 2,
    rules: 'Each of you writes a few words about the topic. Use the words that the other uses.',
    generate: (stream, split) => `${split} ${stream.integer(0, 1e9)}`,
    start: (topic) => {
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
          time++;
          const [ann, bob] = joint.map((text) => new Set(String(text).split(/\s+/)));
          const shared = [...ann].filter((word) => bob.has(word)).length;
          return { reward: shared / Math.max(1, ann.size, bob.size), measures: { shared } };
        },
      };
    },
    references: () => ({ low: 0, high: 2, lowStandardError: 0 }),
  }),
};

/** Everybody speaks in two rounds before it writes. */
const rounds: StrategyDefinition = {
  id: 'rounds',
  title: 'Two rounds of talk',
  revision: 1,
  parts: [],
  optionsSchema: z.strictObject({}),
  create: async () => ({
    fingerprint: {},
    asks: ['choice', 'text'],
    begin: () => ({
      decide: async ({ members }) => {
        const notes: Note[] = [];
        for (const round of [1, 2]) {
          const said = await Promise.all(members.map((member) => say(member, 12, [...notes])));
          said.forEach((text, from) => notes.push({ kind: 'words', from, round, text }));
        }
        return Promise.all(members.map((member) => act(member, notes)));
      },
    }),
  }),
};

const study = (changes: Partial<StudyInput> = {}): StudyInput => ({
  name: 'texts',
  models: ['scripted'],
  strategies: ['none'],
  tasks: [overlap],
  seeds: 2,
  ...changes,
});

async function all(rows: AsyncIterable<Row>): Promise<Row[]> {
  const list: Row[] = [];
  for await (const row of rows) list.push(row);
  return list;
}

describe('a task in free text', () => {
  it('is played, stored and exported, the same whatever the concurrency', async () => {
    const store = await openStore(path.join(folder, 'texts'), { clock: systemClock });
    await run(study({ concurrency: 1 }), { store });
    const traces = await all(exportTraces(store));
    expect(traces).toHaveLength(2 * 2 * 2);
    for (const { action, actionWord, prompt } of traces) {
      expect(action).toBeNull();
      expect(String(actionWord).split(/\s+/).length).toBeLessThanOrEqual(12);
      expect(prompt).toContain('The topic is');
    }
    const questions = await all(exportQuestions(store));
    expect(questions.map(({ form, acted }) => [form, acted])).toEqual(traces.map(() => ['text', true]));
    await store.close();

    const other = memoryStore();
    await run(study({ concurrency: 16 }), { store: other });
    expect(await all(exportTraces(other))).toEqual(traces);
  });

  it('replays a discussion to the byte, though everybody is asked several times in a step', async () => {
    const cassette = path.join(folder, 'cassette.jsonl');
    const input = study({ strategies: ['none', rounds] });
    const first = memoryStore();
    await run(input, { store: first, record: cassette });
    const again = memoryStore();
    await run(input, { store: again, replay: cassette });
    const questions = await all(exportQuestions(first));
    expect(questions.filter(({ strategy }) => strategy === 'rounds')).toHaveLength(2 * 2 * 2 * 3);
    expect(await all(exportQuestions(again))).toEqual(questions);
  });

  it('is refused under a strategy that needs a simulator, with those that serve it', async () => {
    const refused = run(study({ strategies: ['none', 'vdn'] }), { store: memoryStore(), train: false });
    await expect(refused).rejects.toThrow(
      /"vdn" needs a simulator.*"overlap" has none.*Strategies that serve it: none/,
    );
    await expect(run(study({ strategies: ['untrained'] }), { store: memoryStore() })).rejects.toThrow(
      /needs a simulator/,
    );
    await expect(run(study({ strategies: ['network-only'] }), { store: memoryStore() })).rejects.toThrow(
      /needs a simulator/,
    );
  });
});
