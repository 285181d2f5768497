import { type Kysely, type Migration, sql } from 'kysely';

/**
 * The database's history, oldest first; the format version is how many of them a file has seen. A migration
 * that has been released never changes: a new format is a new entry, named with the next number.
 */
export const storeMigrations: Readonly<Record<string, Migration>> = {
  '0001-initial': { up: initial },
  '0002-tallies': { up: tallies },
  '0003-spending': { up: spending },
  '0004-judging': { up: judging },
  '0005-results': { up: results },
  '0006-masses': { up: masses },
  '0007-conduct': { up: conduct },
};

/** Migrations that only bring tables which a reader can do without: older files are read as they are. */
const readableWithout: readonly string[] = [
  '0003-spending',
  '0004-judging',
  '0005-results',
  '0006-masses',
  '0007-conduct',
];

/** The oldest format that a reader understands. */
export function oldestReadable(migrations: Readonly<Record<string, Migration>>): number {
  return 1 + Object.keys(migrations).findLastIndex((name) => !readableWithout.includes(name));
}

const judgedColumns = 'input_tokens INTEGER, output_tokens INTEGER, cost_usd REAL';

/** In place of tables that an older file lacks: empty ones of the connection's own, for as long as it is open. */
export const standIns: Readonly<Record<string, string>> = {
  judged_outcome: `hash TEXT PRIMARY KEY, ${judgedColumns}`,
  judged_episode: `episode_id INTEGER PRIMARY KEY, ${judgedColumns}`,
  episode_result: 'episode_id INTEGER PRIMARY KEY, item TEXT, measures TEXT, opinions TEXT',
  mass_outcome: 'hash TEXT PRIMARY KEY, known INTEGER, slight INTEGER',
  mass_episode: 'episode_id INTEGER PRIMARY KEY, known INTEGER, slight INTEGER',
  conduct_episode: 'episode_id INTEGER PRIMARY KEY, not_judged INTEGER, short INTEGER',
  slowest: 'episode_id INTEGER PRIMARY KEY, ms REAL',
};

async function initial(db: Kysely<unknown>): Promise<void> {
  const { schema } = db;
  await schema
    .createTable('study')
    .addColumn('id', 'integer', (c) => c.primaryKey().check(sql`id = 1`))
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('definition', 'text', (c) => c.notNull())
    .addColumn('design_hash', 'text', (c) => c.notNull())
    .execute();
  await schema
    .createTable('planned_run')
    .addColumn('position', 'integer', (c) => c.primaryKey())
    .addColumn('hash', 'text', (c) => c.notNull())
    .addColumn('model', 'text', (c) => c.notNull())
    .addColumn('strategy', 'text', (c) => c.notNull())
    .addColumn('task', 'text', (c) => c.notNull())
    .addColumn('seed', 'integer', (c) => c.notNull())
    .addColumn('factors', 'text', (c) => c.notNull())
    .execute();
  await schema.createIndex('planned_run_hash').on('planned_run').column('hash').execute();
  await schema
    .createTable('outcome')
    .addColumn('hash', 'text', (c) => c.primaryKey().notNull())
    .addColumn('status', 'text', (c) => c.notNull())
    .addColumn('score', 'real')
    .addColumn('return', 'real')
    .addColumn('episodes', 'integer', (c) => c.notNull())
    .addColumn('steps', 'integer', (c) => c.notNull())
    .addColumn('decisions', 'integer', (c) => c.notNull())
    .addColumn('unparsable', 'integer', (c) => c.notNull())
    .addColumn('input_tokens', 'integer')
    .addColumn('output_tokens', 'integer')
    .addColumn('cost_usd', 'real')
    .addColumn('error', 'text')
    .execute();
  await schema
    .createTable('prefix')
    .addColumn('id', 'integer', (c) => c.primaryKey())
    .addColumn('hash', 'text', (c) => c.notNull().unique())
    .addColumn('text', 'text', (c) => c.notNull())
    .execute();
  await schema
    .createTable('episode')
    .addColumn('id', 'integer', (c) => c.primaryKey())
    .addColumn('run', 'text', (c) => c.notNull())
    .addColumn('episode', 'integer', (c) => c.notNull())
    .addColumn('score', 'real', (c) => c.notNull())
    .addColumn('return', 'real', (c) => c.notNull())
    .addColumn('oracle', 'real', (c) => c.notNull())
    .addColumn('random', 'real', (c) => c.notNull())
    .addColumn('random_standard_error', 'real', (c) => c.notNull())
    .addColumn('steps', 'integer', (c) => c.notNull())
    .addColumn('decisions', 'integer', (c) => c.notNull())
    .addColumn('unparsable', 'integer', (c) => c.notNull())
    .addColumn('input_tokens', 'integer')
    .addColumn('output_tokens', 'integer')
    .addColumn('cost_usd', 'real')
    .addColumn('prefix_id', 'integer', (c) => c.notNull().references('prefix.id'))
    .addColumn('instance', 'text', (c) => c.notNull())
    .addColumn('trace', 'blob', (c) => c.notNull())
    .execute();
  await schema.createIndex('episode_run').on('episode').columns(['run', 'episode']).unique().execute();
  await schema
    .createTable('timing')
    .addColumn('episode_id', 'integer', (c) => c.primaryKey().references('episode.id'))
    .addColumn('started_at', 'text', (c) => c.notNull())
    .addColumn('wall_ms', 'real', (c) => c.notNull())
    .execute();
  await schema
    .createTable('reference')
    .addColumn('key', 'text', (c) => c.primaryKey().notNull())
    .addColumn('oracle', 'real', (c) => c.notNull())
    .addColumn('random', 'real', (c) => c.notNull())
    .addColumn('random_standard_error', 'real', (c) => c.notNull())
    .execute();
}

async function tallies(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('tally')
    .addColumn('name', 'text', (c) => c.primaryKey().notNull())
    .addColumn('amount', 'real', (c) => c.notNull())
    .execute();
}

/** What is under way was another process's, which is no more when its file is converted. */
async function spending(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('spending')
    .addColumn('worker', 'text', (c) => c.primaryKey().notNull())
    .addColumn('reserved_tokens', 'real', (c) => c.notNull())
    .addColumn('reserved_usd', 'real', (c) => c.notNull())
    .addColumn('lost_tokens', 'real', (c) => c.notNull())
    .addColumn('lost_usd', 'real', (c) => c.notNull())
    .execute();
  await sql`
    INSERT INTO spending
    SELECT 'before', 0, 0,
      coalesce(sum(amount) FILTER (WHERE name IN ('under way tokens', 'lost tokens')), 0),
      coalesce(sum(amount) FILTER (WHERE name IN ('under way usd', 'lost usd')), 0)
    FROM tally WHERE name IN ('under way tokens', 'lost tokens', 'under way usd', 'lost usd')
    HAVING sum(abs(amount)) > 0`.execute(db);
  await sql`
    DELETE FROM tally WHERE name IN ('under way tokens', 'lost tokens', 'under way usd', 'lost usd')`.execute(
    db,
  );
}

async function judging(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('judged_outcome')
    .addColumn('hash', 'text', (c) => c.primaryKey().notNull())
    .addColumn('input_tokens', 'integer')
    .addColumn('output_tokens', 'integer')
    .addColumn('cost_usd', 'real')
    .execute();
  await db.schema
    .createTable('judged_episode')
    .addColumn('episode_id', 'integer', (c) => c.primaryKey().references('episode.id'))
    .addColumn('input_tokens', 'integer')
    .addColumn('output_tokens', 'integer')
    .addColumn('cost_usd', 'real')
    .execute();
}

async function results(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('episode_result')
    .addColumn('episode_id', 'integer', (c) => c.primaryKey().references('episode.id'))
    .addColumn('item', 'text')
    .addColumn('measures', 'text')
    .addColumn('opinions', 'text')
    .execute();
}

async function masses(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('mass_outcome')
    .addColumn('hash', 'text', (c) => c.primaryKey().notNull())
    .addColumn('known', 'integer', (c) => c.notNull())
    .addColumn('slight', 'integer', (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('mass_episode')
    .addColumn('episode_id', 'integer', (c) => c.primaryKey().references('episode.id'))
    .addColumn('known', 'integer', (c) => c.notNull())
    .addColumn('slight', 'integer', (c) => c.notNull())
    .execute();
}

async function conduct(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('conduct_episode')
    .addColumn('episode_id', 'integer', (c) => c.primaryKey().references('episode.id'))
    .addColumn('not_judged', 'integer', (c) => c.notNull())
    .addColumn('short', 'integer', (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('slowest')
    .addColumn('episode_id', 'integer', (c) => c.primaryKey().references('episode.id'))
    .addColumn('ms', 'real', (c) => c.notNull())
    .execute();
}
