import { type Kysely, type Migration, sql } from 'kysely';

/**
 * The database's history, oldest first; the format version is how many of them a file has seen. A migration
 * that has been released never changes: a new format is a new entry, named with the next number.
 */
export const storeMigrations: Readonly<Record<string, Migration>> = {
  '0001-initial': { up: initial },
  '0002-tallies': { up: tallies },
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
