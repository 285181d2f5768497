import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { AnalysisResults } from '../analysis/index.ts';
import type { PlannedRun, RunOutcome } from '../contracts/index.ts';
import { writeWhole } from '../core/index.ts';

/** Kept in a study's folder, beside its database. */
export const seenName = 'verdict-seen.json';

/** The scores on which a verdict was first printed. */
export interface VerdictSeen {
  /** Seeds of which some run had a score then. */
  readonly seeds: readonly number[];
  /** Runs that had a score then. */
  readonly runs: number;
  /** The looks that were planned then, of a study that grows until it knows. */
  readonly looks?: readonly number[];
  /** What was compared then: every model, strategy, task and further level of the design. */
  readonly arms?: readonly string[];
}

type Rows = readonly { readonly run: PlannedRun; readonly outcome?: RunOutcome }[];

/** The scores that there are now. */
export function scoresOf(rows: Rows): VerdictSeen {
  const scored = rows.filter(({ outcome }) => outcome?.score !== undefined);
  const seeds = [...new Set(scored.map(({ run }) => run.seed))].sort((a, b) => a - b);
  return {
    seeds,
    runs: new Set(scored.map(({ run }) => run.hash)).size,
    arms: armsOf(rows.map(({ run }) => run)),
  };
}

/** Everything that a design compares, by name. */
export function armsOf(runs: readonly PlannedRun[]): string[] {
  const names = runs.flatMap(({ model, strategy, task, factors }) => [
    `model ${model}`,
    `strategy ${strategy}`,
    `task ${task}`,
    ...Object.entries(factors).map(([name, level]) => `${name} ${JSON.stringify(level)}`),
  ]);
  return [...new Set(names)].sort();
}

/**
 * What to say of verdicts on a study that has grown since its verdict was first seen: whoever looks, and goes on
 * because of what was seen, gives chance another try. Undefined while nothing was added.
 */
export function lookedBefore(seen: VerdictSeen | undefined, now: VerdictSeen): string | undefined {
  if (seen === undefined) return undefined;
  const family = otherFamily(seen, now.arms);
  if (family !== undefined) return family;
  if (now.runs <= seen.runs) return undefined;
  // These looks were planned, and each spends its share of the error.
  if (now.looks && JSON.stringify(now.looks) === JSON.stringify(seen.looks)) return undefined;
  const added = now.seeds.length - seen.seeds.length;
  const more = added > 0 ? `${added} more seed(s)` : `${now.runs - seen.runs} more run(s)`;
  return (
    `The verdict was seen before, with ${seen.seeds.length} seed(s) and ${seen.runs} runs; ${more} came after. ` +
    'It no longer has its level: the chance of a false gain or harm is larger than the one that is named.'
  );
}

/** What to say of a design that compares other things than when its verdict was first seen; undefined for the same. */
export function otherFamily({ arms, seeds }: VerdictSeen, now: readonly string[] = []): string | undefined {
  if (arms === undefined) return undefined;
  const [added, gone] = [now.filter((arm) => !arms.includes(arm)), arms.filter((arm) => !now.includes(arm))];
  if (added.length + gone.length === 0) return undefined;
  const list = (what: string, names: readonly string[]) =>
    names.length === 0 ? [] : [`${what}: ${names.slice(0, 5).join(', ')}${names.length > 5 ? ', ...' : ''}`];
  return (
    `The verdict was seen before, with ${seeds.length} seed(s), and what is compared was changed after (` +
    `${[...list('added', added), ...list('removed', gone)].join('; ')}). This is a new family of comparisons: its levels ` +
    'are reckoned anew, and do not cover what was chosen because of what was seen.'
  );
}

/** The first look at a study's verdict; undefined when nobody has looked, or the file cannot be read. */
export function firstLook(directory: string): VerdictSeen | undefined {
  try {
    const { seeds, runs, looks, arms } = JSON.parse(
      readFileSync(path.join(directory, seenName), 'utf8'),
    ) as VerdictSeen;
    if (!Array.isArray(seeds) || !Number.isInteger(runs)) return undefined;
    return {
      seeds,
      runs,
      ...(Array.isArray(looks) && { looks }),
      ...(Array.isArray(arms) && { arms }),
    };
  } catch {
    return undefined;
  }
}

/** Keeps the first look, where there is a verdict to see; later looks change nothing. */
export function noteVerdictSeen(
  directory: string,
  results: AnalysisResults | undefined,
  now: VerdictSeen,
): void {
  if (!results?.verdicts.length || firstLook(directory) !== undefined) return;
  writeWhole(path.join(directory, seenName), `${JSON.stringify(now)}\n`);
}
