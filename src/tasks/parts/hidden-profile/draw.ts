import type { RandomStream } from '../../../core/index.ts';

export type Clue = {
  /** The option that the clue speaks about. */
  readonly option: number;
  /** What it adds to that option's value. */
  readonly weight: number;
  /** The agents that hold it, ascending. */
  readonly holders: readonly number[];
};

/** The clues by number (clue 1 first), in an order that says nothing about who holds them. */
export type HiddenProfileInstance = { readonly clues: readonly Clue[] };

export interface ProfileSizes {
  readonly agents: number;
  readonly options: number;
  readonly sharedClues: number;
  readonly uniqueClues: number;
  readonly maxWeight: number;
  readonly sharedMargin: number;
  readonly pooledMargin: number;
}

/** The summed weights per option. */
export function sumsOf(options: number, clues: readonly Clue[]): number[] {
  const sums = new Array<number>(options).fill(0);
  for (const { option, weight } of clues) sums[option] += weight;
  return sums;
}

/** The option with the largest sum, the first one on ties. */
export function favouriteOf(sums: readonly number[]): number {
  return sums.indexOf(Math.max(...sums));
}

/** By how much an option's sum exceeds the best other one. */
function marginOf(sums: readonly number[], option: number): number {
  return sums[option] - Math.max(...sums.filter((_, o) => o !== option));
}

/** What the team gets for each option: 0 for the worst, 1 for the best. */
export function rewardsOf(sums: readonly number[]): number[] {
  const low = Math.min(...sums);
  const range = Math.max(...sums) - low;
  return sums.map((sum) => (sum - low) / range);
}

/** Random play may be worth at most this. */
const maxRandomReward = 0.6;

/**
 * One attempt at a profile in which the best option of all clues together stands at place `rank` in the order
 * that the shared clues suggest: 0 is an aligned profile, anything else a hidden one. Undefined where a
 * constraint fails:
 *
 * - the shared clues favour their favourite by the margin, and the pooled ones the best option;
 * - every agent's own clues favour the shared favourite, so that nobody knows better alone;
 * - in hidden profiles the favourite is no better than a blind vote, and a blind vote is worth at most 0.6;
 * - most agents see the best option second exactly where `rank` is 1, so that voting for one's second choice
 *   is no way out.
 */
export function drawProfile(
  sizes: ProfileSizes,
  rank: number,
  stream: RandomStream,
): HiddenProfileInstance | undefined {
  const { agents, options } = sizes;
  const order = stream.shuffle(Array.from({ length: options }, (_, o) => o));
  const [favourite, best] = [order[0], order[rank]];
  const clue = (option: number, chanceOfPlus: number, holders: readonly number[]): Clue => {
    const magnitude = stream.integer(1, sizes.maxWeight);
    return { option, weight: stream.next() < chanceOfPlus ? magnitude : -magnitude, holders };
  };
  const everyone = Array.from({ length: agents }, (_, i) => i);
  const shared = Array.from({ length: sizes.sharedClues }, (_, k) => {
    const place = k < options ? k : stream.integer(0, options - 1);
    return clue(order[place], 0.85 - (0.7 * place) / (options - 1), everyone);
  });
  const unique = everyone.map((agent) =>
    Array.from({ length: sizes.uniqueClues }, () =>
      ownClue(sizes, { rank, favourite, best }, stream.pick(order), agent, stream),
    ),
  );

  if (!fitsProfile(sizes, { rank, favourite, best }, shared, unique)) return undefined;
  const clues = [...shared, ...unique.flat()];
  return { clues: stream.shuffle(clues) };
}

/** Whether clues held by all and clues held by each make a profile of the kind that `drawProfile` describes. */
export function fitsProfile(
  sizes: ProfileSizes,
  { rank, favourite, best }: { readonly rank: number; readonly favourite: number; readonly best: number },
  shared: readonly Clue[],
  unique: readonly (readonly Clue[])[],
): boolean {
  const { agents, options } = sizes;
  if (marginOf(sumsOf(options, shared), favourite) < sizes.sharedMargin) return false;
  const pooled = sumsOf(options, [...shared, ...unique.flat()]);
  if (marginOf(pooled, best) < sizes.pooledMargin) return false;
  const hands = unique.map((own) => sumsOf(options, [...shared, ...own]));
  if (hands.some((sums) => marginOf(sums, favourite) < 1)) return false;
  const rewards = rewardsOf(pooled);
  const random = rewards.reduce((sum, reward) => sum + reward, 0) / options;
  if (random > maxRandomReward || (rank > 0 && rewards[favourite] > random)) return false;
  const second = hands.filter(
    (sums) => sums.filter((sum, o) => o !== best && sum >= sums[best]).length === 1,
  ).length;
  return !(rank > 0 && options > 2 && (rank === 1) !== second * 2 > agents);
}

/** How likely a clue of an agent's own speaks for its option. */
function ownChance(rank: number, isBest: boolean, isFavourite: boolean): number {
  if (rank === 0) return 0.5;
  return isBest ? 0.85 : isFavourite ? 0.15 : 0.45;
}

/** One of an agent's own clues, as profiles of that kind have them. */
export function ownClue(
  sizes: ProfileSizes,
  { rank, favourite, best }: { readonly rank: number; readonly favourite: number; readonly best: number },
  option: number,
  agent: number,
  stream: RandomStream,
): Clue {
  const magnitude = stream.integer(1, sizes.maxWeight);
  const plus = stream.next() < ownChance(rank, option === best, option === favourite);
  return { option, weight: plus ? magnitude : -magnitude, holders: [agent] };
}
