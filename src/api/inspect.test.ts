import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Offer, TaskDefinition } from '../contracts/index.ts';
import { builtInCatalogue } from './catalogue.ts';
import { viewTask } from './inspect.ts';

/** Ann chooses, Bob writes, Cal can only talk. */
const offers: readonly Offer[] = [
  { kind: 'choice', actions: [0, 1] },
  { kind: 'text', maxTokens: 20, form: 'prose' },
  { kind: 'none' },
];
let closed = 0;
const desk: TaskDefinition = {
  id: 'desk',
  title: 'A desk',
  type: 'dense',
  revision: 1,
  source: 'this test',
  optionsSchema: z.strictObject({}),
  create: () => ({
    agentNames: ['Ann', 'Bob', 'Cal'],
    actions: ['accept', 'refuse'],
    horizon: 1,
    rules: 'Ann decides on what Bob writes.',
    generate: () => 'a letter',
    start: () => ({
      time: 0,
      done: false,
      offer: (agent) => offers[agent],
      observe: () => 'A letter came.',
      step: () => ({ reward: 0 }),
      close: async () => {
        closed++;
        throw new Error('what it held was gone');
      },
    }),
    references: () => ({ low: 0, high: 4, lowStandardError: 0 }),
  }),
};

describe('a task as its agents meet it', () => {
  it('says what who chooses, writes or only talks reads, and lets go of what the environment holds', () => {
    const view = viewTask('desk', { catalogue: { ...builtInCatalogue, tasks: [desk] } });
    expect(view.agents).toEqual([
      {
        name: 'Ann',
        offered: 'choice',
        prompt: 'You are Ann. A letter came. Choose accept or refuse.',
        availableActions: ['accept', 'refuse'],
      },
      {
        name: 'Bob',
        offered: 'text',
        prompt:
          'You are Bob. A letter came. Write your text, at most 15 words. Answer with the text and nothing else.',
        availableActions: [],
      },
      { name: 'Cal', offered: 'none', prompt: 'You are Cal. A letter came.', availableActions: [] },
    ]);
    expect(view.simulated).toBe(false);
    expect(closed).toBe(1);
  });

  it('measures scores in the simulator where there is one', () => {
    const view = viewTask('coverage');
    expect(view.simulated).toBe(true);
    expect(view.agents.every(({ offered }) => offered === 'choice')).toBe(true);
  });
});
