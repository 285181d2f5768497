import { expect, it } from 'vitest';
import type { References, Task } from '../contracts/index.ts';
import { instanceSource } from './instances.ts';
import type { PreparedTask } from './prepared.ts';

const store = { references: () => Promise.resolve(undefined), saveReferences: () => Promise.resolve() };
const referenced = (references: unknown) => {
  const task = { generate: () => 1, references: () => references as References } as unknown as Task;
  return instanceSource(store)({ task, id: 'mine', key: 'key' } as PreparedTask, 0, 0);
};

it.each([
  [undefined, 'undefined'],
  [Promise.resolve({ low: 0, high: 1, lowStandardError: 0 }), '{}'],
  [{ low: Number.NaN, high: 1, lowStandardError: 0 }, '{"low":"NaN","high":1,"lowStandardError":0}'],
  [{ low: 0, high: Infinity, lowStandardError: 0 }, '{"low":0,"high":"Infinity","lowStandardError":0}'],
  [{ low: 1, high: 1, lowStandardError: 0 }, '{"low":1,"high":1,"lowStandardError":0}'],
  [{ low: 2, high: 1, lowStandardError: 0 }, '{"low":2,"high":1,"lowStandardError":0}'],
  [{ low: 0, high: 1 }, '{"low":0,"high":1}'],
])('references that no score can be measured against are refused: %j', async (references, shown) => {
  await expect(referenced(references)).rejects.toThrow(
    `The task "mine" gives an instance the references ${shown}.`,
  );
});

it('references that are some are given with the instance', async () => {
  const bounds = { low: 0, high: 1, lowStandardError: 0 };
  expect(await referenced(bounds)).toEqual({ instance: 1, references: bounds });
});
