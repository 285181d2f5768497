import { type SelectQueryBuilder, sql } from 'kysely';
import { type Spending, type StudySpending, unfinishedUsage } from '../../contracts/index.ts';
import { mayReserve, spendingOf, sumSpending } from '../spending.ts';
import type { Tables } from '../tables.ts';
import { requireFinite } from '../trace-codec.ts';
import type { Connection } from './connection.ts';
import { storableText } from './storable-text.ts';
import { loadTallies } from './tally-table.ts';

export function loadSpending(db: Connection): StudySpending {
  const rows = loadRows(db);
  return {
    used: loadUsed(db),
    lost: sumSpending(rows.map(({ lost }) => lost)),
    reserved: sumSpending(rows.map(({ reserved }) => reserved)),
  };
}

export async function saveReserve(
  db: Connection,
  worker: string,
  most: Spending,
  limits: Spending,
): Promise<boolean> {
  const name = checkedName(worker);
  requireFiniteSpending(most);
  return db.transaction('reserving a part of the budget in', () => {
    const { used, lost } = loadSpending(db);
    const others = loadRows(db).filter((row) => row.worker !== name);
    const held = sumSpending(others.map(({ reserved }) => reserved));
    if (!mayReserve({ used, lost }, held, most, limits)) return false;
    const reserved = { reserved_tokens: most.tokens, reserved_usd: most.usd };
    const insert = db.queries.insertInto('spending').values({ ...emptyRow, ...reserved, worker: name });
    db.run(insert.onConflict((c) => c.column('worker').doUpdateSet(reserved)));
    return true;
  });
}

export async function saveSettlement(db: Connection, worker: string, lost: Spending): Promise<void> {
  const name = checkedName(worker);
  requireFiniteSpending(lost);
  await db.transaction('settling the budget in', () => {
    const row = { ...emptyRow, lost_tokens: lost.tokens, lost_usd: lost.usd, worker: name };
    db.run(
      db.queries
        .insertInto('spending')
        .values(row)
        .onConflict((c) =>
          c.column('worker').doUpdateSet({
            reserved_tokens: 0,
            reserved_usd: 0,
            lost_tokens: sql<number>`spending.lost_tokens + excluded.lost_tokens`,
            lost_usd: sql<number>`spending.lost_usd + excluded.lost_usd`,
          }),
        ),
    );
    db.run(db.queries.deleteFrom('spending').where('lost_tokens', '=', 0).where('lost_usd', '=', 0));
  });
}

/** One process writes at a time: whoever holds the lock knows that all who still hold something are no more. */
export async function loseWhatIsHeld(db: Connection): Promise<void> {
  if (!hasTable(db) || loadRows(db).every(({ reserved }) => reserved.tokens === 0 && reserved.usd === 0))
    return;
  const lose = db.queries.updateTable('spending').set({
    lost_tokens: sql<number>`lost_tokens + reserved_tokens`,
    lost_usd: sql<number>`lost_usd + reserved_usd`,
    reserved_tokens: 0,
    reserved_usd: 0,
  });
  await db.transaction('settling the budget in', () => db.run(lose));
}

const emptyRow = { reserved_tokens: 0, reserved_usd: 0, lost_tokens: 0, lost_usd: 0 };

function loadRows(db: Connection): { worker: string; reserved: Spending; lost: Spending }[] {
  if (!hasTable(db)) return [rowOfTallies(loadTallies(db))];
  return db.all(db.queries.selectFrom('spending').selectAll()).map((row) => ({
    worker: row.worker,
    reserved: { tokens: row.reserved_tokens, usd: row.reserved_usd },
    lost: { tokens: row.lost_tokens, usd: row.lost_usd },
  }));
}

/** Files that nobody has written to since format 2 keep it among the tallies. */
function rowOfTallies(tallies: Readonly<Record<string, number>>) {
  const read = (what: string) => ({
    tokens: tallies[`${what} tokens`] ?? 0,
    usd: tallies[`${what} usd`] ?? 0,
  });
  return { worker: 'before', reserved: read('under way'), lost: read('lost') };
}

function hasTable(db: Connection): boolean {
  const tables = db.queries.selectFrom('sqlite_master' as never).select(sql<number>`1`.as('one'));
  return db.all(tables.where(sql<boolean>`type = 'table' and name = 'spending'`)).length > 0;
}

/** Of the design's runs: those that are done as their outcome says, the others by their finished episodes. */
function loadUsed(db: Connection): Spending {
  const { queries } = db;
  const planned = queries.selectFrom('planned_run').select('hash');
  const done = queries.selectFrom('outcome').select('hash').where('status', '=', 'done');
  const outcomes = queries.selectFrom('outcome').where('status', '=', 'done').where('hash', 'in', planned);
  const episodes = queries.selectFrom('episode').where('run', 'in', planned.except(done));
  return sumSpending([
    ...db.all(spendingColumns(outcomes)),
    ...db.all(spendingColumns(episodes)),
    ...db.all(
      spendingColumns(
        queries.selectFrom('judged_outcome').where('hash', 'in', planned).where('hash', 'in', done),
      ),
    ),
    ...db.all(
      spendingColumns(
        queries.selectFrom('judged_episode').where('episode_id', 'in', episodes.select('episode.id')),
      ),
    ),
    spendingOf(unfinishedUsage(loadTallies(db))),
  ]);
}

function spendingColumns<T extends 'outcome' | 'episode' | 'judged_outcome' | 'judged_episode'>(
  rows: SelectQueryBuilder<Tables, T, object>,
) {
  return rows.select([
    sql<number>`coalesce(sum(input_tokens), 0) + coalesce(sum(output_tokens), 0)`.as('tokens'),
    sql<number>`coalesce(sum(cost_usd), 0)`.as('usd'),
  ]);
}

function checkedName(worker: string): string {
  return storableText(worker, 'name of a worker');
}

function requireFiniteSpending({ tokens, usd }: Spending): void {
  requireFinite(tokens, 'tokens of a reserve');
  requireFinite(usd, 'dollars of a reserve');
}
