import { useLayoutEffect } from 'preact/hooks';
import type { RunRow } from '../../contracts/index.ts';
import { fixed } from '../../report/format.ts';
import type { EpisodeView, RunDetails, StudyFacts } from '../../server/index.ts';
import { type Live, useCalm, useJson } from '../data.ts';
import { Link, Notice, Shown, Word } from '../parts/basics.tsx';
import { EpisodePane } from '../parts/episode-pane.tsx';
import { changed, current, go, href } from '../router.ts';
import { levels, plural } from '../words.ts';

interface RunPageProps {
  readonly facts: StudyFacts;
  readonly hash: string;
  readonly query: URLSearchParams;
  readonly live: Live;
}

/** One run, step by step, alone or beside another run of the same instances. */
export function RunPage({ facts, hash, query, live }: RunPageProps) {
  const base = `/api/studies/${encodeURIComponent(facts.id)}/runs`;
  const details = useJson<RunDetails>(`${base}/${encodeURIComponent(hash)}`, useCalm(live.version, 3_000));
  return (
    <Shown loaded={details}>{(run) => <Viewer facts={facts} run={run} query={query} base={base} />}</Shown>
  );
}

function Viewer({
  facts,
  run,
  query,
  base,
}: {
  facts: StudyFacts;
  run: RunDetails;
  query: URLSearchParams;
  base: string;
}) {
  const { hash } = run.run;
  const here = ['study', facts.id, 'run', hash];
  const episode = Number(query.get('episode') ?? run.episodes[0]?.episode ?? 0);
  const other = query.get('with') ?? undefined;
  const step = stepOf(query);
  const left = useJson<EpisodeView>(
    run.episodes.length > 0 ? `${base}/${encodeURIComponent(hash)}/episodes/${episode}` : undefined,
  );
  const right = useJson<EpisodeView>(
    other === undefined ? undefined : `${base}/${encodeURIComponent(other)}/episodes/${episode}`,
  );
  const last = Math.max(left.value?.steps.length ?? 0, right.value?.steps.length ?? 0);
  const goTo = (to: number) => {
    const { query: now } = current();
    const next = Math.min(last, Math.max(0, to));
    if (next !== stepOf(now))
      go(href(here, changed(now, { step: next === 0 ? undefined : next })), { replace: true });
  };
  // From the address and not from what is drawn: keys and clicks may come faster than the page follows.
  const goBy = (steps: number) => goTo(Math.min(last, stepOf(current().query)) + steps);
  // With the drawing and not after it: a key pressed as soon as a step is seen acts on what is seen.
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.altKey || event.ctrlKey || event.metaKey || isField(event.target)) return;
      const move = {
        ArrowLeft: () => goBy(-1),
        ArrowRight: () => goBy(1),
        Home: () => goTo(0),
        End: () => goTo(last),
      }[event.key];
      // Nothing to step through yet: the step that the link asks for stays.
      if (move === undefined || last === 0) return;
      event.preventDefault();
      move();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  });
  return (
    <>
      <RunHead facts={facts} run={run} query={query} episode={episode} other={other} />
      {run.outcome?.error !== undefined && (
        <Notice kind="fault">
          This run could not finish ({run.outcome.status}): <Word text={run.outcome.error} longest={2_000} />
        </Notice>
      )}
      {run.episodes.length === 0 ? (
        <Notice>
          {run.outcome
            ? 'No episode of this run was finished, so there is nothing to step through.'
            : 'This run has not been played yet.'}
        </Notice>
      ) : (
        <>
          <Stepper step={Math.min(step, last)} last={last} goTo={goTo} goBy={goBy} />
          <div class={other === undefined ? 'panes' : 'panes two'}>
            <Pane loaded={left} step={step} onStep={goTo} />
            {other !== undefined && <Pane loaded={right} step={step} onStep={goTo} />}
          </div>
        </>
      )}
    </>
  );
}

function Pane({
  loaded,
  step,
  onStep,
}: {
  loaded: { value?: EpisodeView; error?: string };
  step: number;
  onStep: (step: number) => void;
}) {
  return (
    <Shown loaded={loaded}>
      {(view) => <EpisodePane episode={view} step={Math.min(step, view.steps.length)} onStep={onStep} />}
    </Shown>
  );
}

/** Arrow keys move elsewhere while a choice or a field has the focus. */
function isField(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName);
}

/** The step that a link asks for. */
function stepOf(query: URLSearchParams): number {
  return Math.max(0, Number(query.get('step')) || 0);
}

interface StepperProps {
  readonly step: number;
  readonly last: number;
  readonly goTo: (step: number) => void;
  readonly goBy: (steps: number) => void;
}

function Stepper({ step, last, goTo, goBy }: StepperProps) {
  return (
    <div class="stepper" role="group" aria-label="Steps">
      <button type="button" onClick={() => goTo(0)} disabled={step === 0} title="First step (Home)">
        |←<span class="unseen">First step</span>
      </button>
      <button type="button" onClick={() => goBy(-1)} disabled={step === 0} title="Step back (←)">
        ←<span class="unseen">Step back</span>
      </button>
      <input
        type="range"
        min={0}
        max={last}
        value={step}
        aria-label="Step"
        aria-valuetext={step === last ? 'The end' : `Step ${step + 1} of ${last}`}
        onInput={(event) => goTo(Number(event.currentTarget.value))}
      />
      <button type="button" onClick={() => goBy(1)} disabled={step === last} title="Step on (→)">
        →<span class="unseen">Step on</span>
      </button>
      <button type="button" onClick={() => goTo(last)} disabled={step === last} title="The end (End)">
        →|<span class="unseen">The end</span>
      </button>
      <output aria-live="polite">{step === last ? 'The end' : `Step ${step + 1} of ${last}`}</output>
    </div>
  );
}

function RunHead({
  facts,
  run,
  query,
  episode,
  other,
}: {
  facts: StudyFacts;
  run: RunDetails;
  query: URLSearchParams;
  episode: number;
  other?: string;
}) {
  const { hash, task, seed } = run.run;
  const here = ['study', facts.id, 'run', hash];
  const others = run.block.filter((row) => row.run.hash !== hash && (row.outcome?.episodes ?? 0) > 0);
  const set = (changes: Record<string, string | undefined>) => go(href(here, changed(query, changes)));
  return (
    <div class="run-head">
      <h2>
        <RunName row={run} />
        <small>
          on{' '}
          <Link to={href(['study', facts.id, 'runs'], { task, seed })}>
            <Word text={task} />, seed {seed}
          </Link>
        </small>
      </h2>
      <div class="filters">
        {run.episodes.length > 1 && (
          <label>
            episode
            <select
              value={String(episode)}
              onChange={(event) => set({ episode: event.currentTarget.value, step: undefined })}
            >
              {run.episodes.map((each) => (
                <option key={each.episode} value={String(each.episode)}>
                  {each.episode + 1}: {fixed(each.score)}
                </option>
              ))}
            </select>
          </label>
        )}
        <label>
          beside
          <select
            value={other ?? ''}
            onChange={(event) => set({ with: event.currentTarget.value || undefined })}
          >
            <option value="">nothing</option>
            {others.map((row, k) => (
              <option key={`${row.run.hash} ${k}`} value={row.run.hash}>
                {row.run.strategy} · {row.run.model}
                {levels(row.run.factors) && ` · ${levels(row.run.factors)}`}
                {row.outcome?.score !== undefined && ` (${fixed(row.outcome.score)})`}
              </option>
            ))}
          </select>
        </label>
        {run.furtherBlock > 0 && (
          <span class="soft">and {plural(run.furtherBlock, 'further run')} of this instance</span>
        )}
      </div>
    </div>
  );
}

function RunName({ row: { run } }: { row: RunRow }) {
  return (
    <>
      <Word text={run.strategy} /> <small>with</small> <Word text={run.model} />
      {Object.keys(run.factors).length > 0 && (
        <small>
          , <Word text={levels(run.factors)} longest={200} />
        </small>
      )}
    </>
  );
}
