/**
 * A task of your own in which agents write, and a study over it.
 *
 * Ann and Bob each write a few words about a topic, twice; the team is paid the share of words that both used, and the
 * study keeps how many these were. The scripted writer knows no topic, so words are shared by chance; name any model
 * that writes in its place. Run it with: npx tsx examples/own-text-task.ts
 */
import { memoryStore, run, scoreTableText, type TaskDefinition } from 'agentmesh-stm';
import { z } from 'zod';

const topics = { train: ['rain', 'bread'], test: ['snow', 'rivers', 'bridges', 'lamps', 'kites'] };
const words = (text: unknown) =>
  new Set(
    String(text)
      .toLowerCase()
      .match(/\p{L}+/gu),
  );

const sameWords: TaskDefinition = {
  id: 'same-words',
  title: 'Write with the same words',
  type: 'dense',
  revision: 1,
  source: 'an example',
  optionsSchema: z.strictObject({}),
  create: () => ({
    agentNames: ['Ann', 'Bob'],
    actions: [],
    horizon: 2,
    rules: 'Ann and Bob each write a few words about a topic. The team is paid for words that both used.',
    generate: (stream, split) => stream.pick(topics[split]),
    start: (topic) => {
      let [written, time]: [readonly unknown[], number] = [[], 0];
      return {
        get time() {
          return time;
        },
        get done() {
          return time === 2;
        },
        offer: () => ({ kind: 'text', maxTokens: 24, form: 'prose' }),
        observe: () => `The topic is ${JSON.stringify(topic)}. So far: ${JSON.stringify(written)}.`,
        step: (joint) => {
          [written, time] = [joint, time + 1];
          const [ann, bob] = joint.map(words);
          const shared = [...ann].filter((word) => bob.has(word)).length;
          return { reward: shared / Math.max(1, ann.size, bob.size), measures: { shared } };
        },
      };
    },
    // The bounds of the score: no word in common, and all of them, twice.
    references: () => ({ low: 0, high: 2, lowStandardError: 0 }),
  }),
};

const { scores } = await run(
  { name: 'text-task', models: ['scripted'], strategies: ['none', 'single'], tasks: [sameWords], seeds: 5 },
  { store: memoryStore() },
);
console.log(scoreTableText(scores));
