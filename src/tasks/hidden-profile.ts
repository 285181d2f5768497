import { z } from 'zod';
import { type Simulator, type SimulatorDefinition, TaskError } from '../contracts/index.ts';
import type { RandomStream } from '../core/index.ts';
import { withCoupling } from './parts/coupling.ts';
import { type Dynamics, environmentOf } from './parts/environment.ts';
import { drawProfile, type HiddenProfileInstance } from './parts/hidden-profile/draw.ts';
import { hiddenProfileExpert } from './parts/hidden-profile/expert.ts';
import { profileScene } from './parts/hidden-profile/scene.ts';
import {
  type HiddenProfileState,
  optionWords,
  profileFeatureLength,
  profileFeatures,
  profileState,
  profileStateLength,
  profileText,
  type ProfileWorld,
  profileWorld,
  speechActs,
} from './parts/hidden-profile/view.ts';
import { profilePotential } from './parts/hidden-profile/potential.ts';
import { maxAgents, teamNames } from './parts/names.ts';
import { perInstance } from './parts/per-instance.ts';

export type { HiddenProfileInstance } from './parts/hidden-profile/draw.ts';

const maxClues = 30;

/**
 * A group decision in which what everybody knows misleads and what each knows alone would help.
 *
 * Each clue adds its weight to the value of one option. Every agent holds the shared clues and some of its own.
 * In each round of talk every agent, at the same time, shares a clue, asks about an option or backs one, and all
 * hear it; then each casts a vote. The team gets (V - min V) / (max V - min V), V being the sum of all clues on
 * the option with most votes; a tie pays the mean of the tied options.
 *
 * After the hidden profiles of Stasser & Titus 1985, doi 10.1037/0022-3514.48.6.1467, as a test of language
 * models in HiddenBench, arXiv 2505.11556.
 */
const options = z
  .strictObject({
    agents: z.int().min(2).max(maxAgents).default(3).describe('Size of the team.'),
    options: z.int().min(2).max(optionWords.length).default(3).describe('Options to choose from.'),
    sharedClues: z.int().min(2).max(10).default(4).describe('Clues that everybody holds.'),
    uniqueClues: z.int().min(1).max(10).default(4).describe('Further clues of each agent.'),
    maxWeight: z.int().min(1).max(9).default(3).describe('Weights are from 1 to this, for or against.'),
    rounds: z.int().min(1).max(19).default(3).describe('Rounds of talk before the vote.'),
    sharedMargin: z
      .int()
      .min(1)
      .max(20)
      .default(2)
      .describe('How far the shared clues put their favourite ahead.'),
    pooledMargin: z
      .int()
      .min(1)
      .max(20)
      .default(2)
      .describe('How far all clues together put the best option ahead.'),
    hiddenShare: z
      .number()
      .min(0)
      .max(1)
      .optional()
      .describe(
        'Share of instances whose shared favourite is not the best option; 1 - 1/options by default.',
      ),
    tellAsymmetry: z
      .boolean()
      .default(true)
      .describe('Whether the rules say that some clues are held by one agent alone.'),
    tellSums: z
      .boolean()
      .default(true)
      .describe('Whether an observation adds up what the agent knows about each option.'),
  })
  .refine(({ agents, sharedClues, uniqueClues }) => sharedClues + agents * uniqueClues <= maxClues, {
    path: ['uniqueClues'],
    message: `sharedClues + agents * uniqueClues must be at most ${maxClues}`,
  })
  .refine(({ options, sharedClues }) => sharedClues >= options, {
    path: ['sharedClues'],
    message: 'sharedClues must be at least options, so that the shared clues speak about every option',
  });
export const hiddenProfileOptions = withCoupling(options, {
  low: { sharedClues: 8, uniqueClues: 2, rounds: 3 },
  middle: { sharedClues: 4, uniqueClues: 4, rounds: 3 },
  high: { sharedClues: 4, uniqueClues: 4, rounds: 2 },
});
export type HiddenProfileOptions = z.output<typeof hiddenProfileOptions>;

export const hiddenProfile: SimulatorDefinition<HiddenProfileOptions> = {
  id: 'hidden-profile',
  title: 'Hidden profile: talk, then vote',
  type: 'deliberative',
  revision: 1,
  source: 'Stasser & Titus 1985, doi 10.1037/0022-3514.48.6.1467; HiddenBench, arXiv 2505.11556',
  optionsSchema: hiddenProfileOptions,
  create: (options): Simulator<HiddenProfileInstance> => {
    const { agents, rounds } = options;
    const names = teamNames(agents);
    const clues = options.sharedClues + agents * options.uniqueClues;
    const acts = speechActs(clues, options.options);
    const worldOf = perInstance((instance: HiddenProfileInstance) =>
      profileWorld(instance, agents, options.options),
    );
    const view = { ...options, names, acts };
    return {
      agentNames: names,
      horizon: rounds + 1,
      actions: acts.words,
      featureLength: profileFeatureLength(agents, clues, options.options),
      stateLength: profileStateLength(agents, clues, options.options),
      terminalReward: true,
      rules: rulesText(options, names),
      generate: (stream) => generate(options, stream),
      start: (instance) => {
        const initial: HiddenProfileState = { instance, time: 0, said: 0, log: [] };
        return environmentOf(dynamicsOf(view, worldOf(instance)), initial, agents, acts.words);
      },
      // Everybody may vote for the best option, which pays 1.
      oracle: () => 1,
      // Independent uniform votes favour no option, so each is as likely to be chosen or to share a tie.
      randomReturn: (instance) => {
        const { rewards } = worldOf(instance);
        return rewards.reduce((sum, reward) => sum + reward, 0) / rewards.length;
      },
      expert: hiddenProfileExpert({ agents, rounds, acts, worldOf }),
    };
  },
};

function rulesText(
  { options, rounds, tellAsymmetry }: HiddenProfileOptions,
  names: readonly string[],
): string {
  const asymmetry = tellAsymmetry
    ? 'Some clues are held by everyone and some by one agent alone; nobody is told which. '
    : '';
  return (
    `The team is ${names.join(', ')}. They choose one option: ${optionWords.slice(0, options).join(', ')}. ` +
    'Each clue adds its weight to one option. The best option has the largest sum over all clues of the team. ' +
    asymmetry +
    `There are ${rounds} rounds of talk: all at once, each agent shares one of its clues, asks for an option, or ` +
    'backs an option. Then each agent votes once, and the option with most votes is chosen.'
  );
}

const attempts = 50_000;

/** Whether the profile is hidden is drawn first: within the rejection nearly all profiles would be aligned. */
function generate(options: HiddenProfileOptions, stream: RandomStream): HiddenProfileInstance {
  const hidden = stream.next() < (options.hiddenShare ?? 1 - 1 / options.options);
  const rank = hidden ? stream.integer(1, options.options - 1) : 0;
  for (let attempt = 0; attempt < attempts; attempt++) {
    const instance = drawProfile(options, rank, stream);
    if (instance) return instance;
  }
  const { agents, sharedClues, uniqueClues, sharedMargin, pooledMargin } = options;
  throw new TaskError(
    `hidden-profile found no instance in ${attempts} attempts with options ${options.options}, agents ${agents}, ` +
      `sharedClues ${sharedClues}, uniqueClues ${uniqueClues}, sharedMargin ${sharedMargin}, ` +
      `pooledMargin ${pooledMargin}. Ask for smaller margins or more clues.`,
  );
}

function dynamicsOf(
  view: HiddenProfileOptions & Parameters<typeof profileText>[0],
  world: ProfileWorld,
): Dynamics<HiddenProfileState> {
  const { rounds, options, acts } = view;
  const votes = Array.from({ length: options }, (_, o) => acts.vote + o);
  const talk = Array.from({ length: 2 * options }, (_, k) => acts.ask + k);
  return {
    time: (state) => state.time,
    done: (state) => state.time > rounds,
    availableActions: (state, agent) => {
      if (state.time >= rounds) return votes;
      const open = world.hands[agent] & ~state.said;
      const actions: number[] = [];
      for (let k = 0; k < acts.ask; k++) if ((open >> k) & 1) actions.push(k);
      for (const action of talk) actions.push(action);
      return actions;
    },
    observe: (state, agent) => profileText(view, world, state, agent),
    features: (state, agent, out, offset) => profileFeatures(view, world, state, agent, out, offset),
    stateVector: (state, out, offset) => profileState(view, world, state, out, offset),
    view: (state, viewer) => profileScene(view, world, state, viewer),
    potential: ({ said }) => profilePotential(world, said, view.names.length),
    step: (state, jointAction) => {
      let said = state.said;
      for (const action of jointAction) if (action < acts.ask) said |= 1 << action;
      const reward = state.time === rounds ? outcome(jointAction, acts.vote, world.rewards) : 0;
      const log = [...state.log, [...jointAction]];
      return { state: { instance: state.instance, time: state.time + 1, said, log }, reward };
    },
  };
}

/** The mean reward of the options with most votes. */
function outcome(votes: readonly number[], first: number, rewards: readonly number[]): number {
  const counts = rewards.map((_, o) => votes.filter((vote) => vote === first + o).length);
  const most = Math.max(...counts);
  const chosen = rewards.filter((_, o) => counts[o] === most);
  return chosen.reduce((sum, reward) => sum + reward, 0) / chosen.length;
}
