import { z } from 'zod';
import type { StrategyDefinition } from '../contracts/index.ts';
import { act } from './parts/protocol/act.ts';

export const concatenateOptions = z.strictObject({});

/**
 * Agents work blind, each on its own part, and the task joins what they did: the untrained team of MAGRPO
 * (arXiv 2508.04652), and the "independent" one of arXiv 2512.08296, whose outputs are joined without a check or a vote.
 *
 * One question to each agent that has something to decide: it plays exactly as `none`.
 *
 * Deviates: MAGRPO's agents may write in several turns; turns are steps of the task here.
 */
export const concatenate: StrategyDefinition<z.output<typeof concatenateOptions>> = {
  id: 'concatenate',
  title: 'Everybody alone: parts are joined without a word',
  revision: 1,
  parts: [],
  baseline: true,
  optionsSchema: concatenateOptions,
  create: async () => ({
    fingerprint: {},
    asks: ['choice'],
    begin: () => ({ decide: ({ members }) => Promise.all(members.map((member) => act(member))) }),
  }),
};
