import { type RunOutcome, type SettledRun, tokensOf } from '../contracts/index.ts';
import { InputError, sha256 } from '../core/index.ts';
import type { Matched, PreparedRun } from './prepared.ts';

/** Runs of a strategy by which its tokens are measured: those of a study's first seeds. */
export const pilotRuns = 5;

/**
 * Says which runs the budget of each run with a match is measured by: those of the matched strategy with the same model,
 * task and further factors, and the first seeds. They are the study's own runs, so a pilot costs nothing. What they are is
 * part of the hash.
 *
 * @param matches the label of the matched strategy, by that of the matching one
 */
export function matched(
  runs: readonly PreparedRun[],
  matches: ReadonlyMap<string, string>,
  seeds: readonly number[],
): PreparedRun[] {
  if (matches.size === 0) return [...runs];
  const cell = ({ model, task, factors }: PreparedRun, strategy: string, seed: number) =>
    JSON.stringify([model, task, factors, strategy, seed]);
  const hashes = new Map(runs.map((run) => [cell(run, run.strategy, run.seed), run.hash]));
  return runs.map((run) => {
    const strategy = matches.get(run.strategy);
    if (strategy === undefined) return run;
    const pilot = seeds.slice(0, pilotRuns).map((seed) => hashes.get(cell(run, strategy, seed))!);
    return { ...run, hash: sha256(`${run.hash} matches ${pilot.join(' ')}`), matches: { strategy, pilot } };
  });
}

/**
 * The median tokens of an episode of the pilot.
 *
 * @param outcomes of its runs
 * @throws InputError where none of them was finished, or their service reports no tokens
 */
export function matchedTokens(
  { strategy }: Matched,
  outcomes: readonly (SettledRun | RunOutcome | undefined)[],
  episodes: number,
): number {
  const each = outcomes
    .flatMap((outcome) => (outcome?.status === 'done' ? [tokensOf(outcome.usage) / episodes] : []))
    .sort((a, b) => a - b);
  const middle = (each[Math.floor((each.length - 1) / 2)] + each[Math.ceil((each.length - 1) / 2)]) / 2;
  if (middle > 0) return middle;
  const why = each.length === 0 ? 'none of its first runs was finished' : 'its model reports no tokens';
  throw new InputError(
    `The tokens of "${strategy}", which this run may spend, are not known: ${why}. Mend that, or remove \`matches\`.`,
  );
}
