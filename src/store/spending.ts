import type { Spending, StudySpending, Usage } from '../contracts/index.ts';

export const noSpending: Spending = { tokens: 0, usd: 0 };

/** Input and output together; what is not reported counts as 0. */
export function spendingOf({ inputTokens = 0, outputTokens = 0, costUsd = 0 }: Usage): Spending {
  return { tokens: inputTokens + outputTokens, usd: costUsd };
}

export function sumSpending(parts: Iterable<Spending>): Spending {
  let [tokens, usd] = [0, 0];
  for (const part of parts) {
    tokens += part.tokens;
    usd += part.usd;
  }
  return { tokens, usd };
}

/** Sums of dollars depend on their order in the last digits, and whoever asks has summed in another order. */
const rounding = 1 + 1e-9;

/** Whether a worker may hold so much beside all that is used, lost and held by others. */
export function mayReserve(
  { used, lost }: Pick<StudySpending, 'used' | 'lost'>,
  others: Spending,
  most: Spending,
  limits: Spending,
): boolean {
  const { tokens, usd } = sumSpending([used, lost, others, most]);
  return tokens <= limits.tokens * rounding && usd <= limits.usd * rounding;
}
