import { pathToFileURL } from 'node:url';
import { type Compilable, Kysely, SqliteDialect } from 'kysely';
import Database from 'libsql';
import AsyncDatabase from 'libsql/promise';
import { toStoreError } from './errors.ts';
import type { Tables } from '../tables.ts';

const busyTimeoutMs = 5_000;

/** A statement that was prepared once; parameters in the order in which the query names them. */
export interface PreparedStatement {
  run(parameters: readonly unknown[]): { readonly lastInsertRowid: number | bigint };
  all(parameters: readonly unknown[]): unknown[];
}

/**
 * One connection to a database file. Queries are built with kysely and executed synchronously, so that nothing
 * can come between the statements of a transaction; only its commit, which waits for the disk, is asynchronous.
 * Everything that may run beside transactions goes through `transaction` or `inTurn`.
 */
export interface Connection {
  readonly file: string;
  /** Builds queries, and runs migrations. */
  readonly queries: Kysely<Tables>;
  all<Row>(query: Compilable<Row>): Row[];
  run(query: Compilable<unknown>): void;
  /** @param query its parameters are placeholders; the statement takes new ones at every call */
  prepare(query: Compilable<unknown>): PreparedStatement;
  exec(sqlText: string): void;
  /** Ends a transaction that is still open; some failures (a full disk) have rolled back already. */
  rollBack(): void;
  /** A number that SQLite keeps under this name; `data_version` changes with every commit of others. */
  pragma(name: 'user_version' | 'application_id' | 'data_version'): number;
  /**
   * Begins, commits, and rolls back when `body` throws; durable when it resolves. `doing` completes "disk full
   * while ...".
   */
  transaction<T>(doing: string, body: () => T): Promise<T>;
  /** Runs `body` when no transaction is open, after everything that was asked for before. */
  inTurn<T>(body: () => T): Promise<Awaited<T>>;
  close(): void;
}

export type Access = 'write' | 'read' | 'immutable';

/**
 * @param access `read` never changes the database (SQLite may put its -shm file beside it); `immutable` needs
 *   no side files and no locks, for media that nobody can write to
 */
export function connect(file: string, access: Access): Connection {
  const guarded = <T>(doing: string, body: () => T): T => {
    try {
      return body();
    } catch (error) {
      throw toStoreError(error, file, doing);
    }
  };
  const name =
    access === 'write'
      ? file
      : `${pathToFileURL(file).href}?${access === 'read' ? 'mode=ro' : 'immutable=1'}`;
  const db = guarded('opening', () => new Database(name, { timeout: busyTimeoutMs }));
  const queries = new Kysely<Tables>({ dialect: new SqliteDialect({ database: db }) });
  const statements = new Map<string, PreparedStatement>();
  const statement = (sqlText: string): PreparedStatement => {
    const known = statements.get(sqlText);
    if (known) return known;
    const fresh = db.prepare(sqlText) as PreparedStatement;
    statements.set(sqlText, fresh);
    return fresh;
  };
  const rollBack = () => {
    if (db.inTransaction) db.exec('ROLLBACK');
  };
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(body: () => T): Promise<Awaited<T>> => {
    const turn = last.then(body);
    last = turn.catch(() => {});
    return turn as Promise<Awaited<T>>;
  };
  const reading = 'reading';
  const writing = 'writing to';
  return {
    file,
    queries,
    all: <Row>(query: Compilable<Row>) => {
      const { sql, parameters } = query.compile();
      return guarded(reading, () => statement(sql).all(parameters) as Row[]);
    },
    run: (query) => {
      const { sql, parameters } = query.compile();
      guarded(writing, () => statement(sql).run(parameters));
    },
    prepare: (query) => guarded('preparing', () => statement(query.compile().sql)),
    rollBack,
    exec: (sqlText) => guarded('opening', () => db.exec(sqlText)),
    pragma: (pragmaName) =>
      guarded('opening', () => {
        const rows = db.prepare(`PRAGMA ${pragmaName}`).all() as Record<string, number>[];
        return Number(rows[0][pragmaName]);
      }),
    transaction: (doing, body) =>
      inTurn(async () => {
        try {
          db.exec('BEGIN IMMEDIATE');
          const result = body();
          await commit(db);
          return result;
        } catch (error) {
          guarded(doing, rollBack);
          throw toStoreError(error, file, doing);
        }
      }),
    inTurn,
    close: () => {
      if (access === 'write') foldLog(db);
      db.close();
    },
  };
}

/**
 * Waits for the disk on a thread of the driver, so that this one can go on with other episodes. The driver's two
 * interfaces hold their connection alike, so the asynchronous one can act on ours.
 */
async function commit(db: Database.Database): Promise<void> {
  await AsyncDatabase.prototype.exec.call(db as unknown as AsyncDatabase, 'COMMIT');
}

/**
 * Writes the log back into the database file and empties it, as far as readers let us; whatever stays in the log
 * is as safe there. The driver's own close does neither while a statement waits for the garbage collector.
 */
function foldLog(db: Database.Database): void {
  try {
    db.exec('PRAGMA busy_timeout = 0');
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  } catch {
    // A reader is at it, or the disk is full.
  }
}
