import { expect, it } from 'vitest';
import { order, playStep } from '../../test/support/played-step.ts';
import { concatenate } from './concatenate.ts';
import { none } from './none.ts';

const stage = {
  offers: ['write', ['red', 'blue'], ['red'], 'talk'],
  steps: 2,
  reply: ({ form, who, step }: { form: string; who: string; step: number }) =>
    form === 'choose' ? 'blue' : `${who} ${step}`,
} as const;

it('asks everybody who decides once, and tells nobody anything', async () => {
  const played = await playStep(concatenate, stage);
  expect(order(played)).toEqual(['Ann writes', 'Bob chooses', 'Ann writes', 'Bob chooses']);
  expect(played.asked.flatMap(({ reads, briefs }) => [...reads, ...briefs])).toEqual([]);
  expect(played.actions).toEqual([
    ['Ann 1', 'blue', 'red', ''],
    ['Ann 2', 'blue', 'red', ''],
  ]);
});

it('plays as the baseline where agents write: the same questions, seeds and texts', async () => {
  const writing = { ...stage, offers: ['write', 'write', 'talk'] } as const;
  expect(await playStep(concatenate, writing)).toEqual(await playStep(none, writing));
});
