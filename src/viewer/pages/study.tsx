import type { ScoreMatrix, StudyFacts } from '../../server/index.ts';
import { useState } from 'preact/hooks';
import { type Live, useJson, useTicks } from '../data.ts';
import { Notice, Shown, Word } from '../parts/basics.tsx';
import { Matrix } from '../parts/matrix.tsx';
import { Faults, Lead, ProgressBar, ProgressPanel } from '../parts/progress.tsx';

/** How far a study is, what went wrong, and the matrix as it fills in. */
export function StudyPage({ facts, live, query }: { facts: StudyFacts; live: Live; query: URLSearchParams }) {
  const url = `/api/studies/${encodeURIComponent(facts.id)}/scores`;
  const { pulse } = live;
  const [stale, setStale] = useState(false);
  const scores = useJson<ScoreMatrix>(url, `${live.connections} ${useTicks(stale ? 3_000 : undefined)}`);
  // The server works scores out only so often, so the page asks until they are those of the study as it is.
  const behind = scores.value !== undefined && pulse !== undefined && scores.value.version !== pulse.version;
  if (behind !== stale) setStale(behind);
  return (
    <div class="overview">
      {pulse && <ProgressBar progress={pulse.progress} />}
      {pulse && scores.value && <Lead leader={scores.value.leader} progress={pulse.progress} />}
      {scores.value?.look !== undefined && (
        <p class="lead">
          <Word text={scores.value.look} longest={600} />
        </p>
      )}
      {pulse && <ProgressPanel facts={facts} pulse={pulse} />}
      {pulse && pulse.progress.planned === 0 && <Notice>This study has no runs.</Notice>}
      {pulse && <Faults study={facts.id} progress={pulse.progress} />}
      <Shown loaded={scores}>
        {(matrix) => <Matrix study={facts.id} matrix={matrix} show={query.get('show') ?? undefined} />}
      </Shown>
    </div>
  );
}
