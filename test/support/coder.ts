import { z } from 'zod';
import type { ModelDefinition } from '../../src/contracts/index.ts';
import { randomStream } from '../../src/core/index.ts';

const predicates: Readonly<Record<string, string>> = {
  even: 'x % 2 === 0',
  odd: 'x % 2 !== 0',
  positive: 'x > 0',
  negative: 'x < 0',
  'not zero': 'x !== 0',
  'below 5': 'x < 5',
  'above 5': 'x > 5',
  'above 10': 'x > 10',
  'below 10': 'x < 10',
  'divisible by 3': 'x % 3 === 0',
};
const transforms: Readonly<Record<string, string>> = {
  squares: 'x * x',
  doubles: 'x * 2',
  triples: 'x * 3',
  negations: '-x',
  successors: 'x + 1',
  predecessors: 'x - 1',
  distances: '10 - x',
  remainders: 'x % 5',
};
const aggregates: Readonly<Record<string, string>> = {
  sum: '.reduce((a, x) => a + x, 0)',
  list: '',
  'reversed list': '.reverse()',
  'ascending list': '.sort((a, b) => a - b)',
  'list without repetitions': '.filter((x, k, all) => all.indexOf(x) === k)',
};

/**
 * A model that writes programs for `pair-programming` of two agents with split information, right or wrong by chance, and
 * otherwise a few words. With `lazy`, `main` never calls the helper and keeps what is even.
 */
export const coder: ModelDefinition<{ mistakes: number; lazy: boolean }> = {
  id: 'coder',
  title: 'Writes programs for tests',
  revision: 1,
  optionsSchema: z.strictObject({
    mistakes: z.number().default(0.3).describe('How often it leaves something out.'),
    lazy: z.boolean().default(false).describe('Never calls the helper.'),
  }),
  create: async ({ mistakes, lazy }) => ({
    facts: {},
    fingerprint: { mistakes, lazy },
    generate: async ({ prompt, seed }) => {
      const slips = randomStream('coder', prompt, seed).next() < mistakes;
      const text = written(prompt, slips, lazy);
      return {
        text,
        usage: { inputTokens: Math.ceil(prompt.length / 4), outputTokens: Math.ceil(text.length / 4) },
      };
    },
    close: async () => {},
  }),
};

function written(prompt: string, slips: boolean, lazy: boolean): string {
  const kept = /those that are ([^.]+)\./.exec(prompt)?.[1];
  if (kept !== undefined)
    return `\`\`\`js\n// Keeps what is ${kept}.\nfunction aux(x) {\n  return ${slips ? '' : '!'}!(${predicates[kept]});\n}\n\`\`\``;
  const [, made = '', changed = ''] =
    /main gives the (.+) of the (\w+)[^.]* of the numbers/.exec(prompt) ?? [];
  if (made === '') return 'I would keep what counts first, and change it after.';
  const test = lazy ? 'x => x % 2 === 0' : 'aux';
  return `function main(xs) {\n  return xs.filter(${test}).map(x => ${transforms[changed]})${slips ? '.slice(1)' : ''}${aggregates[made]};\n}`;
}
