import { z } from 'zod';
import { creditStrategy } from './parts/protocol/credit.ts';
import { talkOptions } from './parts/protocol/seats.ts';

export const toldRewardOptions = z.strictObject(talkOptions);

/**
 * A control for strategies that share out credit: everybody acts alone, and is told in the next turn, and in the next
 * attempt at the same instance, what it did and what the team earned, and nothing else.
 *
 * Questions in a step: one to each agent that has something to decide or only talks.
 */
export const toldReward = creditStrategy({
  id: 'told-reward',
  title: 'Control: everybody is told what the team earned',
  revision: 1,
  optionsSchema: toldRewardOptions,
});
