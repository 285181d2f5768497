import { z } from 'zod';
import { InputError } from '../../../core/index.ts';

/** One agent of a team, as an option: by its number from 1, or the last. */
export function placeOption(usual: number | 'last', what: string) {
  return z
    .union([z.literal('last'), z.int().min(1).max(1000)])
    .default(usual)
    .describe(`${what}: the number of an agent from 1, or \`last\`.`);
}

/** @returns its index. @throws InputError where the team is smaller */
export function placeIn(place: number | 'last', team: readonly string[], option: string): number {
  if (place === 'last') return team.length - 1;
  if (place <= team.length) return place - 1;
  throw new InputError(
    `\`${option}: ${place}\` names agent ${place} of a team of ${team.length} (${team.join(', ')}). ` +
      `Name one from 1 to ${team.length}, or \`last\`.`,
  );
}
