import type { ScoreMatrix, StudyFacts } from '../../server/index.ts';
import { type Live, useCalm, useJson } from '../data.ts';
import { Notice, Shown } from '../parts/basics.tsx';
import { Matrix } from '../parts/matrix.tsx';
import { Faults, ProgressPanel } from '../parts/progress.tsx';

/** How far a study is, what went wrong, and the matrix as it fills in. */
export function StudyPage({ facts, live }: { facts: StudyFacts; live: Live }) {
  const url = `/api/studies/${encodeURIComponent(facts.id)}/scores`;
  const scores = useJson<ScoreMatrix>(url, useCalm(live.version, 4_000));
  const { pulse } = live;
  return (
    <>
      {pulse && <ProgressPanel facts={facts} pulse={pulse} />}
      {pulse && pulse.progress.planned === 0 && <Notice>This study has no runs.</Notice>}
      {pulse && <Faults study={facts.id} progress={pulse.progress} />}
      <Shown loaded={scores}>{(matrix) => <Matrix study={facts.id} matrix={matrix} />}</Shown>
    </>
  );
}
