import { z } from 'zod';
import type { Simulator, SimulatorDefinition } from '../contracts/index.ts';
import { environmentOf } from './parts/environment.ts';
import { teamNames } from './parts/names.ts';

/**
 * The two-step game: the first agent's first action picks one of two matrix games, which is played second.
 *
 * Branch A pays 7 whatever is done; branch B pays [[0, 1], [1, 8]]. The first step pays nothing. Adding
 * utilities cannot represent B and undervalues it, so VDN learns to take A and returns 7; monotonic mixing can,
 * and QMIX returns 8. Both agents see the state, one-hot over (start, A, B).
 *
 * Rashid et al. 2018, arXiv 1803.11485.
 */
export const twoStepGameOptions = z.strictObject({});
export type TwoStepGameOptions = z.output<typeof twoStepGameOptions>;

const situations = ['start', 'branch A', 'branch B'] as const;
const actions = ['action 1', 'action 2'] as const;
const both = [0, 1] as const;
const payoffs = {
  'branch A': [
    [7, 7],
    [7, 7],
  ],
  'branch B': [
    [0, 1],
    [1, 8],
  ],
} as const;

export const twoStepGame: SimulatorDefinition<TwoStepGameOptions> = {
  id: 'two-step-game',
  title: 'Two-step game',
  type: 'temporal',
  revision: 1,
  source: 'Rashid et al. 2018, arXiv 1803.11485',
  optionsSchema: twoStepGameOptions,
  create: (): Simulator<null> => {
    const names = teamNames(2);
    return {
      agentNames: names,
      horizon: 2,
      actions,
      featureLength: situations.length,
      stateLength: situations.length,
      terminalReward: true,
      rules:
        `The team is ${names.join(' and ')}. In the first step ${names[0]}'s action leads to branch A or to ` +
        'branch B, and nothing is paid. In the second step branch A pays 7, whatever is done. Branch B pays 8 if ' +
        'both take action 2, 1 if only one does, and 0 if none does.',
      generate: () => null,
      start: () => environmentOf(dynamics, { time: 0, situation: 0 }, 2, actions),
      oracle: () => 8,
      // Half the time 7, half the time (0 + 1 + 1 + 8) / 4.
      randomReturn: () => 0.5 * 7 + 0.5 * 2.5,
    };
  },
};

type State = { readonly time: number; readonly situation: number };

const oneHot = ({ situation }: State, out: Float32Array, offset: number) => {
  out.fill(0, offset, offset + situations.length);
  out[offset + situation] = 1;
};

const dynamics = {
  time: (state: State) => state.time,
  done: (state: State) => state.time >= 2,
  availableActions: () => both,
  observe: (state: State) =>
    state.time === 0 ? 'Step 1 of 2.' : `Step 2 of 2. You are in ${situations[state.situation]}.`,
  features: (state: State, _: number, out: Float32Array, offset: number) => oneHot(state, out, offset),
  stateVector: oneHot,
  step: ({ time, situation }: State, [first, second]: readonly number[]) => {
    if (time === 0) return { state: { time: 1, situation: 1 + first }, reward: 0 };
    const table = payoffs[situations[situation] as keyof typeof payoffs];
    return { state: { time: 2, situation }, reward: table[first][second] };
  },
};
