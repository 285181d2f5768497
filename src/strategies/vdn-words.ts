import { z } from 'zod';
import { appraise, numbersOf, told } from './parts/protocol/appraisal.ts';
import { creditOptions, creditStrategy, recordOf } from './parts/protocol/credit.ts';

export const vdnWordsOptions = z.strictObject(creditOptions);

/**
 * VDN in words: after each turn, and after each attempt, an appraiser divides what the team earned, and everybody is told
 * its own share in the next one. The shares add up to the team's reward, as utilities do in VDN (Sunehag et al. 2017,
 * arXiv 1706.05296):
 *
 *   R = sum_i s_i,   s_i = a_i + (R - sum_j a_j) / n
 *
 * where a_i is what the appraiser said: the nearest shares that add up. Where the task says each agent's own gain of every
 * turn (`Outcome.shares`), a_i is that, and nobody is asked.
 *
 * Questions in a step of an episode: one to each agent that has something to decide or only talks; from the second step
 * on one more, to the appraiser, and two where its answer cannot be read.
 *
 * Deviates: nothing is trained; docs/methods/vdn-words.md.
 */
export const vdnWords = creditStrategy({
  id: 'vdn-words',
  title: 'VDN in words: each is told its share of what the team earned',
  revision: 2,
  parts: ['credit', 'shaping'],
  optionsSchema: vdnWordsOptions,
  credit: async (team, span) => {
    const names = team.members.map(({ name }) => name);
    const tell = (share: number) => `Of what the team earned, ${told(share)} is owed to you.`;
    // What a task measures itself is no matter of opinion.
    if (span.shares) return addedUp(span.shares, span.reward).map(tell);
    const { notes, chosen } = recordOf(team, span);
    const form = names.map((name) => `${name}: 0`).join('; ');
    const brief = [
      'Appraise your team.',
      chosen,
      `It earned ${told(span.reward)}.`,
      span.measured,
      `Say how much of that is owed to what each one did, in numbers that add up to ${told(span.reward)}, in this form ` +
        `and with nothing else: ${form}`,
    ];
    const [said] = await appraise(team, [{ notes, brief }], (text) => numbersOf(text, names));
    if (!said) return names.map(() => undefined);
    const shares = addedUp(
      said.map(([share]) => share),
      span.reward,
    );
    return shares.map(tell);
  },
});

/** The nearest numbers that add up to a total. */
export function addedUp(numbers: readonly number[], total: number): number[] {
  const rest = (total - numbers.reduce((sum, x) => sum + x, 0)) / numbers.length;
  return numbers.map((x) => x + rest);
}
