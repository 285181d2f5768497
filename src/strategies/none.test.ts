import { simulated } from '../contracts/index.ts';
import { expect, it } from 'vitest';
import { coverage } from '../tasks/coverage.ts';
import { randomStream } from '../core/index.ts';
import { none } from './none.ts';
import { coordinatorOf } from './parts/protocol/advised.ts';

it('adds nothing to any agent', async () => {
  const options = coverage.optionsSchema.parse({});
  const strategy = await none.create(
    none.optionsSchema.parse({}),
    {
      task: simulated(coverage.create(options)),
      taskId: coverage.id,
      taskOptions: options,
      seed: 0,
      adviceStrength: 'default',
    },
    [],
  );
  const view = { features: new Float32Array(4), availableActions: [0, 1] };
  const coordinator = coordinatorOf(strategy.begin(randomStream('none')));
  expect(coordinator.coordinate([view, view, view])).toEqual([{}, {}, {}]);
  expect(strategy.fingerprint).toEqual({});
});

it('refuses options, since it has none', () => {
  expect(() => none.optionsSchema.parse({ strength: 1 })).toThrow(/strength/);
});
