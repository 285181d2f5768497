import { z } from 'zod';
import { appraise, numbersOf, told } from './parts/protocol/appraisal.ts';
import { creditOptions, creditStrategy, recordOf } from './parts/protocol/credit.ts';

export const qmixWordsOptions = z.strictObject(creditOptions);

/**
 * QMIX in words: after each turn, and after each attempt, an appraiser says of each agent how well it did its part, and
 * how much hung on that part in this situation, and everybody is told both of itself. As in QMIX (Rashid et al. 2018,
 * arXiv 1803.11485) the weights depend on the situation and are never negative, so that no agent's doing better lowers
 * what the team is worth:
 *
 *   Q_tot = sum_i w_i(s) q_i + b(s),   w_i >= 0
 *
 * with q_i and w_i from 0 to 10; b makes it the team's reward and is told to nobody.
 *
 * Questions as in `vdn-words`.
 *
 * Deviates: nothing is trained; the mixing is linear in the ratings; docs/methods/qmix-words.md.
 */
export const qmixWords = creditStrategy({
  id: 'qmix-words',
  title: 'QMIX in words: each is told how well it did, and how much hung on it',
  revision: 1,
  parts: ['credit', 'shaping'],
  optionsSchema: qmixWordsOptions,
  credit: async (team, span) => {
    const names = team.members.map(({ name }) => name);
    const { notes, chosen } = recordOf(team, span);
    const form = names.map((name) => `${name}: 0, 0`).join('; ');
    const brief = [
      'Appraise your team.',
      chosen,
      `It earned ${told(span.reward)}.`,
      span.measured,
      'Say of each two numbers from 0 to 10: how well it did its part, and how much hung on its part in this situation. ' +
        `Use this form and nothing else: ${form}`,
    ];
    const [said] = await appraise(team, [{ notes, brief }], (text) => numbersOf(text, names, 2));
    if (!said) return names.map(() => undefined);
    return said.map(([quality, weight]) => {
      const [q, w] = [within(quality), within(weight)];
      return `You did your part to ${told(q)} of 10, and ${told(w)} of 10 hung on it: ${told((q * w) / 10)} of 10 in all.`;
    });
  },
});

function within(x: number): number {
  return Math.min(10, Math.max(0, x));
}
