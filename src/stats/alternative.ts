import { InputError } from '../core/index.ts';

/** What would be shown: a difference, one above, or one below what the null hypothesis says. */
export type Alternative = 'two-sided' | 'greater' | 'less';

export const alternatives: readonly Alternative[] = ['two-sided', 'greater', 'less'];

/**
 * The p of an alternative from the two one-sided ones; two-sided is twice the smaller, at most 1.
 *
 * @throws InputError when the alternative is none of the three
 */
export function pOfAlternative(above: number, below: number, alternative: Alternative = 'two-sided'): number {
  if (alternative === 'greater') return above;
  if (alternative === 'less') return below;
  if (alternative !== 'two-sided') {
    throw new InputError(
      `The alternative is "${String(alternative)}"; it must be one of ${alternatives.join(', ')}.`,
    );
  }
  return Math.min(1, 2 * Math.min(above, below));
}
