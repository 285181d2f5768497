import type { StudyRecord, StudyReader } from '../contracts/index.ts';
import { InputError } from '../core/index.ts';
import { followLooks } from './looks.ts';
import { planAnalysis } from './plan.ts';
import { placeLabel } from './places.ts';
import { describeStudy, studyTable } from './study-description.ts';
import type { LookAt } from './verdict-results.ts';

export interface LookAhead {
  /** Seeds of the next look; undefined when everything is settled or there are no more. */
  readonly next?: number;
  /** How long each open place takes at most, in ms, where that is known. */
  readonly msLeft?: readonly number[];
}

/** What a look leaves open, in a line: "coverage: known; assembly: 2 of 5 left (vdn, coma), ± 0.12, at most about 4 min". */
export function lookSentence({ seeds, open, known }: LookAt, { next, msLeft }: LookAhead = {}): string {
  const places = [
    ...known.map((at) => `${placeLabel(at)}: known`),
    ...open.map(({ at, levels, of, halfWidth }, k) =>
      [
        `${placeLabel(at)}: ${levels.length} of ${of} left (${levels.join(', ')})`,
        ...(halfWidth === null ? [] : [`± ${halfWidth.toFixed(2)}`]),
        ...(next === undefined || msLeft === undefined ? [] : [`at most about ${minutes(msLeft[k])}`]),
      ].join(', '),
    ),
  ];
  const then = next === undefined ? '' : ` Next look: ${next} seeds.`;
  return `After ${seeds} seeds: ${open.length === 0 ? 'everything is known' : places.join('; ')}.${then}`;
}

/** What the last look at a stored study left open; undefined where the study plans none, or none is complete. */
export async function lastLookOf(study: StudyRecord, store: StudyReader): Promise<string | undefined> {
  if (!study.definition.until) return undefined;
  try {
    const { looks, next } = followLooks(
      planAnalysis(describeStudy(study)),
      await studyTable(study, store.outcomes()),
    );
    const last = looks.at(-1);
    return last && lookSentence(last, { next });
  } catch (error) {
    // Nothing is compared, so there are no looks.
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

function minutes(ms: number): string {
  return ms < 60_000 ? `${Math.ceil(ms / 1000)} s` : `${Math.ceil(ms / 60_000)} min`;
}
