import { describe, expect, it } from 'vitest';
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

describe('a task with a list of items', () => {
  const names = Array.from({ length: 7 }, (_, k) => `question ${k}`);
  const task = {
    items: { names: { train: ['kept'], test: names }, of: (name: string) => ({ name }) },
    references: () => ({ low: 0, high: 1, lowStandardError: 0 }),
  } as unknown as Task;
  const items = async (seed: number, episodes: number) => {
    const source = instanceSource(store);
    const prepared = { task, id: 'mine', key: 'key' } as PreparedTask;
    const drawn = Array.from({ length: episodes }, (_, episode) => source(prepared, seed, episode));
    return Promise.all(drawn).then((all) => all.map(({ item, instance }) => ({ item, instance })));
  };

  it('is played without repetition, in an order of the seed, and each episode says which it was', async () => {
    const [first, again, other] = await Promise.all([items(0, 7), items(0, 7), items(1, 7)]);
    expect(first).toEqual(again);
    expect(first.map(({ item }) => item)).not.toEqual(other.map(({ item }) => item));
    for (const each of [first, other]) expect(each.map(({ item }) => item).toSorted()).toEqual(names);
    expect(first.every(({ item, instance }) => (instance as { name: string }).name === item)).toBe(true);
  });

  it('comes again only once all have been played, in another order', async () => {
    const twice = (await items(3, 14)).map(({ item }) => item);
    const [before, after] = [twice.slice(0, 7), twice.slice(7)];
    expect([before.toSorted(), after.toSorted()]).toEqual([names, names]);
    expect(after).not.toEqual(before);
  });
});
