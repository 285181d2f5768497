import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import { readQuestionSet, type SetOptions } from './read-set.ts';

const read = (text: string | Uint8Array, options: Partial<SetOptions> & { file?: string } = {}) => {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  return readQuestionSet(bytes, options.file ?? 'mine.jsonl', { trainShare: 0, ...options });
};
const lines = (...records: readonly object[]) => records.map((record) => JSON.stringify(record)).join('\n');
const parquet = (columns: Readonly<Record<string, readonly unknown[]>>) =>
  new Uint8Array(
    parquetWriteBuffer({
      columnData: Object.entries(columns).map(([name, data]) => {
        const whole = data.length > 0 && data.every((value) => Number.isInteger(value));
        return { name, data: [...data], type: whole ? 'INT32' : 'STRING', nullable: true };
      }),
    }),
  );
const one = { question: 'How much is 2 + 2?', answer: 4 };

describe('a file of questions', () => {
  it('is read line by line, with what it does not say', () => {
    const { splits, informed, mostChoices } = read(lines(one, { question: 'Who?', answer: 'Ann' }));
    expect(splits).toEqual({
      train: [],
      test: [
        {
          id: 'line 1',
          line: 1,
          question: 'How much is 2 + 2?',
          choices: [],
          answers: ['4'],
          grader: 'number',
          facts: [],
        },
        {
          id: 'line 2',
          line: 2,
          question: 'Who?',
          choices: [],
          answers: ['Ann'],
          grader: 'exact',
          facts: [],
        },
      ],
    });
    expect({ informed, mostChoices }).toEqual({ informed: 0, mostChoices: 0 });
  });

  it('may hold choices, with the right one by its words or its letter', () => {
    const choices = ['Rome', 'Bern'];
    const { splits, sharedChoices } = read(
      lines({ question: 'a', choices, answer: 'bern' }, { question: 'b', choices, answer: 'A' }),
    );
    expect(splits.test.map(({ answers }) => answers)).toEqual([['Bern'], ['Rome']]);
    expect(sharedChoices).toEqual(choices);
    const unlike = lines({ ...one, choices: [3, 4] }, { question: 'b', choices, answer: 'A' });
    expect(read(unlike).sharedChoices).toBeUndefined();
  });

  it('may tell facts to each agent, in one text or several', () => {
    const { splits, informed } = read(lines({ ...one, facts: ['x', ['y.', 'z.'], ''] }));
    expect(informed).toBe(3);
    expect(splits.test[0].facts).toEqual(['x', 'y. z.', '']);
  });

  it('may be a table, with numbered columns for lists', () => {
    const table = [
      'id;question;choice 1;choice 2;choice 10;answer;facts 1;facts 2',
      'a;"Which; of them?";x;y;;B;"first',
      'line";second',
    ].join('\r\n');
    expect(read(`\ufeff${table}`, { file: 'mine.csv' }).splits.test).toEqual([
      {
        id: 'a',
        line: 3,
        question: 'Which; of them?',
        choices: ['x', 'y'],
        answers: ['y'],
        grader: 'exact',
        facts: ['first\nline', 'second'],
      },
    ]);
  });

  it('may be a table in Parquet, with lists or numbered columns for them', () => {
    const written = readFileSync(
      path.resolve(import.meta.dirname, '../../../../test/golden/tables/pyarrow-gzip.parquet'),
    );
    expect(read(written, { file: 'mine.parquet' }).splits.test).toMatchObject([
      { id: 'sea', line: 1, choices: ['Aral', 'Nile'], answers: ['Aral'], facts: ['a b', ''] },
      { id: 'two', line: 2, choices: ['2', '9'], answers: ['2'], facts: ['', 'c'] },
      { id: 'row 3', line: 3, choices: ['3', '4'], answers: ['4'], facts: ['d', 'e'] },
    ]);
    const columns = { prompt: ['p'], target: ['b'], 'choice 1': ['x'], 'choice 2': ['y'] };
    const fields = { question: 'prompt', answer: 'target' };
    expect(read(parquet(columns), { fields, file: 'mine.PARQUET' }).splits.test).toMatchObject([
      { id: 'row 1', question: 'p', choices: ['x', 'y'], answers: ['y'] },
    ]);
  });

  it('may call its fields otherwise', () => {
    const fields = { question: 'prompt', answer: 'target', choices: 'option' };
    const row = { question: 'p', choices: ['x', 'y'], answers: ['x'] };
    const json = lines({ prompt: 'p', target: 'x', option: ['x', 'y'] });
    expect(read(json, { fields }).splits.test).toMatchObject([row]);
    const table = 'prompt,target,option 1,option 2\np,x,x,y';
    expect(read(table, { fields, file: 'mine.csv' }).splits.test).toMatchObject([row]);
  });

  it('may be of any line ends, with empty lines and a mark of its encoding', () => {
    const [a, b] = [JSON.stringify(one), JSON.stringify({ question: 'x', answer: ['y', 'z', true] })];
    for (const end of ['\n', '\r\n', '\r'])
      expect(read(`\ufeff${a}${end}${end}${b}${end}`).splits.test).toMatchObject([
        { line: 1 },
        { line: 3, answers: ['y', 'z', 'true'] },
      ]);
  });

  it('says how an answer is compared: the question first, then the option, then the answer itself', () => {
    const text = lines(
      { question: 'a', answer: 'x', grader: 'contains' },
      { question: 'b', answer: 'x' },
      { question: 'c', answer: '007' },
      { question: 'd', answer: '-3.5' },
    );
    const gradersOf = (options: Partial<SetOptions>) => read(text, options).splits.test.map((q) => q.grader);
    expect(gradersOf({})).toEqual(['contains', 'exact', 'exact', 'number']);
    expect(gradersOf({ grader: 'exact' })).toEqual(['contains', 'exact', 'exact', 'exact']);
  });

  it('is divided by its questions alone: about a share trains, and no question does both', () => {
    const many = Array.from({ length: 2000 }, (_, k) => ({
      question: `How much is ${k} + 1?`,
      answer: k + 1,
    }));
    const { train, test } = read(lines(...many), { trainShare: 0.25 }).splits;
    expect(train.length + test.length).toBe(2000);
    expect(train.length).toBeGreaterThan(420);
    expect(train.length).toBeLessThan(580);
    const texts = new Set(train.map(({ question }) => question));
    expect(test.filter(({ question }) => texts.has(question))).toEqual([]);
    // Another order, other ids, other letter case, and only some of them: each falls where it fell.
    const again = many
      .slice(500)
      .reverse()
      .map((q, k) => ({ ...q, id: k, question: q.question.toUpperCase() }));
    const { train: trainAgain } = read(lines(...again), { trainShare: 0.25 }).splits;
    expect(trainAgain.length).toBeGreaterThan(0);
    for (const { question } of trainAgain)
      expect(texts.has(question.replace('HOW MUCH IS', 'How much is'))).toBe(true);
  });

  it('may say itself which questions train', () => {
    const { splits } = read(lines({ ...one, split: 'train' }, { question: 'b', answer: 'x', split: 'test' }));
    expect(splits.train).toMatchObject([{ line: 1 }]);
    expect(splits.test).toMatchObject([{ line: 2 }]);
  });

  it('leaves a study its questions where there are too few to divide', () => {
    for (let k = 0; k < 20; k++) {
      const { splits } = read(lines({ question: `question ${k}`, answer: 'x' }), { trainShare: 0.9 });
      expect(splits).toMatchObject({ train: [], test: [{ line: 1 }] });
    }
  });
});

const latin1 = Buffer.from('{"question": "Caf\u00e9?", "answer": "x"}', 'latin1');
const choices = ['x', 'y'];

describe('a file is refused, with its line,', () => {
  it.each<[string, string | Uint8Array, RegExp, string?]>([
    ['when it is empty', '\n \n', /^mine\.jsonl: The file has no questions/],
    ['when it is a table of a header', 'question,answer\n', /^t\.csv: The file has no questions/, 't.csv'],
    [
      'when a line is no JSON',
      `${lines(one)}\n{"question": `,
      /^mine\.jsonl:2: This line is no JSON\. Write one/,
    ],
    ['when it is one list', '[\n{"question": "a", "answer": "b"}\n]', /^mine\.jsonl:1: This line is no JSON/],
    ['when a line is a list', '["a", "b"]', /:1: This line is no object of JSON/],
    [
      'when a question is missing',
      lines({ answer: 'x' }),
      /:1: This question has no text: "question" is missing/,
    ],
    [
      'when an answer is missing',
      lines(one, { question: 'b' }),
      /:2: This question has no answer.*It has question\.$/,
    ],
    ['when an answer is empty', lines({ ...one, answer: ' ' }), /:1: This question has no answer/],
    ['when an answer is null', lines({ ...one, answer: null }), /:1: This question has no answer/],
    [
      'when an answer is misspelt',
      lines({ question: 'a', anwser: 'b' }),
      /Is it "anwser"\? Then say `fields: \{answer: anwser\}`/,
    ],
    [
      'when an answer has nothing to compare',
      lines({ ...one, answer: '?!' }),
      /:1: The answer "\?!" has neither/,
    ],
    [
      'when an id is there twice',
      lines({ ...one, id: 1 }, { ...one, id: 'x' }, { ...one, id: '1' }),
      /:3: The id "1" is that of line 1, too/,
    ],
    [
      'when choices come and go',
      lines({ ...one, choices: [4, 5] }, one),
      /:2: This question has no choices, unlike line 1/,
    ],
    [
      'when facts come and go',
      lines(one, { ...one, facts: ['x', 'y'] }),
      /:2: This question tells facts to 2 agents, unlike line 1/,
    ],
    [
      'when splits come and go',
      lines({ ...one, split: 'test' }, one),
      /:2: This question has no split, unlike line 1/,
    ],
    ['when a split is none', lines({ ...one, split: 'dev' }), /:1: The split is "dev"\. Write train or test/],
    ['when all train', lines({ ...one, split: 'train' }), /none is left for a study/],
    ['when a choice is alone', lines({ ...one, choices: ['4'] }), /:1: There is one choice only/],
    [
      'when a choice is there twice',
      lines({ ...one, choices: ['4', '5', ' 4. '] }),
      /:1: The choice "4\." is there twice/,
    ],
    [
      'when there are too many choices',
      lines({ ...one, choices: Array.from({ length: 27 }, (_, k) => k) }),
      /27 choices; 26 are the most/,
    ],
    [
      'when the answer is no choice',
      lines({ question: 'a', choices, answer: 'z' }),
      /:1: The answer "z" is none of the choices \(x; y\)/,
    ],
    [
      'when the answer is the number of a choice',
      lines({ question: 'a', choices, answer: 1 }),
      /:1: The answer "1" is none.*or its letter/,
    ],
    [
      'when several choices are right',
      lines({ question: 'a', choices, answer: ['x', 'y'] }),
      /Among choices one answer is right/,
    ],
    ['when facts are one text', lines({ ...one, facts: 'x' }), /"facts" is one text\. Write a list/],
    [
      'when there are too many agents',
      lines({ ...one, facts: Array.from({ length: 7 }, () => 'x') }),
      /facts for 7 agents/,
    ],
    [
      'when a grader is none',
      lines({ ...one, grader: 'fuzzy' }),
      /There is no grader "fuzzy"\. Available: exact, number, contains/,
    ],
    [
      'when a number is none',
      lines({ ...one, answer: 'four', grader: 'number' }),
      /needs a number, but the answer is "four"/,
    ],
    [
      'when a number is two',
      lines({ ...one, answer: '1,234', grader: 'number' }),
      /can be read as 1234 or as 1\.234/,
    ],
    [
      'when a number is not held exactly',
      '{"question": "a", "answer": 12345678901234567890}',
      /Write it in quotes/,
    ],
    [
      'when a question is a list',
      lines({ ...one, question: ['a'] }),
      /"question" is a list where words are needed/,
    ],
    [
      'when a field is enormous',
      lines(one, { ...one, question: 'x'.repeat(1 << 20) }),
      /:2: "question" has 1048576 characters; 100000 are the most/,
    ],
    [
      'when it is in Latin-1',
      Buffer.concat([Buffer.from(`${lines(one)}\n`), latin1]),
      /:2: This line is not in UTF-8/,
    ],
    [
      'when it is in UTF-16',
      Buffer.from(`\ufeff${lines(one)}`, 'utf16le'),
      /The file is in UTF-16\. Save it as UTF-8/,
    ],
    [
      'when it is in UTF-16 without its mark',
      Buffer.from(lines(one), 'utf16le'),
      /:1: There is a NUL character/,
    ],
    ['when it is no Parquet', 'PAR1', /^t\.parquet: This is no whole Parquet file/, 't.parquet'],
    [
      'when a table in Parquet is cut',
      parquet({ question: ['a'], answer: ['b'] }).subarray(0, 60),
      /^t\.parquet: This is no whole Parquet file/,
      't.parquet',
    ],
    [
      'when a table in Parquet has no rows',
      parquet({ question: [], answer: [] }),
      /^t\.parquet: The file has no questions/,
      't.parquet',
    ],
    [
      'when a row has no answer',
      parquet({ question: ['a', 'b'], answer: ['x', null] }),
      /^t\.parquet:2: This question has no answer/,
      't.parquet',
    ],
    [
      'when a row repeats an id',
      parquet({ id: [1, 1], question: ['a', 'b'], answer: ['x', 'y'] }),
      /^t\.parquet:2: The id "1" is that of row 1, too/,
      't.parquet',
    ],
    [
      'when a column comes and goes',
      parquet({ question: ['a', 'b'], answer: ['x', 'y'], split: ['test', null] }),
      /^t\.parquet:2: This question has no split, unlike row 1/,
      't.parquet',
    ],
    [
      'when a column is misspelt',
      parquet({ question: ['a'], anwser: ['x'] }),
      /:1: .*Is it "anwser"\?/,
      't.parquet',
    ],
    [
      'when a column is there twice',
      'question,answer,answer\na,b,c',
      /^t\.csv:1: Two columns are called "answer"/,
      't.csv',
    ],
    ['when a row is too short', 'question,answer\na,b\nc', /^t\.csv:3: This is no table/, 't.csv'],
    ['when a cell is empty', 'question,answer\na,b\nc,', /^t\.csv:3: This question has no answer/, 't.csv'],
  ])('%s', (_, text, message, file) => {
    expect(() => read(text, { ...(file && { file }) })).toThrow(message);
  });
});
