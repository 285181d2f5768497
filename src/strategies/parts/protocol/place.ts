import { z } from 'zod';
import { InputError } from '../../../core/index.ts';

/** One agent of a team: its number from 1, or the last. */
export type Place = number | 'last';

/** An agent as an option. @param usual where a study does not say */
export function placeOption(usual: Place, what: string) {
  return z
    .union([z.literal('last'), z.int().min(1).max(1000)])
    .default(usual)
    .describe(`${what}: the number of an agent from 1, or \`last\`.`);
}

/** @returns its index. @throws InputError where the team is smaller */
export function placeIn(place: Place, team: readonly string[], option = 'place'): number {
  if (place === 'last') return team.length - 1;
  if (place <= team.length) return place - 1;
  throw new InputError(
    `\`${option}: ${place}\` names agent ${place} of a team of ${team.length} (${team.join(', ')}). ` +
      `Name one from 1 to ${team.length}, or \`last\`.`,
  );
}
