import type { LevelChoice } from '../stats/index.ts';
import type { DescribedFactor } from './description.ts';

/** The places at which levels are compared that belong together, for example all tasks. */
export interface PlaceGroup {
  /** Factors whose levels name the places; none for "over everything". */
  readonly by: readonly string[];
  readonly places: readonly LevelChoice[];
}

/** More places than this are no longer compared one by one. */
const mostPlaces = 300;

/**
 * Where the compared factor's levels are compared: over everything, at each level of each other factor, and at
 * each combination of two of them.
 *
 * @param others the factors other than the compared one
 */
export function placeGroups(others: readonly DescribedFactor[]): PlaceGroup[] {
  const single = others.map((factor) => ({ by: [factor.name], places: placesAt([factor]) }));
  const pairs = others.flatMap((a, i) =>
    others.slice(i + 1).map((b) => ({ by: [a.name, b.name], places: placesAt([a, b]) })),
  );
  return [{ by: [], places: [{}] }, ...single, ...pairs.filter(({ places }) => places.length <= mostPlaces)];
}

/** Every combination of the factors' levels, the last factor fastest. */
export function placesAt(factors: readonly DescribedFactor[]): LevelChoice[] {
  return factors.reduce<LevelChoice[]>(
    (places, { name, levels }) => places.flatMap((at) => levels.map((level) => ({ ...at, [name]: level }))),
    [{}],
  );
}

/** Every combination of the levels of all factors: where levels are compared with nothing averaged over. */
export function finestPlaces(others: readonly DescribedFactor[]): LevelChoice[] {
  return placesAt(others);
}

export function isFinest(at: LevelChoice, others: readonly DescribedFactor[]): boolean {
  return Object.keys(at).length === others.length;
}

/** Names a place whatever the order of its factors. */
export function placeKey(at: LevelChoice): string {
  return JSON.stringify(Object.entries(at).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A place in words. */
export function placeLabel(at: LevelChoice): string {
  return Object.values(at).join(', ') || 'everything';
}

/** The same with the names of the factors. */
export function placeText(at: LevelChoice): string {
  return (
    Object.entries(at)
      .map(([name, level]) => `${name} ${level}`)
      .join(', ') || 'everything'
  );
}
