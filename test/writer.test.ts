import { z } from 'zod';
import { expect, it } from 'vitest';
import { memoryStore, type ModelDefinition, randomStream, run } from '../src/api/index.ts';

/** A model of a user: words in, words out. It names one of the choices that stand in the prompt. */
const wordsOnly: ModelDefinition = {
  id: 'words-only',
  title: 'Names a choice at random, in words',
  revision: 1,
  optionsSchema: z.strictObject({}),
  create: async () => ({
    facts: {},
    fingerprint: {},
    generate: async ({ prefix, prompt, seed }) => {
      const stream = randomStream('words only', prefix, prompt, seed);
      const choose = (line: string) => {
        const [, listed = 'stay'] = /Choose ([^.]+)\./.exec(line) ?? [];
        const [head, ...rest] = stream.pick(listed.split(', ')).split(' or ');
        const first = / /.test(head) ? head.replace(/ \S+$/, '') : '';
        return stream.pick([head, ...rest.map((word) => `${first} ${word}`.trim())]);
      };
      const lines = prompt.split('\n').filter((line) => /^\w+: .*Choose/.test(line));
      const text = prefix.includes('Action:')
        ? `Message: Hear me.\nAction: ${choose(prompt)}\nConfidence: 0.5`
        : lines.map((line) => `${line.split(':')[0]}: ${choose(line)}`).join('\n');
      return { text, usage: { inputTokens: prompt.length, outputTokens: text.length } };
    },
    close: async () => {},
  }),
};

it('a model that only writes text takes part in every task of the default study, alone and in a team', async () => {
  const store = memoryStore();
  const { summary, unreadable } = await run(
    {
      name: 'words',
      models: [wordsOnly],
      // Who is advised talks beside its choices in a discussion; baselines never do.
      strategies: ['none', 'single', 'uninformative'],
      freeText: true,
      tasks: ['coverage', 'foraging', 'assembly', 'hidden-profile'],
      seeds: 2,
    },
    { store },
  );
  expect(summary).toMatchObject({ ended: 'finished', failed: 0, completed: 24 });
  expect(unreadable).toEqual([]);
  let messages = 0;
  for await (const { run: planned } of store.outcomes()) {
    const { steps } = (await store.episode(planned.hash, 0))!;
    const agents = steps.flatMap((step) => step.agents);
    expect(agents.filter(({ unparsable }) => unparsable)).toEqual([]);
    messages += agents.filter(({ message }) => message === 'Hear me.').length;
  }
  expect(messages).toBeGreaterThan(0);
});
