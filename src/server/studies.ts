import {
  hasSlightMass,
  lastLookOf,
  pairedGains,
  scoreRows,
  scoreTable,
  unreadableShare,
} from '../analysis/index.ts';
import type { PlannedRun, RunRow, StudyHead, StudyLevel, StudyReader } from '../contracts/index.ts';
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
  open(id: string): Promise<StudyReader>;
  running(id: string): boolean;
  /** The static report of a study, if it has been written. */
  report(id: string): string | undefined;
  hasReport(id: string): boolean;
  taskOf(head: StudyHead, run: PlannedRun): EpisodeTask;
}

/** An open study with what was worked out for it, good until somebody writes to it. */
export interface OpenStudy {
  readonly reader: StudyReader;
  readonly id: string;
  facts(): Promise<StudyFacts | undefined>;
  pulse(): Promise<StudyPulse>;
  /** Of a little while ago where the study changes fast: working it out takes a twentieth of the time at most. */
  scores(): Promise<ScoreMatrix>;
}

/** A share of time: how much longer a result of that cost is kept than it took to work it out. */
const restPerWork = 20;
const mostOpen = 16;

/** An open file, and how many are reading it at the moment: it is closed when it is forgotten and nobody does. */
interface Opened {
  readonly identity: string;
  readonly study: Promise<OpenStudy>;
  readers: number;
  forgotten: boolean;
}

/** Opens studies on demand and keeps the last ones open; a study that was replaced on disk is opened anew. */
export function openStudies(source: StudySource) {
  const open = new Map<string, Opened>();
  const closeUnread = (opened: Opened) => {
    if (!opened.forgotten || opened.readers > 0) return;
    opened.study.then(({ reader }) => reader.close()).catch(() => {});
  };
  const forget = (id: string) => {
    const opened = open.get(id);
    if (!opened) return;
    open.delete(id);
    opened.forgotten = true;
    closeUnread(opened);
  };
  const take = (id: string): Opened | undefined => {
    const identity = source.identity(id);
    const known = open.get(id);
    if (known && known.identity !== identity) forget(id);
    if (identity === undefined) return undefined;
    const opened =
      known?.identity === identity
        ? known
        : { identity, study: openStudy(source, id), readers: 0, forgotten: false };
    // The most recently used comes last.
    open.delete(id);
    open.set(id, opened);
    if (open.size > mostOpen) forget(open.keys().next().value as string);
    return opened;
  };
  return {
    /**
     * Hands the study to `body`; undefined when there is none. It stays open meanwhile.
     * @throws StoreError when it cannot be read
     */
    async read<T>(id: string, body: (study: OpenStudy | undefined) => T | Promise<T>): Promise<T> {
      const opened = take(id);
      if (!opened) return body(undefined);
      opened.readers++;
      try {
        return await body(
          await opened.study.catch((error: unknown) => {
            // It may have been mended by the next time.
            if (open.get(id) === opened) forget(id);
            throw error;
          }),
        );
      } finally {
        opened.readers--;
        closeUnread(opened);
      }
    },
    close: () => {
      for (const id of [...open.keys()]) forget(id);
    },
  };
}

async function openStudy(source: StudySource, id: string): Promise<OpenStudy> {
  const reader = await source.open(id);
  let progress: { readonly version: number; readonly value: Promise<StudyPulse['progress']> } | undefined;
  let scores: { version: number; goodUntil: number; value: Promise<ScoreMatrix> } | undefined;
  return {
    reader,
    id,
    facts: async () => {
      const head = await reader.head();
      return head && factsOf(source, id, head);
    },
    pulse: async () => {
      const version = await reader.version();
      const known = progress?.version === version ? progress : { version, value: reader.progress() };
      progress = known;
      known.value.catch(() => (progress = undefined));
      return { progress: await known.value, running: source.running(id), version };
    },
    scores: async () => {
      const version = await reader.version();
      const now = source.clock.monotonicMs();
      if (scores && (scores.version === version || now < scores.goodUntil)) return scores.value;
      const value = matrixOf(reader, version);
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

async function matrixOf(reader: StudyReader, version: number): Promise<ScoreMatrix> {
  const scored: { run: PlannedRun; score: number }[] = [];
  async function* outcomes(): AsyncGenerator<RunRow> {
    for await (const row of reader.outcomes()) {
      if (row.outcome?.score !== undefined) scored.push({ run: row.run, score: row.outcome.score });
      yield row;
    }
  }
  const table = await scoreTable(outcomes());
  const { rows } = scoreRows(table);
  const strategies = new Set(table.cells.map(({ strategy }) => strategy));
  const head = await reader.head();
  const study = head?.definition.until && (await reader.study());
  const look = study && (await lastLookOf(study, reader));
  const first = baselinesOf(head).find((label) => strategies.has(label));
  const baseline = strategies.size > 1 ? first : undefined;
  const gainOf = baseline === undefined ? () => undefined : pairedGains(scored, baseline);
  const leader = strategies.size > 1 ? leaderOf(scored, baseline ?? [...strategies][0]) : undefined;
  return {
    version,
    tasks: table.tasks,
    ...(baseline !== undefined && { baseline }),
    ...(leader && { leader }),
    ...(look !== undefined && { look }),
    rows: rows.flatMap(({ cells }) => {
      const known = cells.find((cell) => cell !== undefined);
      if (!known) return [];
      const { model, strategy, factors } = known;
      const withGains = cells.map(
        (cell) =>
          cell && {
            ...cell,
            gain: gainOf(cell),
            unreadable: unreadableShare(cell),
            ...(hasSlightMass(cell) && { slightMass: true }),
          },
      );
      return [{ model, strategy, factors, cells: withGains }];
    }),
  };
}

function baselinesOf(head: StudyHead | undefined): string[] {
  const strategies = head?.definition.strategies ?? [];
  return [...new Set(strategies.flatMap(({ label, baseline }) => (baseline ? [label] : [])))];
}

function factsOf(source: StudySource, id: string, head: StudyHead): StudyFacts {
  const { name, definition } = head;
  const labels = (levels: readonly StudyLevel[]) => [...new Set(levels.map(({ label }) => label))];
  const types = new Map(definition.tasks.map(({ label, type }) => [label, type]));
  return {
    id,
    name,
    models: labels(definition.models),
    strategies: labels(definition.strategies),
    baselines: baselinesOf(head),
    tasks: [...types].map(([label, type]) => ({ label, type })),
    seeds: definition.seeds,
    factors: definition.factors.map(({ name: factor, levels }) => ({ name: factor, levels })),
    episodes: definition.episodes,
    budget: definition.budget,
    hasReport: source.hasReport(id),
  };
}
