import { z } from 'zod';
import type { StrategyDefinition } from '../contracts/index.ts';
import { alone, teamWorth } from './parts/protocol/alone.ts';

export const singleBestOfNOptions = z.strictObject({});

/**
 * A control: the one agent of `single`, but with as many answers per step as the tokens of a team would pay for. With
 * `matches: debate` these are the tokens that debate was measured to spend; else they are estimated by what either would
 * read. It acts on the answer that its model gives the highest probability where it scores exactly, else on the most
 * frequent one, and never goes by a confidence that it states. A team that is no better than this buys nothing with its
 * tokens that asking again would not buy.
 */
export const singleBestOfN: StrategyDefinition<z.output<typeof singleBestOfNOptions>> = {
  id: 'single-best-of-n',
  title: 'One agent with best-of-n: it spends the team’s tokens',
  revision: 1,
  parts: [],
  optionsSchema: singleBestOfNOptions,
  create: async () => ({ fingerprint: {}, asks: ['choice', 'team'], begin: () => alone(teamWorth) }),
};
