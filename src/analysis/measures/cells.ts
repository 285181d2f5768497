import type {
  FinishedEpisode,
  JsonObject,
  PlannedRun,
  StudyDefinition,
  StudyTask,
} from '../../contracts/index.ts';
import { canonicalJson } from '../../core/index.ts';
import { overItems } from '../../stats/index.ts';
import type { ItemEstimate } from './results.ts';

/** A finished episode as its measures are compared. */
export interface MeasuredEpisode {
  readonly seed: number;
  readonly episode: number;
  /** What it played: the item's name, or its own place where every instance is drawn anew. */
  readonly item: string;
  /** Absent where something was not judged. */
  readonly score?: number;
  readonly notJudged?: number;
  readonly short?: number;
  readonly measures: Readonly<Record<string, number>>;
  readonly opinions: FinishedEpisode['opinions'];
}

/** The episodes of one model, strategy, task and combination of further factors. */
export interface MeasuredCell {
  readonly model: string;
  readonly strategy: string;
  readonly task: StudyTask;
  readonly factors: JsonObject;
  readonly episodes: readonly MeasuredEpisode[];
}

/** A run of the design with its finished episodes. */
export interface PlayedRun {
  readonly run: PlannedRun;
  readonly episodes: readonly FinishedEpisode[];
}

type CellLevels = Pick<MeasuredCell, 'model' | 'strategy' | 'factors'> & { readonly task: string };

/** Cells are known by this. */
export function cellKey({ model, strategy, task, factors }: CellLevels): string {
  return canonicalJson([model, strategy, task, factors]);
}

/** The cells in the order of the design. */
export async function measuredCells(
  { tasks }: Pick<StudyDefinition, 'tasks'>,
  runs: AsyncIterable<PlayedRun>,
): Promise<readonly MeasuredCell[]> {
  const cells = new Map<string, Omit<MeasuredCell, 'episodes'> & { episodes: MeasuredEpisode[] }>();
  for await (const { run, episodes } of runs) {
    const { model, strategy, factors, seed } = run;
    const task = tasks.find(({ label }) => label === run.task);
    if (!task) continue;
    const key = cellKey(run);
    const cell = cells.get(key) ?? { model, strategy, task, factors, episodes: [] };
    cells.set(key, cell);
    for (const { episode, item = `${seed}/${episode}`, measures = {}, opinions, ...rest } of episodes) {
      const { score, notJudged, short } = rest;
      cell.episodes.push({
        ...{ seed, episode, item, measures, opinions },
        ...(score !== undefined && { score }),
        ...(notJudged !== undefined && { notJudged }),
        ...(short !== undefined && { short }),
      });
    }
  }
  return [...cells.values()];
}

/** Lists by key, in the order in which keys come. */
export function grouped<T>(all: Iterable<T>, key: (each: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const each of all) {
    const own = groups.get(key(each));
    if (own) own.push(each);
    else groups.set(key(each), [each]);
  }
  return groups;
}

/** The mean over items of their episodes' mean value; episodes without a value are left out. */
export function itemMean<T extends { readonly item: string }>(
  episodes: readonly T[],
  value: (episode: T) => number | undefined,
  scale?: readonly [number, number],
): ItemEstimate | undefined {
  return itemEstimate(valuesByItem(episodes, value), undefined, scale);
}

export function valuesByItem<T extends { readonly item: string }>(
  episodes: readonly T[],
  value: (episode: T) => number | undefined,
): readonly (readonly number[])[] {
  const own = episodes.flatMap((episode) => ({ item: episode.item, value: value(episode) ?? [] }));
  const groups = grouped(own, ({ item }) => item);
  return [...groups.values()].map((values) => values.flatMap((each) => each.value));
}

export function itemEstimate(
  items: readonly (readonly number[])[],
  statistic?: (attempts: readonly number[]) => number,
  scale?: readonly [number, number],
): ItemEstimate | undefined {
  const found = overItems(items, statistic, scale);
  return found && { estimate: found.estimate, low: found.low, high: found.high, items: found.n };
}

/** Episodes of two cells that played the same: the same seed, episode and item. */
export function pairsOf(
  here: readonly MeasuredEpisode[],
  there: readonly MeasuredEpisode[],
): readonly { readonly item: string; readonly here: MeasuredEpisode; readonly there: MeasuredEpisode }[] {
  const place = ({ seed, episode, item }: MeasuredEpisode) => canonicalJson([seed, episode, item]);
  const others = new Map(there.map((episode) => [place(episode), episode]));
  return here.flatMap((episode) => {
    const other = others.get(place(episode));
    return other ? [{ item: episode.item, here: episode, there: other }] : [];
  });
}
