import type { Followed, LookAhead, LookAt } from '../analysis/index.ts';
import type { PlannedRun, RunOutcome, StudyWriter } from '../contracts/index.ts';
import { type Clock, InputError } from '../core/index.ts';
import type { PreparedStudy, RunSummary } from '../study/index.ts';

/** What a study that grows until it knows has come to after a look. */
export interface LookTaken extends LookAt, LookAhead {
  /** All of it in a line. */
  readonly text: string;
}

/** Which part of a study is planned and played: runs of its first seeds. */
export interface Part {
  readonly seeds: number;
  readonly only: (run: PlannedRun) => boolean;
}

export interface LookOptions {
  readonly clock: Clock;
  /** No look begins after so long. */
  readonly minutes?: number;
  readonly onLook?: (look: LookTaken) => void;
}

/**
 * Plays a study look by look until everything is settled, the most seeds are played, or its time is over. What is settled
 * follows from the outcomes alone, so whoever goes on after an interruption meets the same looks.
 *
 * @throws InputError for a study without a baseline
 */
export async function playInLooks(
  study: PreparedStudy,
  store: StudyWriter,
  play: (part: Part) => Promise<RunSummary>,
  { clock, minutes = Infinity, onLook }: LookOptions,
): Promise<RunSummary> {
  const { describeStudy, followLooks, lookSentence, planAnalysis, studyTable } =
    await import('../analysis/index.ts');
  const plan = planAnalysis(describeStudy(study));
  if (plan.baselines.length === 0)
    throw new InputError(
      'A study with `until` compares strategies with a baseline, and this one has none. Add one, such as `none`, or leave ' +
        '`until` out.',
    );
  await refuseSpentLooks(store, plan.until!.looks);
  const start = clock.monotonicMs();
  let told = 0;
  let played = 0;
  let followed: Followed | undefined;
  for (let last: RunSummary | undefined; ;) {
    const known = new Map<string, RunOutcome>();
    for await (const { run, outcome } of store.outcomes()) if (outcome) known.set(run.hash, outcome);
    const outcomes = async function* () {
      for (const run of study.runs) yield { run, outcome: known.get(run.hash) };
    };
    followed = followLooks(plan, await studyTable(study, outcomes()), followed);
    const { looks, next, plays } = followed;
    const spent = clock.monotonicMs() - start;
    const pace = played > 0 ? spent / played : undefined;
    for (const look of looks.slice(told)) {
      const ahead: LookAhead = {
        ...(next !== undefined && next > look.seeds && { next }),
        ...(pace !== undefined && { msLeft: runsLeft(study, known, followed, look).map((n) => n * pace) }),
      };
      onLook?.({ ...look, ...ahead, text: lookSentence(look, ahead) });
    }
    told = looks.length;
    const late = spent >= minutes * 60_000;
    if (last && (next === undefined || late)) return last;
    const seeds = next ?? looks.at(-1)!.seeds;
    const open = new Set(
      study.runs.flatMap(({ hash }, row) => (next !== undefined && plays(row) ? [hash] : [])),
    );
    last = await play({ seeds, only: ({ hash }) => known.has(hash) || open.has(hash) });
    played += last.played;
    if (last.ended !== 'finished') return last;
  }
}

/** The most runs that each open place can still take. */
function runsLeft(
  { runs }: PreparedStudy,
  known: ReadonlyMap<string, RunOutcome>,
  { plays, placeAt }: Followed,
  { open }: LookAt,
): number[] {
  return open.map(({ at }) => {
    const here = JSON.stringify(at);
    const left = ({ hash }: PlannedRun, row: number) =>
      !known.has(hash) && plays(row) && JSON.stringify(placeAt(row)) === here;
    return runs.filter(left).length;
  });
}

/** All of the error is spent at the last look, so there are no looks after it. */
async function refuseSpentLooks(store: StudyWriter, looks: readonly number[]): Promise<void> {
  const before = await store.study();
  const earlier = before?.definition.until?.looks;
  const most = earlier?.at(-1);
  if (!before || most === undefined || String(earlier) === String(looks)) return;
  const taken = await store.settled();
  if (before.definition.seeds.length < most || before.runs.some(({ hash }) => !taken.has(hash))) return;
  throw new InputError(
    `This study was looked at after all of its ${most} seeds, so no error is left to spend on looks after ` +
      `${looks.join(', ')}. Leave \`until\` as it was; or leave it out and raise \`seeds\`: the study then grows without ` +
      'looks, and says that its verdict was seen before.',
  );
}

/** A part of the study as a design of its own: what was settled before is planned no more. */
export function partOf(study: PreparedStudy, { seeds: count, only }: Part): PreparedStudy {
  const seeds = study.definition.seeds.slice(0, count);
  const chosen = new Set(seeds);
  return {
    ...study,
    definition: { ...study.definition, seeds },
    runs: study.runs.filter((run) => chosen.has(run.seed) && only(run)),
  };
}
