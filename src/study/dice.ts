import type { SettledRun, StudyDefinition, StudyRecord } from '../contracts/index.ts';
import { InputError, type NamePart } from '../core/index.ts';
import type { PreparedRun, PreparedStudy } from './prepared.ts';

/**
 * Names the random numbers that a run is played with: by its model, its task and its seed, as instances are named by
 * task and seed. So all strategies of a block throw the same dice, and what their scores differ by is not the dice
 * (common random numbers, Glasserman & Yao 1992, doi:10.1287/mnsc.38.6.884). Levels of settings and of task options
 * share them too; models, and levels of their options, have their own.
 */
export function diceOf({
  modelKey,
  preparedTask,
  seed,
}: Pick<PreparedRun, 'modelKey' | 'preparedTask' | 'seed'>): readonly NamePart[] {
  return ['play', modelKey, preparedTask.id, seed];
}

/**
 * Runs that were played by other rules are no part of this study's results, and playing them again costs what they
 * cost: that is for somebody to ask for.
 *
 * @param earlier the study as it is stored, and the runs that have an outcome there
 * @throws InputError when these were played by other rules
 */
export function refuseOtherRevisions(
  { name, definition }: PreparedStudy,
  earlier: StudyRecord | undefined,
  settled: ReadonlyMap<string, SettledRun>,
) {
  if (!earlier || rulesOf(earlier.definition) === rulesOf(definition)) return;
  const results = new Set(earlier.runs.map(({ hash }) => hash).filter((hash) => settled.has(hash))).size;
  if (results === 0) return;
  throw new InputError(
    `The study "${name}" has ${results === 1 ? '1 result' : `${results} results`} that an earlier version of this ` +
      `package played by other rules (${rulesOf(earlier.definition)}; now ${rulesOf(definition)}), and results of ` +
      'different rules are never mixed. They can be read as before (report, analyze, export, view), and only the ' +
      'version that played them can go on with them. To play the whole study anew, give it another folder ' +
      '(--data <folder>) or another name, which keeps both, or start it with --play-again, which replaces them.',
  );
}

/** Studies of before the first change of play say nothing of it. */
function rulesOf({ playRevision: play = 1, promptRevision: prompts }: StudyDefinition): string {
  return `play revision ${play}, prompt revision ${prompts}`;
}
