import type { FeedbackLevel } from '../../../contracts/index.ts';

/** How far below what it is compared with an action may be for a rating to hold, in spreads. */
const goodWithin = 0.5;
const fairWithin = 1.5;

/**
 * An action's credit as a rounded phrase: "good" from half a spread below what it is compared with upwards, "fair"
 * from one and a half, else "poor". Without any spread nothing makes a difference, and everything is "good".
 *
 * @param credit value of the action minus what it is compared with @param spread of such values, same units
 */
export function phrase(credit: number, spread: number): FeedbackLevel {
  const gap = spread > 0 ? -credit / spread : 0;
  return gap <= goodWithin ? 'good' : gap <= fairWithin ? 'fair' : 'poor';
}
