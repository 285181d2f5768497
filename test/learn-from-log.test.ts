import { simulated } from '../src/contracts/index.ts';
import { describe, expect, it } from 'vitest';
import { type AgentView, coordinatorOf } from '../src/strategies/parts/protocol/advised.ts';
import {
  coma,
  InputError,
  type LearnedFromLog,
  learnFromLog,
  type LoggedEpisode,
  loadLearned,
  type OwnTask,
  qmix,
  type StrategyContext,
  type Simulator,
  team,
  vdn,
} from '../src/api/index.ts';
import { randomStream } from '../src/core/index.ts';
import { taskOf } from '../src/team/index.ts';
import { matrixGame } from '../src/tasks/matrix-game.ts';
import { twoStepGame } from '../src/tasks/two-step-game.ts';

// The games have simulators, which write the logs and judge what was learned; learning sees the logs alone.

function ownTask(id: string, game: Simulator): OwnTask {
  const { agentNames, actions, rules, horizon, featureLength, stateLength } = game;
  return { id, agentNames, actions, rules, horizon, featureLength, stateLength };
}

/** Logs of play in which `pick` chooses among the available actions. */
function logs(game: Simulator, count: number, pick: (available: readonly number[], agent: number) => number) {
  return Array.from({ length: count }, (): LoggedEpisode => {
    const environment = game.start(null);
    const steps = [];
    while (!environment.done) {
      const state = new Float32Array(game.stateLength);
      environment.state(state);
      const joint = game.agentNames.map((_, i) => pick(environment.availableActions(i), i));
      const seen = game.agentNames.map((name, i) => {
        const features = new Float32Array(game.featureLength);
        environment.features(i, features);
        const availableActions = environment.availableActions(i).map((a) => game.actions[a]);
        return [name, { features: [...features], availableActions }] as const;
      });
      const actions = Object.fromEntries(game.agentNames.map((name, i) => [name, game.actions[joint[i]]]));
      steps.push({
        observations: Object.fromEntries(seen),
        actions,
        reward: environment.step(joint),
        state: [...state],
      });
    }
    return { steps };
  });
}

function random(...name: string[]) {
  const stream = randomStream('test logs', ...name);
  return (available: readonly number[]) => stream.pick(available);
}

/** The return of acting on the best advice alone. */
async function greedyReturn(learned: LearnedFromLog, own: OwnTask, game: Simulator): Promise<number> {
  const context: StrategyContext = {
    ...{ task: simulated(taskOf(own)), taskId: own.id, taskOptions: {}, seed: 0, adviceStrength: 0.3 },
  };
  const strategy = await learned.create({}, context, []);
  const coordinator = coordinatorOf(strategy.begin(randomStream('unused')));
  const environment = game.start(null);
  let total = 0;
  while (!environment.done) {
    const views = game.agentNames.map((_, i): AgentView => {
      const features = new Float32Array(game.featureLength);
      environment.features(i, features);
      return { features, availableActions: environment.availableActions(i) };
    });
    const joint = coordinator
      .coordinate(views)
      .map(({ advice = [] }, i) => views[i].availableActions[advice.indexOf(Math.max(...advice))]);
    total += environment.step(joint);
  }
  return total;
}

const twoSteps = twoStepGame.create({});
const twoStepTask = ownTask('two-steps', twoSteps);
/** A discount near 1, as in the paper: the second step is worth waiting for. */
const training = { gamma: 0.99, updates: 600 };

describe('learning from logs of random play', () => {
  // Rashid et al. 2018: monotonic mixing can represent the branch that pays 8, a sum cannot and prefers the sure 7.
  it.each([
    ['qmix', qmix(training), 8],
    ['vdn', vdn(training), 7],
  ] as const)('%s recovers its known solution of the two-step game', async (_, strategy, known) => {
    const episodes = logs(twoSteps, 400, random('two steps'));
    const learned = await learnFromLog({ strategy, task: twoStepTask, episodes });
    expect(await greedyReturn(learned, twoStepTask, twoSteps)).toBe(known);
  });

  it('gives the same bytes for the same seed, and can be stored and loaded', async () => {
    const episodes = logs(twoSteps, 50, random('short'));
    const strategy = vdn({ updates: 30 });
    const learn = (seed: number) => learnFromLog({ strategy, task: twoStepTask, episodes, seed });
    const bytes = (await learn(1)).toBytes();
    expect((await learn(1)).toBytes()).toEqual(bytes);
    expect((await learn(2)).toBytes()).not.toEqual(bytes);
    const loaded = loadLearned(bytes, { strategy, task: twoStepTask });
    expect(loaded.toBytes()).toEqual(bytes);
    const play = async (learned: LearnedFromLog) => {
      const squad = await team({ agents: 'scripted', task: twoStepTask, strategy: learned });
      const seen = { features: [1, 0, 0], text: 'Step 1 of 2.' };
      const [Ann, Bob] = twoStepTask.agentNames;
      const { agents } = await squad.begin({ seed: 1 }).step({ [Ann]: seen, [Bob]: seen });
      expect(agents[0].advice?.length).toBe(2);
      return agents;
    };
    expect(await play(loaded)).toEqual(await play(await learn(1)));
    expect(() => loadLearned(bytes, { strategy: qmix(), task: twoStepTask })).toThrow(/learned by vdn/);
    const wider = { ...twoStepTask, featureLength: 4 };
    expect(() => loadLearned(bytes, { strategy, task: wider })).toThrow(/2 agents with 3 features/);
  });
});

describe('actions that the log does not show', () => {
  // Every reward is negative, and the third action of the first agent was never taken: its value would stay where it
  // began, near 0, above all that was seen.
  const payoff = [
    [-3, -2],
    [-2, -1],
    [-9, -9],
  ];
  const game = matrixGame.create(matrixGame.optionsSchema.parse({ payoff, repeats: 1 }));
  const own = ownTask('pit', game);
  const shy = random('pit');
  const episodes = logs(game, 200, (available, agent) =>
    shy(available.filter((a) => agent === 1 || a !== 2)),
  );
  const learn = (conservatism?: number) =>
    learnFromLog({ strategy: vdn({ updates: 400 }), task: own, episodes, conservatism });

  it('are avoided, and the best that it does show is found', async () => {
    expect(await greedyReturn(await learn(), own, game)).toBe(-1);
  });

  it('would be chosen without conservatism', async () => {
    expect(await greedyReturn(await learn(0), own, game)).toBe(-9);
  });
});

describe('a log that cannot be learned from', () => {
  const [good] = logs(twoSteps, 1, random('one'));
  const [Ann] = twoStepTask.agentNames;
  const learn = (
    episodes: readonly LoggedEpisode[],
    strategy: Parameters<typeof learnFromLog>[0]['strategy'] = vdn(),
  ) => learnFromLog({ strategy, task: twoStepTask, episodes });
  const changed = (change: object): LoggedEpisode => ({ steps: [{ ...good.steps[0], ...change }] });

  it('is refused with the episode, the step and what is wrong', async () => {
    const wrong = [
      [[], /no episodes/],
      [[good, { steps: [] }], /episode 2, has 0 steps/],
      [[changed({ reward: NaN })], /episode 1, step 1: its reward is NaN/],
      [[changed({ actions: { [Ann]: 'action 1' } })], /does not say what/],
      [[changed({ actions: { ...good.steps[0].actions, [Ann]: 'action 7' } })], /no action "action 7"/],
      [[changed({ state: [1] })], /state must be 3 finite numbers/],
      [[changed({ observations: { [Ann]: { features: [1, 0, 0] } } })], /lack/],
    ] as const;
    for (const [episodes, message] of wrong) {
      await expect(learn(episodes)).rejects.toThrow(InputError);
      await expect(learn(episodes)).rejects.toThrow(message);
    }
  });

  it('is of no use to strategies that learn from their own play, or not at all', async () => {
    await expect(learn([good], coma())).rejects.toThrow(/plays itself.*independent, vdn, qmix/);
    await expect(learn([good], 'none')).rejects.toThrow(/does not learn/);
    const blind = { ...twoStepTask, featureLength: 0 };
    await expect(learnFromLog({ strategy: vdn(), task: blind, episodes: [good] })).rejects.toThrow(
      /no features/,
    );
  });

  it('serves no other task', async () => {
    const learned = await learnFromLog({
      strategy: vdn({ updates: 2 }),
      task: twoStepTask,
      episodes: [good],
    });
    const other = { ...twoStepTask, actions: ['left', 'right'] };
    await expect(team({ agents: 'scripted', task: other, strategy: learned })).rejects.toThrow(
      /cannot serve/,
    );
  });
});
