import { describe, expect, it } from 'vitest';
import { emptied, pythonIn, wholeProgram } from './program.ts';

const problem = { prompt: 'import re\n\ndef f(x):\n    """Twice."""\n', entryPoint: 'f' };
const whole = (answer: string, ...helpers: string[]) => wholeProgram(problem, helpers, answer);

describe('a program in Python', () => {
  it('is what is in its fences, or all of the text', () => {
    expect(pythonIn('Here:\n```python\na = 1\n```\nand\n~~~\nb = 2\n~~~\nDone.')).toBe('a = 1\nb = 2');
    expect(pythonIn('```python\na = 1')).toBe('a = 1');
    expect(pythonIn('a = 1\r\nb = 2')).toBe('a = 1\nb = 2');
    expect(pythonIn('')).toBe('');
  });

  it('stands after a beginning that does nothing where it has the function itself', () => {
    expect(whole('def f(x):\n    return 2 * x')).toBe(
      'import re\n\ndef f(x):\n    """Twice."""\n    pass\n\n\ndef f(x):\n    return 2 * x',
    );
    expect(emptied('def f(x):')).toBe('def f(x):\n    pass\n');
  });

  it.each<[string, string, string]>([
    ['as it should be', '    y = x\n    return 2 * y', '    y = x\n    return 2 * y'],
    ['without its first indentation', 'y = x\n    return 2 * y', '    y = x\n    return 2 * y'],
    ['without any', 'y = x\nreturn 2 * y', '    y = x\n    return 2 * y'],
    ['of one line', 'return 2 * x', '    return 2 * x'],
    [
      'of a block without any',
      'for y in x:\n    z = y\nreturn z',
      '    for y in x:\n        z = y\n    return z',
    ],
    [
      'of a block without its first',
      'for y in x:\n        z = y\n    return z',
      '    for y in x:\n        z = y\n    return z',
    ],
    ['behind empty lines', '\n\n    return 2 * x', '    return 2 * x'],
  ])('goes on where the beginning ends, for a body %s', (_, body, written) => {
    expect(whole(body)).toBe(`${problem.prompt}${written}\n`);
  });

  it('has what helpers wrote before it, and within its reach', () => {
    const aux = '```\ndef aux(x):\n    return x\n```';
    expect(whole('def f(x):\n    return 2 * aux(x)', aux)).toMatch(
      /pass\n\n\ndef aux\(x\):\n {4}return x\n\ndef f/,
    );
    const going = whole('    return 2 * aux(x)', aux);
    expect(going).toMatch(
      /pass\n\n\ndef aux\(x\):\n {4}return x\n\nimport re\n\ndef f\(x\):\n {4}"""Twice."""\n {4}return 2/,
    );
  });
});
