import {
  type EpisodeRecord,
  type EpisodeSummary,
  type EpisodeTiming,
  type FinishedEpisode,
  type Json,
  type RunOutcome,
  StoreError,
  summarizeEpisode,
} from '../../contracts/index.ts';
import { sha256 } from '../../core/index.ts';
import type { Connection } from './connection.ts';
import { DamagedStoreError, errorCode } from './errors.ts';
import { storableText } from './storable-text.ts';
import { type RowInsert, rowInsert } from './row-insert.ts';
import { judgeColumns, massColumns } from './study-tables.ts';
import {
  fromConductColumns,
  fromJudgeColumns,
  fromMassColumns,
  fromReferenceRow,
  fromResultColumns,
  fromUsageColumns,
  toConductColumns,
  toReferenceColumns,
  toResultColumns,
  toUsageColumns,
} from '../rows.ts';
import { decodeTrace, encodeTrace, requireFinite, strictJson } from '../trace-codec.ts';

const episodeColumns = [
  'run',
  'episode',
  'score',
  'return',
  'oracle',
  'random',
  'random_standard_error',
  'steps',
  'decisions',
  'unparsable',
  'input_tokens',
  'output_tokens',
  'cost_usd',
  'prefix_id',
  'instance',
  'trace',
] as const;
const judgedColumns = ['episode_id', 'input_tokens', 'output_tokens', 'cost_usd'] as const;
const resultColumns = ['episode_id', 'item', 'measures', 'opinions'] as const;
const massesOfEpisode = ['episode_id', 'known', 'slight'] as const;
const conductColumns = ['episode_id', 'not_judged', 'short'] as const;
const slowestColumns = ['episode_id', 'ms'] as const;
const timingColumns = ['episode_id', 'started_at', 'wall_ms'] as const;

/**
 * Saves one episode in one transaction. The hot path of a study: statements are prepared once, and everything is
 * encoded before the transaction begins.
 */
export function episodeWriter(db: Connection, saveOutcome: (outcome: RunOutcome) => void) {
  let insertEpisode: RowInsert<(typeof episodeColumns)[number]> | undefined;
  let insertTiming: RowInsert<(typeof timingColumns)[number]> | undefined;
  let insertJudged: RowInsert<(typeof judgedColumns)[number]> | undefined;
  let insertMass: RowInsert<(typeof massesOfEpisode)[number]> | undefined;
  let insertConduct: RowInsert<(typeof conductColumns)[number]> | undefined;
  let insertSlowest: RowInsert<(typeof slowestColumns)[number]> | undefined;
  let insertResult: RowInsert<(typeof resultColumns)[number]> | undefined;
  const prefixIds = prefixWriter(db);
  return async (episode: EpisodeRecord, timing: EpisodeTiming, outcome?: RunOutcome): Promise<void> => {
    const summary = summarizeEpisode(episode);
    const { judgeUsage, mass } = summary;
    const row = toEpisodeRow(episode, summary);
    const result = toResultColumns(summary);
    const conduct = toConductColumns(summary);
    const remember = await db.transaction('saving an episode to', () => {
      const insert = (insertEpisode ??= rowInsert(db, 'episode', episodeColumns));
      const insertTimes = (insertTiming ??= rowInsert(db, 'timing', timingColumns));
      const prefix = prefixIds(episode.prefix);
      const { lastInsertRowid } = refuseTwice(episode, db.file, () =>
        insert({ ...row, prefix_id: prefix.id }),
      );
      insertTimes({ episode_id: lastInsertRowid, started_at: timing.startedAt, wall_ms: timing.wallMs });
      if (judgeUsage) {
        insertJudged ??= rowInsert(db, 'judged_episode', judgedColumns);
        insertJudged({ episode_id: lastInsertRowid, ...toUsageColumns(judgeUsage) });
      }
      if (result) {
        insertResult ??= rowInsert(db, 'episode_result', resultColumns);
        insertResult({ episode_id: lastInsertRowid, ...result });
      }
      if (mass) {
        insertMass ??= rowInsert(db, 'mass_episode', massesOfEpisode);
        insertMass({ episode_id: lastInsertRowid, ...mass });
      }
      if (conduct) {
        insertConduct ??= rowInsert(db, 'conduct_episode', conductColumns);
        insertConduct({ episode_id: lastInsertRowid, ...conduct });
      }
      if (timing.slowestMs !== undefined) {
        insertSlowest ??= rowInsert(db, 'slowest', slowestColumns);
        insertSlowest({ episode_id: lastInsertRowid, ms: timing.slowestMs });
      }
      if (outcome) saveOutcome(outcome);
      return prefix.remember;
    });
    remember();
  };
}

function toEpisodeRow(episode: EpisodeRecord, { usage, steps, decisions, unparsable }: EpisodeSummary) {
  requireFinite(episode.score ?? 0, 'score');
  requireFinite(episode.return, 'return');
  return {
    run: storableText(episode.run, 'run hash'),
    episode: episode.episode,
    // The column holds a number; that there is no score is kept beside it.
    score: episode.score ?? 0,
    return: episode.return,
    ...toReferenceColumns(episode.references),
    steps,
    decisions,
    unparsable,
    ...toUsageColumns(usage),
    instance: strictJson(episode.instance, 'an instance'),
    trace: encodeTrace(episode.steps),
  };
}

function refuseTwice<T>(episode: EpisodeRecord, file: string, insert: () => T): T {
  try {
    return insert();
  } catch (error) {
    if (!errorCode(error).startsWith('SQLITE_CONSTRAINT')) throw error;
    throw new StoreError(
      `Episode ${episode.episode} of run ${episode.run} is already stored, and a finished episode is never run twice.`,
      file,
      { cause: error },
    );
  }
}

/** Ids of prefixes. One is remembered only after its transaction has been committed. */
function prefixWriter(db: Connection) {
  const { queries } = db;
  const known = new Map<string, number>();
  const maxKnown = 256;
  return (prefix: string): { id: number; remember: () => void } => {
    const id = known.get(prefix);
    if (id !== undefined) return { id, remember: () => {} };
    const text = JSON.stringify(prefix);
    const hash = sha256(text);
    db.run(
      queries
        .insertInto('prefix')
        .values({ hash, text })
        .onConflict((c) => c.column('hash').doNothing()),
    );
    const [row] = db.all(queries.selectFrom('prefix').select('id').where('hash', '=', hash));
    return {
      id: row.id,
      remember: () => {
        if (known.size >= maxKnown) known.clear();
        known.set(prefix, row.id);
      },
    };
  };
}

export function loadEpisode(db: Connection, run: string, episode: number): EpisodeRecord | undefined {
  const [row] = db.all(
    db.queries
      .selectFrom('episode')
      .innerJoin('prefix', 'prefix.id', 'episode.prefix_id')
      .leftJoin('episode_result', 'episode_result.episode_id', 'episode.id')
      .leftJoin('conduct_episode', 'conduct_episode.episode_id', 'episode.id')
      .select('episode_result.item')
      .select(['not_judged', 'short'])
      .select(['episode.return', 'episode.score', 'episode.instance', 'episode.trace', 'prefix.text'])
      .select(['episode.oracle', 'episode.random', 'episode.random_standard_error'])
      .where('episode.run', '=', run)
      .where('episode.episode', '=', episode),
  );
  if (!row) return undefined;
  try {
    return {
      run,
      episode,
      instance: JSON.parse(row.instance) as Json,
      ...(row.item !== null && { item: JSON.parse(row.item) as string }),
      references: fromReferenceRow(row),
      return: row.return,
      ...(!row.not_judged && { score: row.score }),
      prefix: JSON.parse(row.text) as string,
      steps: decodeTrace(row.trace),
    };
  } catch (error) {
    throw new DamagedStoreError(db.file, `episode ${episode} of run ${run} cannot be read`, error);
  }
}

export function loadEpisodes(db: Connection, run: string): FinishedEpisode[] {
  const rows = db.all(
    db.queries
      .selectFrom('episode')
      .innerJoin('timing', 'timing.episode_id', 'episode.id')
      .leftJoin('judged_episode as by_judges', 'by_judges.episode_id', 'episode.id')
      .leftJoin('mass_episode as masses', 'masses.episode_id', 'episode.id')
      .leftJoin('episode_result', 'episode_result.episode_id', 'episode.id')
      .leftJoin('conduct_episode', 'conduct_episode.episode_id', 'episode.id')
      .leftJoin('slowest', 'slowest.episode_id', 'episode.id')
      .select(['item', 'measures', 'opinions', 'not_judged', 'short', 'slowest.ms as slowest_ms'])
      .select(['episode', 'score', 'return', 'steps', 'decisions', 'unparsable'])
      .select(['episode.input_tokens', 'episode.output_tokens', 'episode.cost_usd'])
      .select(['started_at', 'wall_ms'])
      .select(judgeColumns('by_judges.episode_id'))
      .select(massColumns)
      .where('run', '=', run)
      .orderBy('episode'),
  );
  return rows.map((row) => ({
    episode: row.episode,
    return: row.return,
    steps: row.steps,
    decisions: row.decisions,
    unparsable: row.unparsable,
    usage: fromUsageColumns(row),
    ...fromJudgeColumns(row),
    ...fromMassColumns(row),
    ...fromResultColumns(row),
    ...fromConductColumns(row),
    startedAt: row.started_at,
    wallMs: row.wall_ms,
    ...(row.slowest_ms !== null && { slowestMs: row.slowest_ms }),
  }));
}
