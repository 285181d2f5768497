import { expect, it } from 'vitest';
import { exportTraces, memoryStore, run, toJsonl } from '../src/api/index.ts';

/** Every prompt, distribution and action of a small study with an embedded model, as JSON Lines. */
async function traces(workers: number, concurrency: number): Promise<string> {
  const store = memoryStore();
  await run(
    {
      name: 'embedded',
      models: ['pocket-32k'],
      strategies: ['none'],
      tasks: ['coverage', 'foraging', 'assembly', 'hidden-profile'],
      seeds: 3,
      workers,
      concurrency,
    },
    { store },
  );
  let text = '';
  for await (const line of toJsonl(exportTraces(store, { prefixes: true }))) text += line;
  return text;
}

// One worker that answers one episode at a time has batches of 3; two workers and 12 episodes at once have others.
it('a study with an embedded model has the same traces whatever the workers and the concurrency', async () => {
  const alone = await traces(1, 1);
  expect(alone.split('\n').length).toBeGreaterThan(300);
  expect(await traces(2, 12)).toBe(alone);
  expect(await traces(1, 5)).toBe(alone);
});
