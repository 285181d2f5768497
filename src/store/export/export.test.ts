import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import type { EpisodeRecord, PlannedRun, StudyWriter } from '../../contracts/index.ts';
import {
  type Cell,
  csvLine,
  exportMeasures,
  exportQuestions,
  exportRuns,
  exportTableNames,
  exportTables,
  exportTraces,
  memoryStore,
  toCsv,
  toJsonl,
} from '../index.ts';
import { emptyDefinition } from '../../testing/store-samples.ts';

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const out: T[] = [];
  for await (const item of items) out.push(item);
  return out;
}

const planned = (hash: string, factors: PlannedRun['factors']): PlannedRun => ({
  hash,
  model: 'm',
  strategy: 'none',
  task: 't',
  seed: 1,
  factors,
});

const episode: EpisodeRecord = {
  run: 'b',
  episode: 0,
  instance: null,
  references: { high: 1, low: 0, lowStandardError: 0 },
  return: 0.5,
  score: 0.5,
  prefix: 'Rules.',
  steps: [
    {
      agents: [
        { availableActions: [1], action: 1 },
        {
          prompt: 'Go.',
          availableActions: [0, 1],
          distribution: [0.25, 0.75],
          mass: 0.125,
          action: 1,
          broadcast: 0,
          calls: 2,
          usage: { inputTokens: 7 },
          sent: ['aa', 'bb'],
        },
      ],
      reward: 0.5,
    },
  ],
};

async function filled(): Promise<StudyWriter> {
  const store = memoryStore();
  const runs = [planned('a', { temperature: 0.5 }), planned('b', { size: { n: 2 } })];
  await store.saveStudy({ name: 's', definition: emptyDefinition, runs });
  await store.saveEpisode(
    episode,
    { startedAt: '2001-02-03T04:05:06Z', wallMs: 2 },
    {
      hash: 'b',
      status: 'done',
      score: 0.5,
      return: 0.5,
      episodes: 1,
      steps: 1,
      decisions: 1,
      unparsable: 0,
      usage: {},
    },
  );
  return store;
}

describe('exportRuns', () => {
  it('gives one row per run in the order of the design, all with the same columns', async () => {
    const rows = await collect(exportRuns(await filled()));
    expect(rows.map((row) => row.run)).toEqual(['a', 'b']);
    expect(Object.keys(rows[0])).toEqual(Object.keys(rows[1]));
    expect(rows[0]).toMatchObject({
      status: null,
      score: null,
      'factor.temperature': 0.5,
      'factor.size': null,
    });
    expect(rows[1]).toMatchObject({
      status: 'done',
      score: 0.5,
      'factor.size': '{"n":2}',
      inputTokens: null,
    });
    expect(rows[1]).not.toHaveProperty('wallMs');
  });

  it('adds timings only when asked, since they differ between executions', async () => {
    const rows = await collect(exportRuns(await filled(), { timings: true }));
    expect(rows[0]).toMatchObject({ startedAt: null, wallMs: null });
    expect(rows[1]).toMatchObject({ startedAt: '2001-02-03T04:05:06Z', wallMs: 2 });
  });
});

describe('exportTraces', () => {
  it('gives one row per agent and step, with the words of actions where they are known', async () => {
    const rows = await collect(
      exportTraces(await filled(), { actions: () => ['wait', 'go'], prefixes: true }),
    );
    expect(rows).toHaveLength(2);
    expect(rows[0]).toMatchObject({ run: 'b', step: 0, agent: 0, prompt: null, action: 1, actionWord: 'go' });
    expect(rows[1]).toMatchObject({
      agent: 1,
      prefix: 'Rules.',
      prompt: 'Go.',
      availableActionWords: ['wait', 'go'],
      distribution: [0.25, 0.75],
      mass: 0.125,
      policy: null,
      broadcastWord: 'wait',
      unparsable: false,
      calls: 2,
      inputTokens: 7,
      outputTokens: null,
      sent: ['aa', 'bb'],
      reward: 0.5,
    });
    expect(rows[0]).toMatchObject({ calls: null, sent: null });
    const [bare] = await collect(exportTraces(await filled()));
    expect(bare).toMatchObject({ actionWord: null, availableActionWords: null });
    expect(bare).not.toHaveProperty('prefix');
  });
});

/** RFC 4180 read back, character by character: the slow reference that the writer must satisfy. */
function readCsv(text: string): (string | null)[][] {
  const rows: (string | null)[][] = [[]];
  let at = 0;
  while (at < text.length) {
    let field: string | null = null;
    if (text[at] === '"') {
      field = '';
      for (at++; text[at] !== '"' || text[at + 1] === '"'; at++) {
        if (text[at] === '"') at++;
        field += text[at];
      }
      at++;
    } else {
      while (text[at] !== ',' && text[at] !== '\r') field = (field ?? '') + text[at++];
    }
    rows[rows.length - 1].push(field);
    if (text[at] === ',') {
      at++;
      if (text[at] === '\r') rows[rows.length - 1].push(null);
    }
    if (text.startsWith('\r\n', at)) {
      rows.push([]);
      at += 2;
    }
  }
  return rows.slice(0, -1);
}

/** A debate's last step: two texts, and what was asked before the one that was acted on. */
const written: EpisodeRecord = {
  ...episode,
  steps: [
    {
      agents: [
        {
          offer: 'text',
          prompt: 'Write.',
          availableActions: [],
          action: 'Done.',
          questions: [
            {
              form: 'text',
              prompt: 'Say something.',
              notes: [{ kind: 'words', from: 1, round: 1, text: 'Hello' }],
              text: 'Hm.',
              usage: { inputTokens: 3 },
            },
          ],
        },
        { offer: 'none', availableActions: [], action: '' },
      ],
      reward: 1,
      measures: { testsPassed: 2, coherence: 0.5 },
      judgements: [{ judge: 'grader', prompt: 'How good?', answer: 'Good.', usage: { inputTokens: 9 } }],
    },
  ],
};

async function filledWith(record: EpisodeRecord): Promise<StudyWriter> {
  const store = memoryStore();
  await store.saveStudy({ name: 's', definition: emptyDefinition, runs: [planned('b', {})] });
  await store.saveEpisode(record, { startedAt: '2001-02-03T04:05:06Z', wallMs: 2 });
  return store;
}

describe('exportQuestions', () => {
  it('has a row for every question in the order of asking, the one that was acted on last', async () => {
    const rows = await collect(exportQuestions(await filledWith(written)));
    expect(rows).toMatchObject([
      {
        agent: 0,
        question: 0,
        acted: false,
        form: 'text',
        prompt: 'Say something.',
        text: 'Hm.',
        inputTokens: 3,
      },
      {
        agent: 0,
        question: 1,
        acted: true,
        form: 'text',
        prompt: 'Write.',
        text: 'Done.',
        inputTokens: null,
      },
    ]);
    expect(JSON.parse(rows[0].notes as string)).toEqual(written.steps[0].agents[0].questions![0].notes);
  });

  it('tells choices by their words', async () => {
    const rows = await collect(exportQuestions(await filledWith(episode), { actions: () => ['stay', 'go'] }));
    expect(rows).toMatchObject([
      { agent: 1, acted: true, form: 'choice', answered: null, calls: 2, sent: ['aa', 'bb'] },
    ]);
  });
});

it('what agents wrote stands in words in the traces, and its index is null', async () => {
  const rows = await collect(exportTraces(await filledWith(written)));
  expect(rows).toMatchObject([
    { action: null, actionWord: 'Done.' },
    { action: null, actionWord: '' },
  ]);
});

it('measures have a row each, by name', async () => {
  const rows = await collect(exportMeasures(await filledWith(written)));
  expect(rows.map(({ step, measure, value }) => [step, measure, value])).toEqual([
    [0, 'coherence', 0.5],
    [0, 'testsPassed', 2],
  ]);
});

it('judgements have a row each, with the prefix that the judge read', async () => {
  const rows = await collect(exportTables.judgements.rows(await filledWith(written), {}));
  expect(rows).toMatchObject([
    {
      step: 0,
      judge: 'grader',
      sample: 0,
      prefix: episode.prefix,
      answer: 'Good.',
      inputTokens: 9,
      costUsd: null,
    },
  ]);
});

it.each(exportTableNames)('the columns of a Parquet file are those of its rows: %s', async (name) => {
  const store = await filledWith(written);
  const study = (await store.study())!;
  const [row] = await collect(exportTables[name].rows(store, {}));
  expect(Object.keys(exportTables[name].columns(study, {}))).toEqual(Object.keys(row));
});

describe('toCsv', () => {
  it('quotes by RFC 4180: a reader gets back every text, and null is not the empty text', () => {
    const cell = fc.oneof(
      fc.constant(null),
      fc.string(),
      fc.string({ unit: fc.constantFrom('"', ',', '\r', '\n', 'a') }),
    );
    fc.assert(
      fc.property(fc.array(cell, { minLength: 1 }), (cells) => {
        expect(readCsv(csvLine(cells, { formulas: 'keep' }))).toEqual([cells]);
      }),
    );
  });

  it.each<[Cell, string]>([
    ['=HYPERLINK("http://x")', '"\'=HYPERLINK(""http://x"")"'],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "'\t=1"],
    ['\uff1d1', "'\uff1d1"],
    ['  =1', "'  =1"],
    ['\u200b=1', "'\u200b=1"],
    ['x;=1', "x;'=1"],
    ['a=1', 'a=1'],
    [-1.5, '-1.5'],
    [[-1, 'x'], '"[-1,""x""]"'],
  ])('guards text that a spreadsheet would run: %j', (value, field) => {
    expect(csvLine([value])).toBe(`${field}\r\n`);
  });

  it('begins with the names of the columns, and refuses rows with others', async () => {
    expect(
      (
        await collect(
          toCsv([
            { a: 1, b: null },
            { a: '', b: true },
          ]),
        )
      ).join(''),
    ).toBe('a,b\r\n1,\r\n"",true\r\n');
    await expect(collect(toCsv([{ a: 1 }, { b: 1 }]))).rejects.toThrow(RangeError);
    expect(await collect(toCsv([]))).toEqual([]);
  });
});

describe('toJsonl', () => {
  it('writes one object per line, unchanged', async () => {
    const rows = [
      { a: '=1\n', b: [0.1, null] },
      { a: '', b: null },
    ];
    const lines = (await collect(toJsonl(rows))).join('').split('\n');
    expect(lines.pop()).toBe('');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(rows);
  });
});
