/**
 * A judge for texts that no program can mark, and a critic for a strategy: models that play no agent.
 *
 * Ann and Bob each write a line about a topic; a judge marks each from 0 to 1. In one strategy a critic, another model,
 * reads what everybody sees and advises each in words before they write. What judges cost stands apart from the team's
 * cost; what a critic costs is the team's. The scripted writers understand nothing, so the marks mean nothing; name any
 * models that write in their place. Run it with: npx tsx examples/own-judge.ts
 */
import { act, exportRuns, memoryStore, run, say, scoreTableText, TaskError } from 'agentmesh-stm';
import type { StrategyDefinition, TaskDefinition } from 'agentmesh-stm';
import { z } from 'zod';

const [optionsSchema, parts] = [z.strictObject({}), []];
const schema = { type: 'object', properties: { mark: { type: 'number' } }, required: ['mark'] };

const lines: TaskDefinition = {
  ...{
    id: 'lines',
    title: 'Write a good line',
    type: 'dense',
    revision: 1,
    source: 'an example',
    optionsSchema,
  },
  create: () => ({
    ...{ agentNames: ['Ann', 'Bob'], actions: [], horizon: 1, judges: ['grader'] },
    rules: 'Ann and Bob each write one line about a topic. The team is paid for how good both are.',
    generate: (stream, split) => `${split} ${stream.integer(1, 999)}`,
    start: (topic, { ask }) => {
      let time = 0;
      const marked = async (line: unknown): Promise<number | undefined> => {
        const prompt = `The topic: ${JSON.stringify(topic)}. The line: ${JSON.stringify(line)}. Your mark, 0 to 1?`;
        const { text } = await ask('grader', { prefix: 'You mark lines.', prompt, maxTokens: 50, schema });
        const mark = Number(/"mark"\s*:\s*([\d.]+)/.exec(text)?.[1]);
        return mark >= 0 && mark <= 1 ? mark : undefined;
      };
      return {
        ...{
          offer: () => ({ kind: 'text', maxTokens: 24, form: 'prose' }),
          observe: () => `The topic is ${JSON.stringify(topic)}.`,
        },
        get time() {
          return time;
        },
        get done() {
          return time === 1;
        },
        step: async (joint) => {
          const marks = (await Promise.all(joint.map(marked))).filter((each) => each !== undefined);
          time++;
          // What it did not mark counts as not judged, never as 0.
          if (marks.length === 0) throw new TaskError('The judge marked no line.');
          const sum = marks.reduce((a, b) => a + b, 0);
          return { reward: sum / marks.length, measures: { judged: marks.length } };
        },
      };
    },
    references: () => ({ low: 0, high: 1, lowStandardError: 0 }),
  }),
};

const advisedByCritic: StrategyDefinition = {
  ...{ id: 'critic', title: 'A critic says a word to each', revision: 1, parts, optionsSchema },
  create: async () => ({
    ...{ fingerprint: {}, judges: ['critic'] },
    begin: () => ({
      decide: ({ members }) =>
        Promise.all(
          members.map(async (member) =>
            act(member, [
              { kind: 'counsel', by: 'critic', round: 1, text: await say(member, 30, [], { by: 'critic' }) },
            ]),
          ),
        ),
    }),
  }),
};

const [store, judges] = [memoryStore(), { grader: 'scripted', critic: { id: 'scripted', text: 'echo' } }];
const study = { name: 'judged', models: ['scripted'], judges, seeds: 5 };
const { scores } = await run({ ...study, strategies: ['none', advisedByCritic], tasks: [lines] }, { store });
console.log(scoreTableText(scores));
for await (const { strategy, seed, inputTokens, judgeInputTokens } of exportRuns(store))
  console.log({ strategy, seed, inputTokens, judgeInputTokens });
