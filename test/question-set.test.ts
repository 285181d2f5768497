import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  exportQuestions,
  exportRuns,
  memoryStore,
  type Row,
  run,
  type StudyInput,
  viewTask,
} from '../src/api/index.ts';
import { exportEpisodes, exportMeasures } from '../src/store/index.ts';
import { cli } from './support/cli-process.ts';

// The page on question sets, played; and what identifies the results of a file.

const root = path.join(import.meta.dirname, '..');
const folder = mkdtempSync(path.join(tmpdir(), 'agentmesh-questions-'));
afterAll(() => rmSync(folder, { recursive: true }));
const inFolder = (file: string) => path.join(folder, file);

const page = readFileSync(path.join(root, 'docs/question-sets.md'), 'utf8');
const blocks = Object.fromEntries(
  [...page.matchAll(/<!-- (\S+) -->\n```\w+\n([^]*?\n)```/g)].map(([, file, block]) => [file, block]),
);

async function all(rows: AsyncIterable<Row>): Promise<Row[]> {
  const list: Row[] = [];
  for await (const row of rows) list.push(row);
  return list;
}

const study = (changes: Partial<StudyInput> = {}): StudyInput => ({
  name: 'questions',
  models: [{ id: 'scripted', label: 'writer' }],
  strategies: ['none'],
  tasks: [{ id: 'question-set', file: inFolder('facts.csv'), trainShare: 0 }],
  seeds: 2,
  ...changes,
});

describe('docs/question-sets.md', () => {
  beforeAll(() => {
    for (const [file, block] of Object.entries(blocks)) writeFileSync(inFolder(file), block);
  });

  it('shows a study that plays, and how to look at a question', async () => {
    const played = await cli(['run', 'study.yaml'], folder);
    expect(played).toMatchObject({ code: 0 });
    expect(played.stdout).toMatch(/^pocket-32k +single /m);
    const exported = await cli(['export', '--what', 'runs'], folder);
    expect(exported.stdout.split('\n').filter((row) => row.includes(',done,'))).toHaveLength(2 * 5);
    const shown = await cli(['tasks', 'show', 'question-set', '--option', 'file=questions.jsonl'], folder);
    expect(shown.stdout).toMatch(
      /Ann only talks, where the strategy lets it, and reads:\n +You are Ann\. The question:/,
    );
    expect(shown.stdout).toContain('from 0 to 1, which the task declares');
  });

  it('shows a table whose agents know different things', () => {
    const { agents } = viewTask('question-set', { options: { file: inFolder('facts.csv'), trainShare: 0 } });
    expect(agents.map(({ offered }) => offered)).toEqual(['none', 'text']);
    expect(agents[0].prompt).toMatch(
      /What you know: There were \d+ (hens|eggs)\. Bob answers for the team\.$/,
    );
    expect(agents[1].prompt).toMatch(/What you know: T.* Answer with the text and nothing else\.$/);
  });
});

describe('a study of questions', () => {
  it('finds a file beside the study file, wherever the command is started', async () => {
    const elsewhere = mkdtempSync(path.join(tmpdir(), 'agentmesh-elsewhere-'));
    const played = await cli(['run', inFolder('study.yaml'), '--quote'], elsewhere);
    rmSync(elsewhere, { recursive: true });
    expect(played).toMatchObject({ code: 0 });
  });

  it('plays each once before any comes again, the same for all, and says which', async () => {
    const store = memoryStore();
    const strategies = ['none', 'voting'];
    await run(study({ strategies, tasks: ['question-set'], seeds: 2, episodes: 5 }), { store });
    const played = await all(exportEpisodes(store));
    const of = (strategy: string, seed: number) =>
      played.filter((row) => row.strategy === strategy && row.seed === seed).map(({ item }) => item);
    expect(new Set(of('none', 0)).size).toBe(5);
    expect(of('none', 0)).not.toEqual(of('none', 1));
    for (const seed of [0, 1]) expect(of('voting', seed)).toEqual(of('none', seed));
  });

  it('refuses more episodes than there are questions, until they may come again', async () => {
    const store = memoryStore();
    await expect(run(study({ episodes: 3 }), { store })).rejects.toThrow(
      /has 3 episodes, but the task "question-set" has 2 different ones.* `repeat: true`/s,
    );
    await run(study({ episodes: 5, repeat: true, seeds: 1 }), { store });
    const items = (await all(exportEpisodes(store))).map(({ item }) => item);
    expect([items.slice(0, 2), items.slice(2, 4)].map((round) => new Set(round).size)).toEqual([2, 2]);
  });

  it('asks the agent that answers, and keeps what its answer came to', async () => {
    const store = memoryStore();
    await run(study({ models: [{ id: 'scripted', text: 'echo' }], seeds: 4 }), { store });
    const measures = await all(exportMeasures(store));
    expect(new Set(measures.map(({ measure }) => measure))).toEqual(new Set(['correct', 'read']));
    const asked = await all(exportQuestions(store));
    expect(asked.map(({ agent }) => agent)).toEqual([1, 1, 1, 1]);
  });

  it('plays nothing again when its file is moved, and everything when it is changed', async () => {
    const played = async (file: string) => {
      const store = memoryStore();
      await run(
        study({ tasks: [{ id: 'question-set', label: 'mine', file: inFolder(file), trainShare: 0 }] }),
        { store },
      );
      return (await store.study())!.runs.map(({ hash }) => hash);
    };
    writeFileSync(inFolder('a.jsonl'), '{"question": "a", "answer": "b"}\n');
    const first = await played('a.jsonl');
    expect(new Set(first).size).toBe(2);
    renameSync(inFolder('a.jsonl'), inFolder('b.jsonl'));
    expect(await played('b.jsonl')).toEqual(first);
    writeFileSync(inFolder('b.jsonl'), '{"question": "a", "answer": "c"}\n');
    const changed = await played('b.jsonl');
    expect(changed.filter((hash) => first.includes(hash))).toEqual([]);
  });

  it.each<[string, string, RegExp]>([
    ['a missing answer', '{"question": "a"}', /bad\.jsonl:1: This question has no answer/],
    ['an id that is there twice', '{"id": 1, "question": "a", "answer": 1}\n{"id": 1, "question": "b", "answer": 1}', /bad\.jsonl:2: The id "1"/],
    ['an empty file', '', /task "question-set": file: .*bad\.jsonl is empty/],
  ])('says where there is %s', async (_, text, message) => {
    writeFileSync(inFolder('bad.jsonl'), text);
    const tasks = [{ id: 'question-set', file: inFolder('bad.jsonl') }];
    await expect(run(study({ tasks }), { store: memoryStore() })).rejects.toThrow(message);
  }); // prettier-ignore

  it.each<[string, Partial<StudyInput>]>([
    ['a network', { strategies: ['vdn'] }],
    ['a measured one', { strategies: ['untrained'] }],
    ['a network alone', { strategies: ['network-only'] }],
  ])('refuses strategies that need a simulator: %s', async (_, changes) => {
    const refused = run(study(changes), { store: memoryStore(), train: false });
    await expect(refused).rejects.toThrow(/needs a simulator/);
  });

  it('takes what models write amiss as answers, and goes on', async () => {
    const texts = ['', ' ', '<think>it is 6', '```\n6\n```', "I'm sorry, I can't.", 'x '.repeat(250), '答案是六', '{"reward": 1}'];
    let next = 0;
    const writer = {
      id: 'odd-writer',
      title: 'Writes amiss',
      revision: 1,
      optionsSchema: z.strictObject({}),
      create: async () => ({
        facts: {},
        fingerprint: {},
        generate: async () => ({ text: texts[next++ % texts.length], usage: {} }),
        close: async () => {},
      }),
    };
    const store = memoryStore();
    await run(study({ models: [writer], seeds: texts.length, concurrency: 1 }), { store });
    const runs = await all(exportRuns(store));
    expect(runs.map(({ status }) => status)).toEqual(texts.map(() => 'done'));
  }); // prettier-ignore
});
