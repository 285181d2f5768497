/** Tokens and US dollars. */
export interface Spending {
  readonly tokens: number;
  readonly usd: number;
}

const parts = ['tokens', 'usd'] as const;
const underWay = (part: keyof Spending) => `under way ${part}`;
const lost = (part: keyof Spending) => `lost ${part}`;

const read = (
  tallies: Readonly<Record<string, number>>,
  name: (part: keyof Spending) => string,
): Spending => ({
  tokens: tallies[name('tokens')] ?? 0,
  usd: tallies[name('usd')] ?? 0,
});

const change = (name: (part: keyof Spending) => string, by: Spending): Record<string, number> =>
  Object.fromEntries(parts.flatMap((part) => (by[part] === 0 ? [] : [[name(part), by[part]]])));

/** The most that calls under way and unfinished episodes can come to, as a store's tallies hold it meanwhile. */
export const spendingUnderWay = (tallies: Readonly<Record<string, number>>): Spending =>
  read(tallies, underWay);

/** The most that calls have cost whose answers never came, since the process was killed or dropped them. */
export const lostSpending = (tallies: Readonly<Record<string, number>>): Spending => read(tallies, lost);

/** The change of tallies when what is under way changes by that much, and that much of it is lost. */
export function spendingTallies(underWayBy: Spending, lostBy: Spending): Record<string, number> {
  return { ...change(underWay, underWayBy), ...change(lost, lostBy) };
}
