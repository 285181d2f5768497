import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  type AnyTaskDefinition,
  type Environment,
  type Task,
  type TaskDefinition,
  TaskError,
} from '../contracts/index.ts';
import { withPython } from '../api/allow-python.ts';
import * as tasks from '../tasks/index.ts';
import { taskConformance } from './task-conformance.ts';

/** Two agents write a word each; the reward is 1 when the two are the same, ignoring case. */
const sameWord: TaskDefinition = {
  id: 'same-word',
  title: 'Both write the same word',
  type: 'sparse',
  revision: 1,
  source: 'this test',
  optionsSchema: z.strictObject({}),
  create: () => task(),
};

function task(changes: Partial<Task> = {}, around: (own: Environment) => Environment = (own) => own): Task {
  return {
    agentNames: ['Ann', 'Bob'],
    actions: [],
    horizon: 1,
    rules: 'Both write one word. Write the same one.',
    generate: (stream, split) => `${split} ${stream.integer(0, 1e9)}`,
    start: (topic) => {
      let time = 0;
      return around({
        get time() {
          return time;
        },
        get done() {
          return time === 1;
        },
        offer: () => ({ kind: 'text', maxTokens: 5, form: 'prose' }),
        observe: () => `The topic is ${JSON.stringify(topic)}.`,
        step: async (joint) => {
          if (time === 1) throw new TaskError('The episode has ended.');
          if (joint.length !== 2 || joint.some((text) => typeof text !== 'string'))
            throw new TaskError('Two texts are needed.');
          time++;
          const [a, b] = joint.map((text) => String(text).trim().toLowerCase());
          return { reward: Number(a === b), measures: { length: a.length + b.length } };
        },
      });
    },
    references: () => ({ low: 0, high: 1, lowStandardError: 0 }),
    ...changes,
  };
}

/** The environment with some members of its own; the others stay alive. */
const but = (own: Environment, changes: Partial<Environment>) =>
  Object.create(own, Object.getOwnPropertyDescriptors(changes)) as Environment;

async function failures(definition: AnyTaskDefinition): Promise<string[]> {
  const failed: string[] = [];
  for (const { name, run } of taskConformance(definition)) {
    try {
      await run();
    } catch {
      failed.push(name);
    }
  }
  return failed;
}

describe('the conformance suite of tasks', () => {
  for (const check of taskConformance(sameWord)) it(`a task in words: ${check.name}`, check.run);

  it.each(Object.values(tasks))('every task of the catalogue passes: $id', async (definition) => {
    // What asks for permission has it here, and is tried as it is played.
    expect(await failures(withPython(definition as AnyTaskDefinition, true))).toEqual([]);
  });

  it.each<[string, () => Task, RegExp]>([
    ['one name for two agents', () => task({ agentNames: ['Ann', 'Ann'] }), /names of their own/],
    [
      'splits that share instances',
      () => task({ generate: (s) => s.integer(0, 30) }),
      /training never meets/,
    ],
    [
      'no room for a score',
      () => task({ references: () => ({ low: 1, high: 1, lowStandardError: 0 }) }),
      /leave room/,
    ],
    [
      'an endless episode',
      () => task({ horizon: 1 }, (own) => but(own, { time: 0, done: false })),
      /end by the horizon/,
    ],
    [
      'a reward that is no number',
      () => task({}, (own) => but(own, { step: () => ({ reward: NaN }) })),
      /end by the horizon/,
    ],
    [
      'odd texts that are faults',
      () =>
        task({}, (own) =>
          but(own, {
            step: (joint) => {
              if (joint.includes('')) throw new Error('empty');
              return own.step(joint);
            },
          }),
        ),
      /odd texts/,
    ],
  ])('finds %s', async (_, create, expected) => {
    expect((await failures({ ...sameWord, create })).join('; ')).toMatch(expected);
  });
});
