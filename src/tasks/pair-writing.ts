import { z } from 'zod';
import { type Task, type TaskDefinition, TaskError } from '../contracts/index.ts';
import { teamNames } from './parts/names.ts';
import { drawRecord, type FactRecord, mostFacts } from './parts/pair-writing/record.ts';
import { factsKept, mostReward, writingMeasures, writingReward } from './parts/pair-writing/reward.ts';

/**
 * Two agents write about one record of facts, the first a short text and the second a long one. The team is paid for
 * the form of the pair alone; how much of the record a text keeps is measured and not paid, so that a team which earns
 * by empty words is seen.
 *
 * After the writing tasks of MAGRPO, arXiv 2508.04652, on records that are drawn instead of posts and abstracts.
 */
export const pairWritingOptions = z.strictObject({
  facts: z.int().min(1).max(mostFacts).default(8).describe('Facts of the record.'),
  maxTokens: z.int().min(16).max(4096).default(400).describe('The most tokens of each text.'),
});
export type PairWritingOptions = z.output<typeof pairWritingOptions>;

const team = teamNames(2);

export const pairWriting: TaskDefinition<PairWritingOptions> = {
  id: 'pair-writing',
  title: 'Pair writing: a short and a long text that fit',
  type: 'writing',
  revision: 1,
  source: 'Liu et al. 2025, arXiv 2508.04652',
  optionsSchema: pairWritingOptions,
  create: ({ facts, maxTokens }): Task<FactRecord> => ({
    agentNames: team,
    actions: [],
    horizon: 1,
    rules:
      `${team.join(' and ')} write about the same thing, at the same time: ${team[0]} a short text, ${team[1]} a long ` +
      'one. Each text has at least 8 and at most 256 words. The long one is about twice as long as the short one and ' +
      'has about twice as many different words. Both use the same words for the same things, and the long one ties ' +
      'its sentences together with many kinds of transitions (however, for example, therefore).',
    generate: (stream, split) => drawRecord(facts, stream, split),
    measures: writingMeasures,
    stub: () => '',
    start: (record) => {
      let done = false;
      return {
        get time() {
          return done ? 1 : 0;
        },
        get done() {
          return done;
        },
        offer: () => ({ kind: 'text', maxTokens, form: 'prose' }),
        observe: (agent) =>
          `You write the ${agent === 0 ? 'short' : 'long'} text, about ${record.subject}. What is known: ` +
          `${record.facts.map(({ about, value }) => `${about}: ${value}`).join('; ')}.`,
        step: (texts) => {
          if (done) throw new TaskError('The texts have been written.');
          const [short, long] = texts;
          if (texts.length !== team.length || typeof short !== 'string' || typeof long !== 'string')
            throw new TaskError(`${team.join(' and ')} write one text each.`);
          done = true;
          const parts = writingReward(short, long);
          return {
            reward: Object.values(parts).reduce((sum, part) => sum + part, 0),
            measures: {
              ...parts,
              factsKeptShort: factsKept(short, record.facts),
              factsKeptLong: factsKept(long, record.facts),
            },
          };
        },
      };
    },
    references: () => ({ low: 0, high: mostReward, lowStandardError: 0 }),
  }),
};
