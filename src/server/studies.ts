import { pairedGains, scoreRows, scoreTable, unreadableShare } from '../analysis/index.ts';
import type { JsonObject, PlannedRun, RunOutcome, StudyBrowser, StudyHead } from '../contracts/index.ts';
import type { Clock } from '../core/index.ts';
import type { EpisodeTask } from './episode-view.ts';
import { leaderOf } from './leader.ts';
import type { ScoreMatrix, StudyFacts, StudyPulse } from './wire.ts';

/** What the server needs to know of the world: where studies are, and how their tasks are made. */
export interface StudySource {
  /** Shown to people. */
  readonly folder: string;
  readonly version: string;
  readonly clock: Clock;
  /** All studies, whether they can be read or not. */
  list(): readonly { readonly id: string; readonly modified: string }[];
  /** Changes when the file was replaced by another one. */
  identity(id: string): string | undefined;
  open(id: string): StudyBrowser;
  running(id: string): boolean;
  /** The static report of a study, if it has been written. */
  report(id: string): string | undefined;
  hasReport(id: string): boolean;
  taskOf(head: StudyHead, run: PlannedRun): EpisodeTask;
}

/** An open study with what was worked out for it, good until somebody writes to it. */
export interface OpenStudy {
  readonly browser: StudyBrowser;
  readonly id: string;
  facts(): StudyFacts | undefined;
  pulse(): StudyPulse;
  /** Of a little while ago where the study changes fast: working it out takes a twentieth of the time at most. */
  scores(): Promise<ScoreMatrix>;
}

/** A share of time: how much longer a result of that cost is kept than it took to work it out. */
const restPerWork = 20;
const mostOpen = 16;

/** Opens studies on demand and keeps the last ones open; a study that was replaced on disk is opened anew. */
export function openStudies(source: StudySource) {
  const open = new Map<string, { readonly identity: string; readonly study: OpenStudy }>();
  const forget = (id: string) => {
    open.get(id)?.study.browser.close();
    open.delete(id);
  };
  return {
    /** @throws StoreError when it cannot be read; undefined when there is none */
    get(id: string): OpenStudy | undefined {
      const identity = source.identity(id);
      const known = open.get(id);
      if (known && known.identity !== identity) forget(id);
      if (identity === undefined) return undefined;
      if (known?.identity === identity) {
        // The most recently used comes last.
        open.delete(id);
        open.set(id, known);
        return known.study;
      }
      const study = openStudy(source, id);
      open.set(id, { identity, study });
      if (open.size > mostOpen) forget(open.keys().next().value as string);
      return study;
    },
    close: () => {
      for (const id of [...open.keys()]) forget(id);
    },
  };
}

function openStudy(source: StudySource, id: string): OpenStudy {
  const browser = source.open(id);
  let progress: { version: number; value: StudyPulse['progress'] } | undefined;
  let scores: { version: number; goodUntil: number; value: Promise<ScoreMatrix> } | undefined;
  return {
    browser,
    id,
    facts: () => {
      const head = browser.head();
      return head && factsOf(source, id, head);
    },
    pulse: () => {
      const version = browser.version();
      if (progress?.version !== version) progress = { version, value: browser.progress() };
      return { progress: progress.value, running: source.running(id), version };
    },
    scores: () => {
      const version = browser.version();
      const now = source.clock.monotonicMs();
      if (scores && (scores.version === version || now < scores.goodUntil)) return scores.value;
      const value = matrixOf(browser, version);
      const entry = { version, goodUntil: Infinity, value };
      scores = entry;
      const done = () => {
        const end = source.clock.monotonicMs();
        entry.goodUntil = end + restPerWork * (end - now);
      };
      value.then(done, () => (scores = undefined));
      return value;
    },
  };
}

async function matrixOf(browser: StudyBrowser, version: number): Promise<ScoreMatrix> {
  const scored: { run: PlannedRun; score: number }[] = [];
  async function* outcomes(): AsyncGenerator<{ run: PlannedRun; outcome?: RunOutcome }> {
    for await (const row of browser.outcomes()) {
      if (row.outcome?.score !== undefined) scored.push({ run: row.run, score: row.outcome.score });
      yield row;
    }
  }
  const table = await scoreTable(outcomes());
  const { rows } = scoreRows(table);
  const strategies = new Set(table.cells.map(({ strategy }) => strategy));
  const first = baselinesOf(browser.head()).find((label) => strategies.has(label));
  const baseline = strategies.size > 1 ? first : undefined;
  const gainOf = baseline === undefined ? () => undefined : pairedGains(scored, baseline);
  const leader = strategies.size > 1 ? leaderOf(scored, baseline ?? [...strategies][0]) : undefined;
  return {
    version,
    tasks: table.tasks,
    ...(baseline !== undefined && { baseline }),
    ...(leader && { leader }),
    rows: rows.flatMap(({ cells }) => {
      const known = cells.find((cell) => cell !== undefined);
      if (!known) return [];
      const { model, strategy, factors } = known;
      const withGains = cells.map(
        (cell) => cell && { ...cell, gain: gainOf(cell), unreadable: unreadableShare(cell) },
      );
      return [{ model, strategy, factors, cells: withGains }];
    }),
  };
}

function baselinesOf(head: StudyHead | undefined): string[] {
  const strategies = (head?.definition.strategies ?? []) as unknown as readonly Described[];
  return [...new Set(strategies.flatMap(({ label, baseline }) => (baseline ? [label] : [])))];
}

interface Described extends JsonObject {
  readonly label: string;
  readonly type?: string;
  readonly baseline?: boolean;
}

function factsOf(source: StudySource, id: string, head: StudyHead): StudyFacts {
  const { name, definition } = head;
  const described = (kind: string) => (definition[kind] ?? []) as unknown as readonly Described[];
  const labels = (kind: string) => [...new Set(described(kind).map(({ label }) => label))];
  const types = new Map(described('tasks').map(({ label, type }) => [label, type ?? '']));
  return {
    id,
    name,
    models: labels('models'),
    strategies: labels('strategies'),
    baselines: baselinesOf(head),
    tasks: [...types].map(([label, type]) => ({ label, type })),
    seeds: (definition.seeds ?? []) as readonly number[],
    factors: ((definition.factors ?? []) as unknown as StudyFacts['factors']).map(
      ({ name: factor, levels }) => ({
        name: factor,
        levels,
      }),
    ),
    episodes: Number(definition.episodes ?? 1),
    budget: (definition.budget ?? {}) as JsonObject,
    hasReport: source.hasReport(id),
  };
}
