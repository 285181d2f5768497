import { expect, it } from 'vitest';
import { leapingClock, virtualClock } from '../../test/support/virtual-clock.ts';
import type { Model, Task, TaskContext } from '../contracts/index.ts';
import { none } from '../strategies/none.ts';
import { playEpisode } from './index.ts';

const model: Model = {
  facts: {},
  fingerprint: {},
  generate: async () => ({ text: '5', usage: {} }),
  close: async () => {},
};

async function play(step: (context: TaskContext) => Promise<unknown>, over: object = {}) {
  const task: Task = {
    ...{
      agentNames: ['Ann'],
      actions: [],
      horizon: 1,
      rules: 'Write.',
      judges: ['grader'],
      generate: () => 0,
    },
    references: () => ({ low: 0, high: 1, lowStandardError: 0 }),
    start: (_, context) => {
      let done = false;
      return {
        ...{
          time: 0,
          offer: () => ({ kind: 'text', maxTokens: 5, form: 'prose' }),
          observe: () => 'A page.',
        },
        get done() {
          return done;
        },
        step: async () => {
          await step(context);
          done = true;
          return { reward: 1 };
        },
      };
    },
  };
  const strategy = await none.create(
    {},
    { task, taskId: 't', taskOptions: {}, seed: 0, adviceStrength: 'default' },
    [],
  );
  return playEpisode({
    ...{ task, instance: 0, model, strategy, temperature: 1, maxInteractions: 1, streamName: ['judging'] },
    references: { low: 0, high: 1, lowStandardError: 0 },
    judges: new Map([['grader', model]]),
    ...over,
  });
}

it('a task whose step awaits something without an end fails by name after its time on the clock', async () => {
  const { clock, slept } = leapingClock();
  await expect(play(() => new Promise(() => {}), { clock, idleTimeoutMs: 4000 })).rejects.toThrow(
    /The task has not come to an end of step 1 for 4 s, and asked no judge meanwhile.*`idleTimeoutMs`/,
  );
  expect(slept).toEqual([4000]);
});

it('a task whose step awaits without an end ends at once when its signal aborts', async () => {
  const clock = virtualClock();
  const drop = new AbortController();
  const reason = new Error('a second Ctrl-C');
  const forever = play(() => new Promise(() => {}), { clock, signal: drop.signal });
  await clock.advance(1000);
  drop.abort(reason);
  await expect(forever).rejects.toBe(reason);
});

it('waits for a judge as long as it takes', async () => {
  const clock = virtualClock();
  const slow: Model = {
    ...model,
    generate: async (_, signal) => {
      await clock.sleep(60_000, signal);
      return { text: '5', usage: {} };
    },
  };
  const played = play((context) => context.ask('grader', { prompt: 'Mark.', maxTokens: 3 }), {
    ...{ clock, idleTimeoutMs: 1000 },
    judges: new Map([['grader', slow]]),
  });
  await clock.advance(60_000);
  await expect(played).resolves.toMatchObject({ return: 1 });
});
