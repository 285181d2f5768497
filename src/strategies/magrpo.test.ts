import { expect, it } from 'vitest';
import type { StrategyContext, Task } from '../contracts/index.ts';
import { magrpo, magrpoOptions } from './magrpo.ts';
import { teamFolderName } from './parts/tuned-team.ts';

const task = { agentNames: ['Ann', 'Bob'], rules: 'Rules.' } as unknown as Task;
const context: StrategyContext = {
  ...{ task, taskId: 'nowhere', taskOptions: { size: 2 }, seed: 3, adviceStrength: 'default' },
};

// Fault 4 of the reference: standardised advantages, which change what is optimal, without being asked.
it('standardises nothing and stays on policy where nobody says otherwise', () => {
  expect(magrpoOptions.parse({})).toMatchObject({
    estimator: 'marloo',
    normalise: false,
    grouping: 'aligned',
    kl: 0,
  });
});

it('refuses a group of one, which has nothing to compare', () => {
  expect(magrpoOptions.safeParse({ group: 1 }).error?.issues[0].message).toMatch(/A group of 1 has nothing/);
});

it('is another team where the task pays otherwise', () => {
  const name = (taskRevision: number) =>
    teamFolderName({
      ...{ strategy: 'magrpo', plan: magrpoOptions.parse({}), task, taskId: 'nowhere', taskOptions: {} },
      ...{ taskRevision, trainingSeed: 0 },
    });
  expect(name(2)).not.toBe(name(1));
  expect(name(1)).toBe(name(1));
});

it('says which command trains a team that is not there, for the training of its seed', async () => {
  const options = magrpoOptions.parse({ trainings: 2, models: ['a', 'b'] });
  await expect(magrpo.create(options, context, [])).rejects.toThrow(
    /^This team has not been trained\. Train it: agentmesh train --strategy magrpo --task nowhere --seed 1 --agents a,b --param size=2 --param share=false --param estimator=marloo/,
  );
});
