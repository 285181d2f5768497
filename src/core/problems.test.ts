import { describe, expect, it } from 'vitest';
import { InputError, Problems, ProblemsError, UnknownIdError } from './index.ts';

const fail = (error: Error) => () => {
  throw error;
};

describe('problems', () => {
  it('are none until there is one', () => {
    const problems = new Problems();
    expect(problems.collect(() => 3)).toBe(3);
    expect(problems.any).toBe(false);
    problems.throwIfAny();
  });

  it('keep a single error as it was', () => {
    const problems = new Problems();
    const error = new UnknownIdError('model', 'x', ['y']);
    expect(problems.collect(fail(error))).toBeUndefined();
    expect(() => problems.throwIfAny()).toThrow(error);
  });

  it('tell several at once, each once, whatever they were collected in', async () => {
    const problems = new Problems();
    problems.collect(fail(new InputError('first')));
    problems.collect(fail(new InputError('first')));
    await problems.collectAsync(() => Promise.reject(new ProblemsError(['second', 'third'])));
    expect(() => problems.throwIfAny()).toThrow('3 things are wrong:\n  - first\n  - second\n  - third');
  });

  it('let faults of ours pass', () => {
    expect(() => new Problems().collect(fail(new TypeError('a bug')))).toThrow(TypeError);
  });
});
