import { expect, it } from 'vitest';
import type { AgentTrace, EpisodeRecord, StepTrace, Task } from '../contracts/index.ts';
import { lastTexts, succeeded, withTextReplaced } from './replace-text.ts';

/** Two steps; each pays the letters that the two texts share, and measures whether they are the same. */
const task = {
  agentNames: ['Ann', 'Bob'],
  actions: [],
  measures: { same: { says: 'the texts are the same', best: 'pass' } },
  start: () => {
    let time = 0;
    return {
      get time() {
        return time;
      },
      get done() {
        return time === 2;
      },
      offer: () => ({ kind: 'text', maxTokens: 9, form: 'prose' }),
      observe: () => '',
      step: (texts: readonly string[]) => {
        time++;
        const shared = [...texts[0]].filter((letter) => texts[1].includes(letter)).length;
        return { reward: shared, measures: { same: texts[0] === texts[1] ? 1 : 0 } };
      },
    };
  },
} as unknown as Task;

const wrote = (action: string): AgentTrace => ({ offer: 'text', availableActions: [], action });
const step = (ann: string, bob: string): StepTrace => ({ agents: [wrote(ann), wrote(bob)], reward: 0 });
const episode = {
  instance: null,
  references: { low: 0, high: 10, lowStandardError: 0 },
  steps: [step('abc', 'cab'), step('xy', 'xy')],
} as unknown as EpisodeRecord;

it('plays an episode again with another text in the last step, the earlier ones as they were', async () => {
  // 3 letters in the first step; then 2, 1 or none of 10.
  expect(await withTextReplaced(task, episode, 1, 'xy')).toEqual({ score: 0.5, measures: { same: 1 } });
  expect(await withTextReplaced(task, episode, 1, 'x')).toEqual({ score: 0.4, measures: { same: 0 } });
  expect(await withTextReplaced(task, episode, 0, '')).toEqual({ score: 0.3, measures: { same: 0 } });
  expect(lastTexts(episode)).toEqual([
    { agent: 0, text: 'xy' },
    { agent: 1, text: 'xy' },
  ]);
});

it('says whether an episode succeeded where its task says what success is', () => {
  expect([1, 0].map((same) => succeeded(task, { same }))).toEqual([true, false]);
  expect(succeeded(task, {})).toBeUndefined();
  expect(succeeded({}, { same: 1 })).toBeUndefined();
});
