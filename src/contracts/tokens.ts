import type { Usage } from './model.ts';

/** More repetitions of one question than this tell nothing new. */
const mostRepetitions = 100;

export function tokensOf({ inputTokens = 0, outputTokens = 0 }: Usage): number {
  return inputTokens + outputTokens;
}

/** How often something can be done for so many tokens when it was done once for `used`; unknown costs buy nothing. */
export function affordable(tokens: number | undefined, used: Usage): number {
  const once = tokensOf(used);
  if (tokens === undefined || once === 0) return 1;
  return Math.max(1, Math.min(mostRepetitions, Math.floor(tokens / once)));
}

/** The most frequent of these by their keys, of equals the first. */
export function mostFrequent<T>(items: readonly T[], keyOf: (item: T) => string): T {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1);
  const most = Math.max(...counts.values());
  return items.find((item) => counts.get(keyOf(item)) === most)!;
}
