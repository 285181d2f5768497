import { expect, it } from 'vitest';
import { createTask } from '../contracts/index.ts';
import { vdn } from '../strategies/vdn.ts';
import { coverage } from '../tasks/coverage.ts';
import { trainOnFirstUse } from './first-use.ts';

it('what is there by the time its turn comes is not trained again', async () => {
  const taskOptions = coverage.optionsSchema.parse({});
  const task = createTask(coverage, taskOptions);
  const context = { task, taskId: 'coverage', taskOptions, seed: 0 };
  // As another program would have left it: these weights ship.
  const needs = vdn.trainings!(vdn.optionsSchema.parse({}), context, []);
  expect(needs).toHaveLength(1);
  const trained: string[] = [];
  await trainOnFirstUse(needs, { onProgress: ({ name }) => trained.push(name) });
  expect(trained).toEqual([]);
});
