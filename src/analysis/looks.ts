import { type HowSettled, type LevelChoice, lookLevels, settledBy } from '../stats/index.ts';
import { arrange } from './arranged.ts';
import { finestPlaces, placeKey } from './places.ts';
import type { AnalysisPlan } from './plan.ts';
import { marginAt } from './plan-margin.ts';
import { column, levelsOf, rowsWhere, type RunTable } from './run-table.ts';
import type { LookAt, OpenPlace, PlaceVerdicts, Settled, Verdict, VerdictFamily } from './verdict-results.ts';
import { levelsOfPlan, verdictFamilies } from './verdicts.ts';

/** What the looks of a growing study have come to. */
export interface Followed {
  /** The complete ones, in order. */
  readonly looks: readonly LookAt[];
  /** Each verdict as it was when its level was settled; where it is not, as of the last look. */
  readonly families: readonly VerdictFamily[];
  /** Seeds of the next look; undefined when all is settled or there are no more. */
  readonly next: number | undefined;
  /** Whether the run of a row of the table belongs to what is still open. */
  readonly plays: (row: number) => boolean;
  /** The place of a row's run; undefined for those that the plan leaves out. */
  readonly placeAt: (row: number) => LevelChoice | undefined;
  /** Seeds that every level has been played with. */
  readonly common: number;
  /** What the next call goes on from. */
  readonly state: LookState;
}

/** What was settled by the looks that are taken, and the families of the last one as they were decided then. */
interface LookState {
  readonly settled: ReadonlyMap<string, Settled>;
  readonly last: readonly VerdictFamily[];
}

/**
 * Follows a study that grows in looks: after each, what is settled is played no more. A level is settled when a gain or
 * harm is shown, when it is shown to be as good as the baseline, and when it is dropped (`settledBy`).
 *
 * Everything follows from the plan and the table: the same runs give the same looks, whoever plays them and however
 * often they were interrupted.
 *
 * @param before what it said of the same study with fewer runs: its looks are not taken again
 */
export function followLooks(plan: AnalysisPlan, table: RunTable, before?: Followed): Followed {
  const { until, comparedFactor: factor, baselines } = plan;
  const [baseline] = baselines;
  const places = finestPlaces(plan.factors.filter(({ name }) => name !== factor));
  const levels = plan.factors.find(({ name }) => name === factor)!.levels.filter((own) => own !== baseline);
  const { alpha } = levelsOfPlan(plan);
  const comparisons = places.length * levels.length;
  const gains = lookLevels(alpha / 2, until!.looks, comparisons);
  const equals = lookLevels(alpha, until!.looks, comparisons);

  const settled = new Map<string, Settled>(before?.state.settled);
  const keyOf = (at: LevelChoice, level: string) => `${placeKey(at)} ${level}`;
  const isOpen = (at: LevelChoice, level: string) => !settled.has(keyOf(at, level));
  const anyOpen = (at: LevelChoice) => levels.some((level) => isOpen(at, level));
  const cells = cellsOf(table, plan, places);
  const seeds = seedOrder(table);
  /** Seeds that a level has by a look; the baseline, and ablated variants, are played while anything at their place is. */
  const seedsBy = (count: number, { at, level }: Cell) => {
    const by = (own: string) => settled.get(keyOf(at, own))?.seeds ?? count;
    return levels.includes(level) ? by(level) : Math.max(...levels.map(by));
  };
  const asked = (count: number) => (row: number) => {
    const cell = cells[row];
    return cell !== undefined && seeds.at[row] < seedsBy(count, cell);
  };
  const done: LookAt[] = [...(before?.looks ?? [])];
  let last: readonly VerdictFamily[] = before?.state.last ?? [];

  for (const [k, count] of until!.looks.entries()) {
    if (k < done.length) continue;
    if (count > seeds.count || !places.some(anyOpen)) break;
    const within = rowsWhere(table, asked(count));
    if (within.status.includes('not run')) break;
    last = verdictFamilies(arrange(plan, within), plan, within, {
      alpha: 2 * gains[k],
      equivalence: equals[k],
    });
    const [family] = last;
    for (const { at, verdicts } of family?.places ?? [])
      for (const verdict of verdicts) {
        const how = isOpen(at, verdict.level) ? settlement(verdict, marginAt(plan, at)) : undefined;
        if (how) settled.set(keyOf(at, verdict.level), { seeds: count, how, verdict });
      }
    const openHere = (at: LevelChoice) => levels.filter((own) => isOpen(at, own));
    const verdictsAt = new Map((family?.places ?? []).map((place) => [placeKey(place.at), place]));
    const open = places.filter(anyOpen).map((at): OpenPlace => {
      const own = openHere(at);
      return { at, levels: own, of: levels.length, halfWidth: widest(verdictsAt.get(placeKey(at)), own) };
    });
    done.push({ seeds: count, open, known: places.filter((at) => !anyOpen(at)) });
  }
  const reached = done.at(-1)?.seeds ?? 0;
  const following = until!.looks.find((count) => count > reached);
  return {
    looks: done,
    families: last.map((family, f) =>
      f === 0 ? withSettled(family, alpha, settled, keyOf) : { ...family, alpha },
    ),
    next: places.some(anyOpen) ? following : undefined,
    plays: (row) => {
      const cell = cells[row];
      return cell !== undefined && seedsBy(Infinity, cell) === Infinity;
    },
    placeAt: (row) => cells[row]?.at,
    state: { settled, last },
    common: Math.min(reached, ...[...settled.values()].map(({ seeds: own }) => own)),
  };
}

/** Half of the widest interval of some levels. */
function widest(place: PlaceVerdicts | undefined, levels: readonly string[]): number | null {
  const widths = (place?.verdicts ?? []).flatMap(({ level, low, high }) =>
    levels.includes(level) && low !== null && high !== null ? [(high - low) / 2] : [],
  );
  return widths.length === 0 ? null : Math.max(...widths);
}

/** Where a run stands: its place, and the level of the compared factor. */
interface Cell {
  readonly at: LevelChoice;
  readonly level: string;
}

/** By row; undefined at places that the plan leaves out. */
function cellsOf(
  table: RunTable,
  { factors, comparedFactor }: AnalysisPlan,
  places: readonly LevelChoice[],
): (Cell | undefined)[] {
  const others = factors.flatMap(({ name }) =>
    name === comparedFactor ? [] : [[name, column(table, name)] as const],
  );
  const known = new Map(places.map((at) => [placeKey(at), at]));
  return column(table, comparedFactor!).map((level, row) => {
    const at = known.get(placeKey(Object.fromEntries(others.map(([name, labels]) => [name, labels[row]]))));
    return at && { at, level };
  });
}

/** How many seeds there are, and by row the number of its own in their order, from 0. */
function seedOrder(table: RunTable): { readonly count: number; readonly at: readonly number[] } {
  const labels = column(table, 'seed');
  const order = new Map(levelsOf(labels).map((label, k) => [label, k]));
  return { count: order.size, at: labels.map((label) => order.get(label)!) };
}

/** What settles a level at a look; undefined while it is open. */
function settlement({ shown, asGood, evidence }: Verdict, margin: number): HowSettled | undefined {
  if (!evidence || shown === null) return undefined;
  return settledBy({ asGood, shown: shown !== 'not shown' }, evidence, margin);
}

function withSettled(
  family: VerdictFamily,
  alpha: number,
  settled: ReadonlyMap<string, Settled>,
  keyOf: (at: LevelChoice, level: string) => string,
): VerdictFamily {
  return {
    ...family,
    alpha,
    places: family.places.map((place) => {
      const verdicts = place.verdicts.map((own): Verdict => {
        const known = settled.get(keyOf(place.at, own.level));
        if (!known) return own;
        const { seeds, how, verdict } = known;
        const dropped = `dropped after ${seeds} seeds: its gain is likely below ${place.margin}`;
        return { ...verdict, settled: { seeds, how }, ...(how === 'dropped' && { reason: dropped }) };
      });
      return { ...place, verdicts, allAsGood: verdicts.every(({ asGood }) => asGood) };
    }),
  };
}

/** The rows of the first seeds. */
export function firstSeeds(table: RunTable, count: number): RunTable {
  const { at } = seedOrder(table);
  return rowsWhere(table, (row) => at[row] < count);
}

/** What to know of the tables of a study that grew. */
export function lookNotes({ looks, common }: Followed): string[] {
  const last = looks.at(-1);
  if (!last)
    return ['seeds are added in looks, and the first look is not complete: there are no verdicts yet'];
  return [
    `seeds were added in looks, after ${looks.map(({ seeds }) => seeds).join(', ')}: verdicts hold their level over all ` +
      'looks, and their intervals are as wide as that takes',
    ...(common < last.seeds
      ? [`everything but the verdicts compares the ${common} seeds that all levels were played with`]
      : []),
  ];
}
