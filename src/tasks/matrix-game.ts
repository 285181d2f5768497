import { z } from 'zod';
import type { Simulator, SimulatorDefinition } from '../contracts/index.ts';
import { environmentOf } from './parts/environment.ts';
import { teamNames } from './parts/names.ts';

/**
 * A cooperative matrix game: every agent picks an action at once, and the team is paid the table's entry.
 *
 * The smallest test of a learner. A value decomposition can represent an additive table when it adds utilities,
 * and a monotonic one when it mixes them monotonically; `climbing` and `penalty` punish miscoordination, so that
 * neither represents them. Nothing is hidden, and there is only one state, however often the game is repeated.
 *
 * `climbing` and `penalty`: Claus and Boutilier 1998, "The dynamics of reinforcement learning in cooperative
 * multiagent systems".
 */
const climbing = [
  [11, -30, 0],
  [-30, 7, 0],
  [0, 6, 5],
] as const;

const penalty = (k: number) => [
  [k, 0, 10],
  [0, 2, 0],
  [10, 0, k],
];

const row = z.array(z.number()).min(1);
const table = z.array(row).min(1);
const cube = z.array(table).min(1);

export const matrixGameOptions = z
  .strictObject({
    payoff: z
      .union([z.literal('climbing'), z.literal('penalty'), table, cube])
      .default('climbing')
      .describe(
        'A table with one nesting per agent, 2 or 3 deep: payoff[a0][a1] or payoff[a0][a1][a2]. Or "climbing", or "penalty".',
      ),
    penalty: z.number().max(0).default(-100).describe('What the corners of "penalty" pay.'),
    repeats: z.int().min(1).max(1000).default(1).describe('How often the game is played in an episode.'),
  })
  .superRefine((options, context) => {
    const payoffs = payoffTable(options);
    const fault =
      rectangleFault(payoffs) ??
      (payoffs.entries.every((x) => x === payoffs.entries[0])
        ? 'all entries are equal, so there is nothing to choose; let at least two differ'
        : undefined);
    if (fault) context.addIssue({ code: 'custom', path: ['payoff'], message: fault });
  });
export type MatrixGameOptions = z.output<typeof matrixGameOptions>;

export const matrixGame: SimulatorDefinition<MatrixGameOptions> = {
  id: 'matrix-game',
  title: 'Cooperative matrix game',
  type: 'dense',
  revision: 1,
  source: 'Claus and Boutilier 1998 (climbing, penalty); tables of your own',
  optionsSchema: matrixGameOptions,
  create: (options): Simulator<null> => {
    const payoffs = payoffTable(options);
    const { sizes, entries } = payoffs;
    const names = teamNames(sizes.length);
    const actions = Array.from({ length: Math.max(...sizes) }, (_, a) => `action ${a + 1}`);
    const available = sizes.map((size) => Array.from({ length: size }, (_, a) => a));
    const mean = entries.reduce((sum, x) => sum + x, 0) / entries.length;
    return {
      agentNames: names,
      horizon: options.repeats,
      actions,
      featureLength: 1,
      stateLength: 1,
      rules:
        `The team is ${names.join(', ')}. Everybody picks an action at once, and the team is paid what the ` +
        `table says for that combination. ${tableText(payoffs, names)}`,
      generate: () => null,
      start: () =>
        environmentOf<number>(
          {
            time: (time) => time,
            done: (time) => time >= options.repeats,
            availableActions: (_, agent) => available[agent],
            observe: (time) => `Round ${time + 1} of ${options.repeats}.`,
            features: (_, __, out, offset) => out.fill(1, offset, offset + 1),
            stateVector: (_, out, offset) => out.fill(1, offset, offset + 1),
            step: (time, joint) => ({ state: time + 1, reward: entries[entryIndex(sizes, joint)] }),
          },
          0,
          sizes.length,
          actions,
        ),
      oracle: () => options.repeats * Math.max(...entries),
      randomReturn: () => options.repeats * mean,
    };
  },
};

/** Sizes per agent, and the entries in row-major order: the last agent's action changes fastest. */
type Payoffs = { readonly sizes: readonly number[]; readonly entries: readonly number[] };
type Nested = number | readonly Nested[];

function payoffTable(options: { payoff: string | Nested; penalty: number }): Payoffs {
  const { payoff } = options;
  const nested: Nested =
    payoff === 'climbing' ? climbing : payoff === 'penalty' ? penalty(options.penalty) : (payoff as Nested);
  const sizes: number[] = [];
  for (let level = nested; typeof level !== 'number'; level = level[0]) sizes.push(level.length);
  return { sizes, entries: [nested].flat(4) as number[] };
}

function rectangleFault({ sizes, entries }: Payoffs): string | undefined {
  const expected = sizes.reduce((product, size) => product * size, 1);
  if (entries.length === expected) return undefined;
  return `the table is not rectangular: by its first row it has ${sizes.join(' x ')} = ${expected} entries, but ${entries.length} are given`;
}

function entryIndex(sizes: readonly number[], joint: readonly number[]): number {
  return joint.reduce((index, action, agent) => index * sizes[agent] + action, 0);
}

function tableText({ sizes, entries }: Payoffs, names: readonly string[]): string {
  const last = sizes[sizes.length - 1];
  const rows: string[] = [];
  for (let start = 0; start < entries.length; start += last) {
    const others: string[] = [];
    for (let agent = sizes.length - 2, rest = start / last; agent >= 0; agent--) {
      others.unshift(`${names[agent]} ${(rest % sizes[agent]) + 1}`);
      rest = Math.floor(rest / sizes[agent]);
    }
    rows.push(`${others.join(', ')}: ${entries.slice(start, start + last).join(' or ')}.`);
  }
  return `For ${names[sizes.length - 1]}'s actions 1 to ${last} in order, it pays: ${rows.join(' ')}`;
}
