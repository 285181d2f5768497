import { simulatorOf, createTask } from '../contracts/index.ts';
import { expect, it } from 'vitest';
import { instanceStream } from '../episode/index.ts';
import { matrixGame } from '../tasks/index.ts';
import { builtInCatalogue, startPlay } from './index.ts';

it('pays what the table says and credits each agent against its own alternatives', async () => {
  const payoff = [
    [4, 0],
    [2, 6],
  ];
  const play = await startPlay('matrix-game', { options: { payoff }, teammates: 'random' });
  const { actions, reward, credits } = await play.choose(1);
  const bob = Number(actions[1].slice(-1)) - 1;
  expect(actions[0]).toBe('action 2');
  expect(reward).toBe(payoff[1][bob]);
  // Ann's alternatives are a column of the table, Bob's a row.
  expect(credits[0]).toBe(payoff[1][bob] - (payoff[0][bob] + payoff[1][bob]) / 2);
  expect(credits[1]).toBe(payoff[1][bob] - (2 + 6) / 2);
  expect(play.situation()).toBeUndefined();
  // Random play is worth (4 + 0 + 2 + 6) / 4 = 3, the oracle 6.
  expect(play.end().score).toBe((reward - 3) / (6 - 3));
});

it('an expert in the person’s place gets what the team of experts gets', async () => {
  const definition = builtInCatalogue.tasks.find((task) => task.id === 'coverage')!;
  const task = simulatorOf(createTask(definition, definition.optionsSchema.parse({})), 'This test');
  // The same instance beside the play, kept in step with it.
  const beside = task.start(task.generate(instanceStream('coverage', 2, 0)));
  const play = await startPlay('coverage', { seed: 2, agent: 'Bob' });
  expect(play.agent).toBe(1);
  for (let now = play.situation(); now; now = play.situation()) {
    expect(now.prompt).toMatch(/^You are Bob\. Step \d+ of 12\./);
    const choice = beside.availableActions(1).indexOf(task.expert!(beside, 1, []));
    const { actions } = await play.choose(choice);
    beside.step(actions.map((word) => task.actions.indexOf(word)));
  }
  const { return: reached, expert } = play.end();
  expect(reached).toBe(expert?.return);
});

it('shows what the agent knows, and the whole situation when asked', async () => {
  const play = await startPlay('hidden-profile', { seed: 1 });
  const titles = (whole: boolean) =>
    play.situation(whole)?.scene?.flatMap((panel) => (panel.kind === 'table' ? [panel.title] : []));
  expect(titles(false)).toEqual(['Clues that you know']);
  expect(titles(true)).toEqual(['Clues']);
});

it('plays a task of one’s own, with random teammates where no expert is known', async () => {
  const catalogue = { ...builtInCatalogue, tasks: [{ ...matrixGame, id: 'mine' }] };
  const play = await startPlay('mine', { catalogue });
  expect(play.teammates).toBe('random');
  await expect(startPlay('mine', { catalogue, teammates: 'expert' })).rejects.toThrow(/has no expert/);
  await expect(startPlay('mine', { catalogue, agent: 'Zoe' })).rejects.toThrow(/Choose one of Ann, Bob/);
  await expect(startPlay('mien', { catalogue })).rejects.toThrow(/Did you mean "mine"/);
  await expect(startPlay('mine', { catalogue, teammates: 'pocket-32' })).rejects.toThrow(/pocket-32k/);
});

it('a model plays the others', async () => {
  const play = await startPlay('coverage', { teammates: 'scripted' });
  expect((await play.choose(0)).actions).toHaveLength(3);
  await play.close();
});
