import type { StudyDefinition } from '../../contracts/index.ts';
import { canonicalJson } from '../../core/index.ts';
import { bestOfK } from '../../stats/index.ts';
import {
  cellKey,
  itemEstimate,
  itemMean,
  type MeasuredCell,
  measuredCells,
  type MeasuredEpisode,
  type PlayedRun,
  valuesByItem,
} from './cells.ts';
import { kindShares } from './kinds.ts';
import { alarmsOf } from './monitors.ts';
import type { BestOf, CellMeasures, Contribution, StudyMeasures } from './results.ts';
import { talkOf } from './talk.ts';
import { turnedFrom } from './turned.ts';

/**
 * Measures of every cell, with intervals over items. Cells of which nothing beside the score is known are left out.
 *
 * @param contributions of agents' texts, where somebody has tried them, by `cellKey`
 */
export async function studyMeasures(
  definition: Pick<StudyDefinition, 'tasks' | 'strategies'>,
  runs: AsyncIterable<PlayedRun>,
  contributions: ReadonlyMap<string, readonly Contribution[]> = new Map(),
): Promise<StudyMeasures> {
  const all = await measuredCells(definition, runs);
  const baselines = definition.strategies.flatMap(({ baseline, label }) => (baseline ? [label] : []));
  const cells = all.flatMap((cell): readonly CellMeasures[] => {
    const { episodes, task, model, strategy, factors } = cell;
    const facts = Object.entries(task.measures ?? {});
    const talk = talkOf(episodes);
    const notJudged = episodes.filter((episode) => episode.notJudged !== undefined).length;
    const short = episodes.filter((episode) => episode.short !== undefined).length;
    if (facts.length === 0 && !talk && notJudged + short === 0) return [];
    const levels = { model, strategy, task: task.label, factors };
    return [
      {
        ...levels,
        episodes: episodes.length,
        items: new Set(episodes.map(({ item }) => item)).size,
        ...{ notJudged, short },
        measures: facts.flatMap(([name, own]) => {
          const value = itemMean(episodes, ({ measures }) => measures[name]);
          return value ? [{ name, ...own, value }] : [];
        }),
        best: facts.flatMap(([measure, { best }]) => (best ? bestOf(episodes, measure, best) : [])),
        kinds: kindShares(cell),
        turned: all
          .filter((other) => isOther(other, cell) && baselines.includes(other.strategy))
          .map((baseline) => turnedFrom(cell, baseline)),
        talk,
        contributions: contributions.get(cellKey(levels)) ?? [],
      },
    ];
  });
  return { cells, alarms: alarmsOf(cells) };
}

/** Another strategy at the same place. */
function isOther(a: MeasuredCell, b: MeasuredCell): boolean {
  const same = a.model === b.model && a.task === b.task;
  return same && a.strategy !== b.strategy && canonicalJson(a.factors) === canonicalJson(b.factors);
}

/** For 1, 2, 5, 10, 20, ... attempts, as far as they go. */
function bestOf(episodes: readonly MeasuredEpisode[], measure: string, name: string): BestOf[] {
  const items = valuesByItem(episodes, ({ measures }) => measures[measure]);
  return [1, 2, 5, 10, 20, 50, 100].flatMap((k) => {
    const enough = items.filter(({ length }) => length >= k);
    const value = itemEstimate(enough, (attempts) => bestOfK(attempts, k));
    return value ? [{ name, measure, k, value, leftOut: items.length - enough.length }] : [];
  });
}
