/**
 * A task of your own in one file, a study over it, and the table.
 *
 * Three agents each hold a number from 1 to 3 and see only their own. Every step they all say a number; the
 * team scores when the three numbers they say are different. Run it with: npx tsx examples/own-task.ts
 */
import { environmentOf, memoryStore, run, scoreTableText, type SimulatorDefinition } from 'agentmesh-stm';
import { z } from 'zod';

const optionsSchema = z.strictObject({
  rounds: z.int().min(1).max(20).default(6).describe('How often the agents say a number.'),
});

interface Situation {
  readonly time: number;
  /** What everybody said last; 0 before the first round. */
  readonly said: readonly number[];
}

const allDifferent: SimulatorDefinition<z.output<typeof optionsSchema>> = {
  id: 'all-different',
  title: 'Say three different numbers',
  type: 'dense',
  revision: 1,
  source: 'an example of this repository',
  optionsSchema,
  create: ({ rounds }) => {
    const agentNames = ['Ann', 'Bob', 'Cal'];
    const actions = ['say 1', 'say 2', 'say 3'];
    return {
      agentNames,
      horizon: rounds,
      actions,
      featureLength: 1 + agentNames.length,
      stateLength: 1 + agentNames.length,
      rules:
        'The team is Ann, Bob, Cal. Each round everybody says a number. The team wins a point when all three differ.',
      // Nothing is drawn: every instance is the same. A real task draws from the stream.
      generate: () => ({}),
      start: () =>
        environmentOf<Situation>(
          {
            time: ({ time }) => time,
            done: ({ time }) => time >= rounds,
            availableActions: () => [0, 1, 2],
            observe: ({ time, said }) =>
              `Round ${time + 1} of ${rounds}.` + (time > 0 ? ` They said ${said.join(', ')}.` : ''),
            features: ({ time, said }, _agent, out, offset) =>
              out.set([time / rounds, ...said.map((n) => n / 3)], offset),
            stateVector: ({ time, said }, out, offset) =>
              out.set([time / rounds, ...said.map((n) => n / 3)], offset),
            step: ({ time }, joint) => ({
              state: { time: time + 1, said: joint.map((a) => a + 1) },
              reward: new Set(joint).size === 3 ? 1 : 0,
            }),
          },
          { time: 0, said: agentNames.map(() => 0) },
          agentNames.length,
          actions,
        ),
      oracle: () => rounds,
      // 3! of the 27 joint actions are all different.
      randomReturn: () => (rounds * 6) / 27,
    };
  },
};

const { scores } = await run(
  {
    name: 'own-task',
    models: ['scripted', { id: 'scripted', label: 'always-first', answer: 'first' }],
    strategies: ['none'],
    tasks: [allDifferent],
    seeds: 20,
  },
  { store: memoryStore() },
);
console.log(scoreTableText(scores));
