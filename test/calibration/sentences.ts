import type { RandomStream } from '../../src/core/index.ts';
import {
  adjustP,
  atLevel,
  blockTests,
  cellEstimates,
  decide,
  gainDesign,
  linearComparison,
  meanCorrelation,
  pairedDifference,
  pairedEvidence,
  scoreInterval,
  strataTable,
  type PlaceEvidence,
} from '../../src/stats/index.ts';
import { averagePlaces, averageWeights } from './averages.ts';
import { column, fill, nullTable, type NullTable } from './null-table.ts';
import { strategies, tasks, type Setting } from './settings.ts';
import { Counter, type Tallies } from './tally.ts';

/** What the product prints, and how often it may be wrong. */
export interface Sentence {
  readonly name: string;
  readonly group: 'verdicts' | 'tests' | 'intervals' | 'secondary';
  readonly title: string;
  /** The level: the largest share of tables in which it may be said, or in which an interval may miss. */
  readonly level: number;
  /** It is only false where all tasks have one mean; elsewhere it is not counted. */
  readonly ofTasks?: boolean;
}

/** Every sentence that a table without effects is asked for. `sentences` and `count` agree by name. */
export const sentences: readonly Sentence[] = [
  { name: 'gain', group: 'verdicts', title: 'a gain is shown somewhere in the study', level: 0.025 },
  { name: 'harm', group: 'verdicts', title: 'a harm is shown somewhere in the study', level: 0.025 },
  {
    name: 'verdict',
    group: 'verdicts',
    title: 'an interval beside a verdict misses 0 somewhere',
    level: 0.05,
  },
  { name: 'gain here', group: 'verdicts', title: 'a gain is shown on a given task', level: 0.025 },
  {
    name: 'average',
    group: 'verdicts',
    title: 'a gain or harm on average over tasks (one family)',
    level: 0.05,
  },
  { name: 'strategy', group: 'tests', title: 'primary: strategy matters', level: 0.05 },
  { name: 'task', group: 'tests', title: 'primary: task matters', level: 0.05, ofTasks: true },
  { name: 'strategy:task', group: 'tests', title: 'primary: strategy × task', level: 0.05 },
  { name: 'gain: task', group: 'tests', title: 'the gain depends on task', level: 0.05 },
  { name: 'gain: strategy:task', group: 'tests', title: 'the gain depends on strategy × task', level: 0.05 },
  { name: 'simple', group: 'tests', title: 'strategy matters on some task (Holm)', level: 0.05 },
  { name: 'holm', group: 'tests', title: 'some contrast by task, adjusted p (Holm)', level: 0.05 },
  { name: 'score', group: 'intervals', title: 'the interval of a score misses it', level: 0.05 },
  {
    name: 'difference',
    group: 'intervals',
    title: 'the interval of a paired difference misses it',
    level: 0.05,
  },
  {
    name: 'pooled',
    group: 'intervals',
    title: 'the interval of an average difference misses it',
    level: 0.05,
  },
  { name: 'classical strategy', group: 'secondary', title: 'classical F: strategy', level: 0.05 },
  { name: 'classical strategy:task', group: 'secondary', title: 'classical F: strategy × task', level: 0.05 },
];

const ofTasks = new Set(sentences.filter((own) => own.ofTasks).map(({ name }) => name));

/** The evidence of every task, as the verdicts take it. */
export function evidenceOf(table: NullTable, rows: readonly (readonly Float64Array[])[]): PlaceEvidence[] {
  return rows.map((own, task): PlaceEvidence => {
    own.forEach((row, i) => column(table, task, i + 1, row, 0));
    return {
      comparisons: own.map((row) => pairedEvidence(row, 1)),
      correlation: meanCorrelation(own),
      margin: 0.1,
      range: 1,
    };
  });
}

/** Room for differences from the baseline: [places][strategies - 1][blocks]. */
export function differenceRows(places: number, blocks: number): Float64Array[][] {
  return Array.from({ length: places }, () =>
    Array.from({ length: strategies - 1 }, () => new Float64Array(blocks)),
  );
}

/**
 * Tables of one setting without any effect: how often each sentence is said.
 *
 * @param streams the stream of a table, by its number
 */
export function calibrateSentences(
  setting: Setting,
  seeds: number,
  { first, count, resamples }: { readonly first: number; readonly count: number; readonly resamples: number },
  streams: (table: number) => RandomStream,
): Tallies {
  const counter = new Counter();
  const table = nullTable(seeds);
  const { design } = table;
  const rows = differenceRows(tasks, seeds);
  const one = new Float64Array(seeds);
  const averages = averageWeights(design);
  const unequal = setting.means.some((mean) => mean !== setting.means[0]);
  for (let number = first; number < first + count; number++) {
    const stream = streams(number);
    fill(table, setting, stream);
    const seed = stream.next();
    const say = (name: string, said: boolean) => {
      if (!unequal || !ofTasks.has(name)) counter.add(name, said);
    };
    const at5 = (p: number | null) => p !== null && p <= 0.05;

    const places = evidenceOf(table, rows);
    const decisions = decide(places);
    const shown = decisions.map(({ comparisons }) => comparisons.map((own) => own?.shown));
    say('gain', shown.flat().includes('gain'));
    say('harm', shown.flat().includes('harm'));
    say('verdict', shown.flat().some((verdict) => verdict !== undefined)); // prettier-ignore
    say('gain here', shown[number % tasks].includes('gain'));
    const holm = adjustP(
      decisions.flatMap(({ comparisons }) => comparisons.map((own) => own?.p ?? null)),
      'holm',
    );
    say('holm', holm.some(at5));

    const estimates = design.groups.map((group) => cellEstimates(group, design.cells));
    const average = decide(averagePlaces(estimates, averages)).flatMap(({ comparisons }) => comparisons);
    say('average', average.some((own) => own?.shown !== undefined)); // prettier-ignore
    const options = { seed, resamples };
    for (const { term, p } of blockTests(design, options, estimates)) say(term, at5(p));
    const gains = gainDesign(design, 'strategy', 's0');
    for (const { term, p } of blockTests(gains, { ...options, only: ['task', 'strategy:task'] })) {
      say(`gain: ${term}`, at5(p));
    }
    const simple = design.between[0].levels.map(
      (level) => blockTests(atLevel(design, 'task', level), { ...options, only: ['strategy'] })[0].p,
    );
    say('simple', adjustP(simple, 'holm').some(at5));
    for (const { term, p } of strataTable(design, estimates).terms) {
      if (term !== 'task') say(`classical ${term}`, at5(p));
    }

    const mean = setting.means[number % tasks];
    const score = scoreInterval(column(table, number % tasks, number % strategies, one));
    say('score', !(score.low! <= mean && score.high! >= mean));
    const x = Array.from(column(table, number % tasks, 1, one));
    const difference = pairedDifference(x, Array.from(column(table, number % tasks, 0, one)));
    say('difference', !(difference.low! <= 0 && difference.high! >= 0));
    const { low, high } = linearComparison(estimates, averages[0]);
    say('pooled', low !== null && !(low <= 0 && high! >= 0));
  }
  return counter.tallies();
}
