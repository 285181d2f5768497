import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ReportedCounts, readUsage } from './read-usage.ts';

const said = { asked: 4000, answered: 40 };
const read = (counts: ReportedCounts, exchanged = said) => {
  const { inputTokens, outputTokens } = readUsage(counts, exchanged).usage;
  return [inputTokens, outputTokens];
};

describe('what an answer took', () => {
  it.each<[string, ReportedCounts, (number | undefined)[]]>([
    ['counts that agree', { input: 100, output: 10, total: 110 }, [100, 10]],
    [
      'reasoning within the output, as the total tells',
      { input: 100, output: 50, reasoning: 40, total: 150 },
      [100, 50],
    ],
    [
      'reasoning beside the output, as the total tells',
      { input: 100, output: 50, reasoning: 40, total: 190 },
      [100, 90],
    ],
    [
      'more reasoning than output, whatever the total says',
      { input: 100, output: 10, reasoning: 4600, total: 110 },
      [100, 4610],
    ],
    ['reasoning that no total places', { input: 100, output: 50, reasoning: 40 }, [100, 90]],
    ['a total above its parts', { input: 100, output: 10, total: 4710 }, [100, 4610]],
    ['a total below its parts', { input: 100, output: 10, total: 20 }, [100, 10]],
    ['more cached tokens than input', { input: 20, cached: 900, output: 10 }, [920, 10]],
    ['digits', { input: '100', output: '10' }, [100, 10]],
    ['fractions', { input: 99.5, output: 9.2 }, [100, 10]],
    ['zeros for words that are there', { input: 0, output: 0, total: 0 }, [undefined, undefined]],
    ['fewer tokens than the words can have', { input: 3, output: 10 }, [undefined, 10]],
    ['nothing at all', {}, [undefined, undefined]],
    ['one part missing', { input: 100 }, [100, undefined]],
    ['one part missing that the total fills in', { input: 100, total: 110 }, [100, 10]],
    ['the other one', { output: 10, total: 110 }, [100, 10]],
    ['a total alone', { total: 110 }, [undefined, 110]],
    ['negative counts', { input: -5, output: -1 }, [undefined, undefined]],
    ['no numbers', { input: 'many', output: Number.NaN, total: null }, [undefined, undefined]],
    ['more than any context has', { input: 1e300, output: Infinity }, [undefined, undefined]],
    // 4,600 of reasoning, and at most 4 bytes, each a token, for each of 40 characters.
    ['reasoning and a zero for the words', { input: 100, output: 0, reasoning: 4600 }, [100, 4760]],
  ])('%s', (_, counts, expected) => {
    expect(read(counts)).toEqual(expected);
  });

  it('may be 0 where nothing was said', () => {
    expect(read({ input: 100, output: 0 }, { asked: 4000, answered: 0 })).toEqual([100, 0]);
  });

  it('says what it did not take as it stood, and nothing where all agrees', () => {
    expect(readUsage({ input: 100, output: 10, total: 110 }, said).doubt).toBeUndefined();
    expect(readUsage({ input: 0, output: '-3' }, said).doubt).toBe(
      'input tokens 0 for words that are there, output tokens "-3"',
    );
    expect(readUsage({ input: 100, output: 10, reasoning: 40 }, said).doubt).toBe(
      'reasoning tokens beside the output',
    );
  });

  it('is a whole number or unknown, and never less than any part that can be believed', () => {
    const anything = fc.oneof(fc.integer({ min: 0, max: 100_000 }), fc.anything());
    const counts = fc.record({
      input: anything,
      cached: anything,
      output: anything,
      reasoning: anything,
      total: anything,
    });
    fc.assert(
      fc.property(counts, (reported) => {
        const [input, output] = read(reported);
        for (const value of [input, output])
          if (value !== undefined) expect(Number.isInteger(value) && value >= 0).toBe(true);
        const part = (value: unknown) =>
          typeof value === 'number' && value >= 0 && value <= 1e8 ? value : 0;
        if (output !== undefined) expect(output).toBeGreaterThanOrEqual(part(reported.reasoning));
        if (input !== undefined && output !== undefined)
          expect(input + output).toBeGreaterThanOrEqual(part(reported.total));
      }),
    );
  });
});
