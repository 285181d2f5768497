import { describe, expect, it } from 'vitest';
import type { Environment, Task } from '../contracts/index.ts';
import { oddTask, outcomeOf, situationOf } from './held-task.ts';

const task = {
  agentNames: ['Ann', 'Bob'],
  actions: ['yes', 'no'],
  horizon: 2,
  rules: '',
  generate: () => 1,
  start: () => environment(),
  references: () => ({ low: 0, high: 1, lowStandardError: 0 }),
} as unknown as Task;
const environment = (over: object = {}) =>
  ({
    time: 0,
    done: false,
    offer: () => ({ kind: 'choice', actions: [0, 1] }),
    observe: () => 'words',
    ...over,
  }) as unknown as Environment;
const features = new Float32Array(0);

it.each([
  [undefined, /is none/],
  [null, /is none/],
  [{ agentNames: undefined }, /no list of names in `agentNames`/],
  [{ agentNames: [] }, /has no agents/],
  [{ agentNames: ['Ann', 'Ann'] }, /two agents of one name \(Ann, Ann\)/],
  [{ actions: undefined }, /no list of words in `actions`/],
  [{ actions: ['yes', 'yes'] }, /two actions of one word \(yes, yes\)/],
  [{ horizon: 0 }, /horizon of 0/],
  [{ horizon: Number.NaN }, /horizon of NaN/],
  [{ rules: undefined }, /no text in `rules`/],
  [{ references: undefined }, /no method `references`/],
  [{ items: {} }, /no lists of names/],
  [{ items: { names: { train: [], test: [] }, of: () => 1 } }, /no item for a study to play/],
  [{ items: { names: { train: ['a'], test: ['b', 'a'] }, of: () => 1 } }, /two items of the name "a"/],
])('what is no task is told: %j', (over, wrong) => {
  expect(oddTask(over && ({ ...task, ...over } as Partial<Task>))).toMatch(wrong);
  expect(oddTask(task)).toBeUndefined();
});

describe('a step of a task that breaks its contract ends the run with agent and step', () => {
  it.each([
    [undefined, /offers Ann neither a choice nor a text nor nothing \(`kind`\) in step 1/],
    [{ kind: 'shout' }, /neither a choice nor a text/],
    [{ kind: 'choice', actions: [] }, /offers Ann a choice without actions/],
    [{ kind: 'choice', actions: [0, 9] }, /offers Ann action 9, which it does not have/],
    [{ kind: 'text', maxTokens: 0, form: 'prose' }, /a text of 0 tokens/],
    [{ kind: 'text', maxTokens: 5 }, /neither prose nor code/],
  ])('offer %j', (offer, wrong) => {
    expect(() => situationOf(task, environment({ offer: () => offer }), 0, features)).toThrow(wrong);
  });

  it('words that are none, once somebody is asked', () => {
    const mute = situationOf(task, environment({ observe: () => 5 }), 1, features);
    expect(() => mute.observe()).toThrow('The task gives Bob no text to read in step 1: `observe` gave 5.');
    expect(situationOf(task, environment(), 1, features).observe()).toBe('words');
  });

  it.each([
    [() => undefined, /gave no outcome, an object with a reward, in step 3/],
    [() => 1, /gave no outcome/],
    [() => ({ reward: '1' }), /paid a reward of 1 in step 3/],
    [() => ({ reward: Number.NaN }), /paid a reward of NaN/],
    [() => ({ reward: 1, measures: null }), /`measures` that are no numbers by name/],
    [() => ({ reward: 1, measures: { tests: Number.NaN } }), /measured tests as NaN/],
    [() => Promise.reject(new Error('no disk')), /failed in step 3 with "no disk"/],
  ])('outcome %#', async (step, wrong) => {
    await expect(outcomeOf(environment({ step }), [0, 0], 3)).rejects.toThrow(wrong);
  });
});
