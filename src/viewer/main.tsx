import { render } from 'preact';
import { useEffect } from 'preact/hooks';
import type { StudyFacts, StudyPulse } from '../server/index.ts';
import { type Live, useJson, usePulse } from './data.ts';
import { RunPage } from './pages/run.tsx';
import { RunsPage } from './pages/runs.tsx';
import { StudiesPage } from './pages/studies.tsx';
import { StudyPage } from './pages/study.tsx';
import { Link, Notice, Shown, Word } from './parts/basics.tsx';
import { StateBadge } from './parts/progress.tsx';
import { type Address, href, useAddress } from './router.ts';

function App() {
  const address = useAddress();
  const [root, study] = address.path;
  const id = root === 'study' ? study : undefined;
  useEffect(() => {
    document.title = id === undefined ? 'Studies - AgentMesh-STM' : `${id} - AgentMesh-STM`;
  }, [id]);
  return id === undefined ? (
    <>
      <Top />
      <StudiesPage />
    </>
  ) : (
    <StudyFrame key={id} id={id} address={address} />
  );
}

function Top({ id, live }: { id?: string; live?: Live }) {
  return (
    <header class="top">
      <Link to="/" class="brand">
        AgentMesh-STM
      </Link>
      {id !== undefined && (
        <>
          <span class="soft" aria-hidden="true">
            /
          </span>
          <h1>
            <Word text={id} />
          </h1>
        </>
      )}
      {live?.pulse && <StateBadge running={live.pulse.running} progress={live.pulse.progress} />}
      {live && (
        <span class={live.connected ? 'link-state' : 'link-state away'} role="status">
          {live.connected
            ? 'live'
            : live.version === undefined
              ? 'connecting…'
              : 'the server is away; trying again…'}
        </span>
      )}
    </header>
  );
}

function StudyFrame({ id, address }: { id: string; address: Address }) {
  const live = usePulse(id);
  const [, , page = 'overview', hash = ''] = address.path;
  const loaded = useJson<{ facts: StudyFacts; pulse: StudyPulse }>(
    `/api/studies/${encodeURIComponent(id)}`,
    live.pulse && `${live.pulse.progress.planned} ${live.pulse.running}`,
  );
  // What the first answer says stands until the stream has said more.
  const known: Live = live.pulse || !loaded.value ? live : { ...live, pulse: loaded.value.pulse };
  const fault = live.fault !== undefined && !live.pulse ? live.fault : undefined;
  return (
    <>
      <Top id={id} live={known} />
      <main class={page === 'run' ? 'broad' : ''}>
        <nav class="tabs" aria-label="Study">
          <Link to={href(['study', id])} current={page === 'overview'}>
            Overview
          </Link>
          <Link to={href(['study', id, 'runs'])} current={page === 'runs' || page === 'run'}>
            Runs
          </Link>
          {loaded.value?.facts.hasReport && (
            <a href={`/study/${encodeURIComponent(id)}/report`} target="_blank" rel="noopener">
              Report
            </a>
          )}
        </nav>
        {fault !== undefined && loaded.error === undefined && (
          <Notice kind="fault">
            <Word text={fault} longest={2_000} />
          </Notice>
        )}
        <Shown loaded={loaded}>
          {({ facts }) => {
            if (page === 'overview') return <StudyPage facts={facts} live={known} query={address.query} />;
            if (page === 'runs') return <RunsPage facts={facts} live={known} query={address.query} />;
            if (page === 'run')
              return <RunPage key={hash} facts={facts} hash={hash} query={address.query} live={known} />;
            return <Notice>There is no such page.</Notice>;
          }}
        </Shown>
      </main>
    </>
  );
}

const place = document.getElementById('app');
if (place) render(<App />, place);
