import { type ExpressionBuilder, type SqlBool, sql } from 'kysely';
import {
  type RunFilter,
  type RunPage,
  type RunOrder,
  type RunQuery,
  type RunStatus,
  runStatuses,
  type StudyProgress,
} from '../../contracts/index.ts';
import type { Connection } from './connection.ts';
import { paceOf } from '../memory-queries.ts';
import { fromUsageColumns } from '../rows.ts';
import { runRows, toRunRow } from './study-tables.ts';
import type { Tables } from '../tables.ts';

const faultKinds = 20;
const recentEpisodes = 200;

export function loadProgress(db: Connection): StudyProgress {
  const { queries } = db;
  const planned = queries.selectFrom('planned_run').select('hash').distinct();
  const [{ count }] = db.all(
    queries.selectFrom(planned.as('design')).select(({ fn }) => fn.countAll<number>().as('count')),
  );
  const byStatus = db.all(
    queries
      .selectFrom('outcome')
      .where('hash', 'in', planned)
      .select(['status'])
      .select(({ fn }) => [
        fn.countAll<number>().as('count'),
        fn.sum<number>('decisions').as('decisions'),
        fn.sum<number>('unparsable').as('unparsable'),
        fn.sum<number | null>('input_tokens').as('input_tokens'),
        fn.sum<number | null>('output_tokens').as('output_tokens'),
        fn.sum<number | null>('cost_usd').as('cost_usd'),
      ])
      .groupBy('status'),
  );
  const sumOf = (column: 'input_tokens' | 'output_tokens' | 'cost_usd') =>
    byStatus.reduce<number | null>(
      (sum, row) => (row[column] === null ? sum : (sum ?? 0) + row[column]),
      null,
    );
  const faults = db.all(
    queries
      .selectFrom('outcome')
      .where('hash', 'in', planned)
      .where('error', 'is not', null)
      .select(['status', 'error'])
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .groupBy(['status', 'error'])
      .orderBy('count', 'desc'),
  );
  return {
    planned: count,
    statuses: Object.fromEntries(
      runStatuses.map((status) => [status, byStatus.find((row) => row.status === status)?.count ?? 0]),
    ) as Record<RunStatus, number>,
    decisions: byStatus.reduce((sum, row) => sum + row.decisions, 0),
    unparsable: byStatus.reduce((sum, row) => sum + row.unparsable, 0),
    usage: fromUsageColumns({
      input_tokens: sumOf('input_tokens'),
      output_tokens: sumOf('output_tokens'),
      cost_usd: sumOf('cost_usd'),
    }),
    ...judged(db),
    faults: faults.slice(0, faultKinds).map((row) => ({
      message: JSON.parse(row.error ?? '""') as string,
      status: row.status as RunStatus,
      count: row.count,
    })),
    furtherFaults: Math.max(0, faults.length - faultKinds),
    ...recent(db),
  };
}

/** What the judges of the design's runs have used. */
function judged(db: Connection): Pick<StudyProgress, 'judgeUsage'> {
  const planned = db.queries.selectFrom('planned_run').select('hash');
  const [{ count, ...sums }] = db.all(
    db.queries
      .selectFrom('judged_outcome')
      .where('hash', 'in', planned)
      .select(({ fn }) => [
        fn.countAll<number>().as('count'),
        fn.sum<number | null>('input_tokens').as('input_tokens'),
        fn.sum<number | null>('output_tokens').as('output_tokens'),
        fn.sum<number | null>('cost_usd').as('cost_usd'),
      ]),
  );
  return count === 0 ? {} : { judgeUsage: fromUsageColumns(sums) };
}

/** The pace of the last episodes, from when each was finished. */
function recent(db: Connection): Pick<StudyProgress, 'recent'> {
  const rows = db.all(
    db.queries
      .selectFrom('timing')
      .select(['started_at', 'wall_ms'])
      .orderBy('episode_id', 'desc')
      .limit(recentEpisodes),
  );
  return paceOf(rows.map((row) => Date.parse(row.started_at) + row.wall_ms));
}

export function loadPage(db: Connection, { filter, order, descending, offset, limit }: RunQuery): RunPage {
  const [{ total }] = db.all(
    db.queries
      .selectFrom('planned_run')
      .leftJoin('outcome', 'outcome.hash', 'planned_run.hash')
      .select(({ fn }) => fn.countAll<number>().as('total'))
      .where((e) => passes(e as unknown as RunExpressions, filter)),
  );
  // Runs without a value come last in either direction.
  const ordered = runRows(db)
    .where((e) => passes(e as unknown as RunExpressions, filter))
    .orderBy(sql`${orderings[order]} is null`)
    .orderBy(orderings[order], descending ? 'desc' : 'asc')
    .orderBy('position');
  return { total, rows: db.all(ordered.limit(limit).offset(offset)).map(toRunRow) };
}

const orderings: Readonly<Record<RunOrder, ReturnType<typeof sql<number>>>> = {
  design: sql<number>`planned_run.position`,
  score: sql<number>`outcome.score`,
  seed: sql<number>`planned_run.seed`,
  steps: sql<number>`outcome.steps`,
  tokens: sql<number>`outcome.input_tokens + coalesce(outcome.output_tokens, 0)`,
  cost: sql<number>`outcome.cost_usd`,
};

type RunExpressions = ExpressionBuilder<Tables, 'planned_run' | 'outcome'>;

function passes(e: RunExpressions, filter: RunFilter) {
  const conditions = [];
  for (const name of ['model', 'strategy', 'task', 'seed', 'hash'] as const) {
    const wanted = filter[name];
    if (wanted !== undefined) conditions.push(e(`planned_run.${name}`, '=', wanted as never));
  }
  if (filter.status === 'pending') conditions.push(e('outcome.status', 'is', null));
  else if (filter.status === 'failed') conditions.push(e('outcome.status', '!=', 'done'));
  else if (filter.status !== undefined) conditions.push(e('outcome.status', '=', filter.status));
  for (const [name, level] of Object.entries(filter.factors ?? {})) {
    // The arrow gives a level as JSON text, which tells 1 from "1".
    conditions.push(sql<SqlBool>`planned_run.factors -> ${`$."${name.replaceAll('"', '')}"`} = ${level}`);
  }
  return e.and(conditions);
}
