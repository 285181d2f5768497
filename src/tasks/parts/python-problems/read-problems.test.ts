import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { divided, readProblems } from './read-problems.ts';

const one = {
  task_id: 'x/1',
  prompt: 'def f(x):\n    """Twice."""\n',
  entry_point: 'f',
  test: 'def check(candidate):\n    assert candidate(1) == 2\n',
  canonical_solution: '    return 2 * x\n',
};
const lines = (...records: readonly object[]) => records.map((record) => JSON.stringify(record)).join('\n');
const read = (text: string | Uint8Array) =>
  readProblems(typeof text === 'string' ? new TextEncoder().encode(text) : text, 'p.jsonl');

describe('a file of problems', () => {
  it('is read, packed or not', () => {
    const problem = {
      id: 'x/1',
      prompt: one.prompt,
      entryPoint: 'f',
      test: one.test,
      solution: one.canonical_solution,
    };
    expect(read(lines(one))).toEqual([problem]);
    expect(read(gzipSync(`\n${lines(one)}\r\n`))).toEqual([problem]);
    const { canonical_solution: _, ...unsolved } = one;
    expect(read(lines({ ...unsolved, task_id: 7 }))[0]).toMatchObject({ id: '7' });
  });

  it('is divided by its words, and leaves a study something to play', () => {
    const many = read(
      lines(
        ...Array.from({ length: 200 }, (_, k) => ({ ...one, task_id: k, prompt: `# ${k}\n${one.prompt}` })),
      ),
    );
    const { train, test } = divided(many, 0.25);
    expect(train.length + test.length).toBe(200);
    expect(train.length).toBeGreaterThan(30);
    expect(train.length).toBeLessThan(70);
    expect(divided(many.slice(0, 1), 0.9).test).toHaveLength(1);
  });

  it.each<[string, string | Uint8Array, RegExp]>([
    ['empty', '\n', /^p\.jsonl: The file has no problems/],
    [
      'no JSON',
      `${lines(one)}\n{"task_id"`,
      /^p\.jsonl:2: This line is no JSON\. Write one object on each line, with task_id/,
    ],
    ['a list', '[1]', /:1: This line is no object/],
    ['cut', lines(one).slice(0, -20), /:1: This line is no JSON/],
    [
      'packed and cut',
      gzipSync(lines(one)).subarray(0, 60),
      /^p\.jsonl: This file is packed by gzip and was cut short/,
    ],
    ['packed and enormous', gzipSync(Buffer.alloc(65e6)), /packed by gzip and holds more than 64 MB/],
    [
      'with a missing field',
      lines({ ...one, test: undefined }),
      /:1: This problem has no "test".*It has task_id, prompt, entry_point, canonical_solution/,
    ],
    ['with an empty prompt', lines({ ...one, prompt: ' ' }), /:1: This problem has no "prompt"/],
    ['with an id that is there twice', lines(one, one), /:2: The task_id "x\/1" is that of line 1, too/],
    ['with a name that is none', lines({ ...one, entry_point: 'f(); g' }), /is no name of a function/],
    [
      'with another function',
      lines({ ...one, entry_point: 'g' }),
      /The prompt does not begin the function "g"/,
    ],
    ['without a check', lines({ ...one, test: 'assert True' }), /"test" defines no function `check`/],
    [
      'with an enormous field',
      lines({ ...one, prompt: `${one.prompt}#${'x'.repeat(50_000)}` }),
      /"prompt" has \d+ characters; 50000 are the most/,
    ],
    ['in another encoding', Buffer.from(lines(one), 'utf16le'), /NUL character/],
  ])('is refused when it is %s', (_, text, message) => {
    expect(() => read(text)).toThrow(message);
  });
});
