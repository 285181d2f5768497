import type { StudyProgress } from '../../contracts/index.ts';
import { dollars, fixed } from '../../report/format.ts';
import type { Leader, StudyFacts, StudyPulse } from '../../server/index.ts';
import { href } from '../router.ts';
import { count, duration, failedRuns, pace, paceText, plural, settledRuns, tokensOf } from '../words.ts';
import { Link, Word } from './basics.tsx';

/** Done, failed and still to come, as one bar. */
export function ProgressBar({ progress }: { progress: StudyProgress }) {
  const { planned, statuses } = progress;
  const failed = failedRuns(progress);
  const part = (n: number) => `${planned === 0 ? 0 : (100 * n) / planned}%`;
  return (
    <div
      class="progress"
      role="progressbar"
      aria-valuemin={0}
      aria-valuemax={planned}
      aria-valuenow={settledRuns(progress)}
      aria-label={`${statuses.done} of ${planned} runs done, ${failed} could not finish`}
    >
      <span class="done" style={{ width: part(statuses.done) }} />
      <span class="failed" style={{ width: part(failed) }} />
    </div>
  );
}

export function StateBadge({ running, progress }: { running: boolean; progress?: StudyProgress }) {
  if (running) return <span class="badge running">running</span>;
  if (!progress) return <span class="badge">empty</span>;
  return settledRuns(progress) === progress.planned ? (
    <span class="badge">finished</span>
  ) : (
    <span class="badge stopped">stopped</span>
  );
}

function Tile({ name, value, note }: { name: string; value: string; note?: string }) {
  return (
    <div class="tile">
      <dt>{name}</dt>
      <dd>
        <b>{value}</b>
        {note !== undefined && <small>{note}</small>}
      </dd>
    </div>
  );
}

/** Which strategy is ahead, in words; what a lead shows, only the report of the whole plan says. */
export function Lead({ leader, progress }: { leader?: Leader; progress: StudyProgress }) {
  const { done } = progress.statuses;
  const ended = settledRuns(progress) === progress.planned;
  const played = `${count(done)} of ${plural(progress.planned, 'run')}`;
  if (!leader) return done === 0 || ended ? null : <p class="lead">No strategy leads so far.</p>;
  const by = (
    <>
      by <b>{fixed(leader.by)}</b> over <Word text={leader.next} />
    </>
  );
  return (
    <p class="lead">
      <b>
        <Word text={leader.strategy} />
      </b>{' '}
      {ended ? <>has the highest score, {by}.</> : <>leads so far {by}.</>}{' '}
      <small>
        Mean score on the same instances, {played}.{' '}
        {ended ? 'What that shows is in the report.' : 'It may change until all are played.'}
      </small>
    </p>
  );
}

export function ProgressPanel({ facts, pulse }: { facts: StudyFacts; pulse: StudyPulse }) {
  const { progress, running } = pulse;
  const { planned, statuses, decisions, unparsable, usage, judgeUsage } = progress;
  const left = planned - settledRuns(progress);
  const failed = failedRuns(progress);
  const perSecond = pace(progress);
  const leftMs = perSecond === undefined ? undefined : (1000 * left * facts.episodes) / perSecond;
  const budget = Object.entries(facts.budget).map(([unit, most]) =>
    unit === 'usd' ? dollars(Number(most)) : `${count(Number(most))} tokens`,
  );
  return (
    <section class="progress-panel" aria-labelledby="progress-title">
      <h2 id="progress-title" class="unseen">
        Progress
      </h2>
      <dl class="tiles">
        <Tile name="Runs done" value={count(statuses.done)} note={`of ${count(planned)}`} />
        <Tile name="Could not finish" value={count(failed)} />
        <Tile
          name="Time left"
          value={left === 0 ? 'none' : running && leftMs !== undefined ? duration(leftMs) : '–'}
          note={
            left === 0
              ? 'all runs have an outcome'
              : running
                ? 'at the present pace'
                : 'nothing is running it'
          }
        />
        <Tile
          name="Pace"
          value={paceText(perSecond)}
          note={progress.recent && `last ${count(progress.recent.episodes + 1)} episodes`}
        />
        <Tile
          name="Tokens"
          value={tokensOf(progress)}
          note={budget.length > 0 ? `budget ${budget.join(', ')}` : undefined}
        />
        <Tile
          name="Spent"
          value={usage.costUsd === undefined ? '–' : dollars(usage.costUsd)}
          note={usage.costUsd === undefined ? 'no prices known' : undefined}
        />
        {judgeUsage && (
          <Tile
            name="Judge tokens"
            value={tokensOf({ usage: judgeUsage })}
            note={judgeUsage.costUsd === undefined ? 'beside the team’s' : dollars(judgeUsage.costUsd)}
          />
        )}
        <Tile name="Decisions" value={count(decisions)} note={`${count(unparsable)} named no action`} />
      </dl>
    </section>
  );
}

export function Faults({ study, progress }: { study: string; progress: StudyProgress }) {
  if (progress.faults.length === 0) return null;
  return (
    <section class="faults-panel" aria-labelledby="faults-title">
      <h2 id="faults-title">Faults</h2>
      <ul class="faults">
        {progress.faults.map(({ message, status, count: n }) => (
          <li key={`${status} ${message}`}>
            <Link to={href(['study', study, 'runs'], { status })}>
              {plural(n, 'run')}, {status}
            </Link>{' '}
            <Word text={message} longest={600} />
          </li>
        ))}
      </ul>
      {progress.furtherFaults > 0 && (
        <p class="soft">and {plural(progress.furtherFaults, 'other message')}</p>
      )}
    </section>
  );
}
