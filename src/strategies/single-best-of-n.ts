import { z } from 'zod';
import type { StrategyDefinition } from '../contracts/index.ts';
import { alone, teamWorth } from './parts/protocol/alone.ts';

export const singleBestOfNOptions = z.strictObject({});

/**
 * A control: the one agent of `single`, but with as many answers per step as the tokens of a team would pay for; it
 * acts on the answer that it gives the highest probability. A team that is no better than this buys nothing with its
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
