import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import path from 'node:path';
import { type Migration, Migrator } from 'kysely';
import { StoreError, type StudyReader, type StudyWriter } from '../../contracts/index.ts';
import type { Clock } from '../../core/index.ts';
import { type Connection, connect } from './connection.ts';
import { DamagedStoreError, NewerStoreError, OlderStoreError, toStoreError } from './errors.ts';
import { libsqlReader, libsqlWriter } from './libsql-store.ts';
import { oldestReadable, standIns, storeMigrations } from './migrations.ts';
import { loseWhatIsHeld } from './spending-table.ts';
import { acquireWriterLock, type WriterLock } from './writer-lock.ts';

/** The database's file name within a study's folder. */
export const storeFileName = 'study.db';

/** "AMSH": marks the file as ours, so that a foreign database is never migrated. */
const applicationId = 0x414d5348;

export interface OpenStoreOptions {
  readonly clock: Clock;
  /** A lock on this folder that the caller already holds and will release; otherwise the store takes its own. */
  readonly lock?: WriterLock;
  /** Hears what is odd but no reason to stop. */
  readonly onNote?: (text: string) => void;
  /** For tests of migrations; the released ones otherwise. */
  readonly migrations?: Readonly<Record<string, Migration>>;
}

/**
 * Opens the study in `directory` to write to it: `study.db`, an SQLite file in WAL mode with synchronous = FULL. Folder,
 * database and writer lock are made as needed. An older file is converted, after a copy `study.db.backup-v<N>` has been
 * made.
 *
 * @throws StudyLockedError when another process writes to this study
 * @throws NewerStoreError when a later version of this program wrote it
 * @throws DamagedStoreError when the file cannot be read
 * @throws StoreError when the disk is full, the folder cannot be written, or the file is a link
 */
export async function openStore(directory: string, options: OpenStoreOptions): Promise<StudyWriter> {
  const folder = path.resolve(directory);
  const lock = options.lock ?? (await acquireWriterLock(folder, options.clock));
  try {
    const file = path.join(folder, storeFileName);
    refuseLink(file);
    if (isEmpty(file)) takeUpEmpty(file, options.onNote);
    return await openForWriting(file, options.migrations ?? storeMigrations, () => {
      if (!options.lock) lock.release();
    });
  } catch (error) {
    if (!options.lock) lock.release();
    throw error;
  }
}

/**
 * Opens the study in `directory` to look at it. Nothing is changed, and another process may write to it all the while.
 *
 * @throws NewerStoreError, DamagedStoreError as `openStore`; OlderStoreError when the file must be converted first
 * @throws StoreError when there is nothing to read
 */
export async function readStore(
  directory: string,
  { migrations = storeMigrations }: Pick<OpenStoreOptions, 'migrations'> = {},
): Promise<StudyReader> {
  const file = path.join(path.resolve(directory), storeFileName);
  if (!existsSync(file)) {
    throw new StoreError(`There is no study in ${path.dirname(file)}: ${file} does not exist.`, file);
  }
  if (isEmpty(file)) throw new DamagedStoreError(file, emptyDetail);
  const db = connectForReading(file);
  try {
    const found = formatVersion(db, migrations);
    const needed = oldestReadable(migrations);
    if (found < needed) throw new OlderStoreError(file, found, needed);
    standInFor(db);
    return libsqlReader(db);
  } catch (error) {
    db.close();
    throw error;
  }
}

function connectForReading(file: string): Connection {
  const db = connect(file, 'read');
  try {
    db.pragma('user_version');
    return db;
  } catch (error) {
    db.close();
    // SQLite cannot set up its side files on a read-only medium; with an empty log it does not need them.
    const log = statSync(`${file}-wal`, { throwIfNoEntry: false });
    if (isWritable(path.dirname(file)) || (log && log.size > 0)) throw error;
    return connect(file, 'immutable');
  }
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

async function openForWriting(
  file: string,
  migrations: Readonly<Record<string, Migration>>,
  onClose: () => void,
): Promise<StudyWriter> {
  try {
    mkdirSync(path.dirname(file), { recursive: true });
  } catch (error) {
    throw toStoreError(error, path.dirname(file), 'creating');
  }
  if (!existsSync(file)) await create(file, migrations);
  const db = connect(file, 'write');
  try {
    const found = formatVersion(db, migrations);
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON');
    if (found < Object.keys(migrations).length) {
      if (found > 0) backUp(db, found);
      await migrate(db, migrations);
    }
    standInFor(db);
    await loseWhatIsHeld(db);
    return libsqlWriter(db, onClose);
  } catch (error) {
    db.close();
    throw toStoreError(error, file, 'opening');
  }
}

/** A new database gets its name once it is whole. */
async function create(file: string, migrations: Readonly<Record<string, Migration>>): Promise<void> {
  const unfinished = `${file}.part-${process.pid}`;
  try {
    rmSync(unfinished, { force: true });
    const db = connect(unfinished, 'write');
    try {
      await migrate(db, migrations);
    } finally {
      db.close();
    }
    // The log of a database that was moved away would be taken for the new one's.
    for (const left of [`${file}-wal`, `${file}-shm`]) rmSync(left, { force: true });
    renameSync(unfinished, file);
  } catch (error) {
    throw toStoreError(error, file, 'creating');
  } finally {
    for (const left of [unfinished, `${unfinished}-journal`]) rmSync(left, { force: true });
  }
}

const magic = 'SQLite format 3\0';

function beginOf(file: string): string {
  try {
    const begin = Buffer.alloc(magic.length);
    const descriptor = openSync(file, 'r');
    readSync(descriptor, begin);
    closeSync(descriptor);
    return begin.toString('latin1');
  } catch (error) {
    throw toStoreError(error, file, 'opening');
  }
}

const emptyDetail = 'it is empty: 0 bytes';

/** @throws DamagedStoreError when there is a file that does not begin like a database: SQLite overwrites some */
function isEmpty(file: string): boolean {
  const found = statSync(file, { throwIfNoEntry: false });
  if (!found?.isFile()) return false;
  if (found.size === 0) return true;
  if (beginOf(file) !== magic) throw new DamagedStoreError(file, 'it does not begin like a database');
  return false;
}

/**
 * An empty file alone holds nothing that could be lost. Beside what an earlier start left, it is what remains of a
 * study that was played and perhaps paid for: nobody begins that anew without being asked.
 */
function takeUpEmpty(file: string, onNote: OpenStoreOptions['onNote']): void {
  const own = /^(study\.db|writer\.|cassette\.)/;
  const others = readdirSync(path.dirname(file)).filter((name) => !own.test(name));
  if (others.length > 0) throw new DamagedStoreError(file, `${emptyDetail}, beside ${others.join(', ')}`);
  onNote?.(`${file} was empty (0 bytes), so nothing was saved in it; the study starts anew.`);
  rmSync(file);
}

function refuseLink(file: string): void {
  if (!lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink()) return;
  throw new StoreError(
    `${file} is a link, and nothing is written through links. Put the file itself there, or choose another folder ` +
      'with --data; the folder may be a link.',
    file,
  );
}

/** How many migrations the file has seen; 0 for an empty one. */
function formatVersion(db: Connection, migrations: Readonly<Record<string, Migration>>): number {
  const version = db.pragma('user_version');
  const supported = Object.keys(migrations).length;
  const foreign = db.pragma('application_id') !== applicationId;
  if (foreign && (version > 0 || hasTables(db))) {
    throw new DamagedStoreError(db.file, 'it was made by another program');
  }
  if (version > supported) throw new NewerStoreError(db.file, version, supported);
  return version;
}

/** Queries find every table, whatever format the file has. */
function standInFor(db: Connection): void {
  for (const [table, columns] of Object.entries(standIns))
    if (!hasTables(db, table)) db.exec(`CREATE TEMP TABLE ${table} (${columns})`);
}

/** Whether there is such a table, or any. */
function hasTables(db: Connection, name?: string): boolean {
  const tables = db.queries.selectFrom('sqlite_master' as never).selectAll();
  const named = name === undefined ? tables : tables.where('name' as never, '=', name as never);
  return db.all(named.limit(1)).length > 0;
}

/** A consistent copy of the database as it is, under its final name only once it is complete. */
function backUp(db: Connection, version: number): void {
  const target = `${db.file}.backup-v${version}`;
  const unfinished = `${target}.unfinished`;
  try {
    rmSync(unfinished, { force: true });
    db.exec(`VACUUM INTO '${unfinished.replaceAll("'", "''")}'`);
    renameSync(unfinished, target);
  } catch (error) {
    throw toStoreError(error, target, 'making a backup before converting the database, as');
  }
}

/** All or nothing: SQLite's schema changes take part in the transaction, though kysely does not ask for it. */
async function migrate(db: Connection, migrations: Readonly<Record<string, Migration>>): Promise<void> {
  const migrator = new Migrator({ db: db.queries, provider: { getMigrations: async () => migrations } });
  db.exec('BEGIN IMMEDIATE');
  const { error } = await migrator.migrateToLatest();
  if (error) {
    db.rollBack();
    throw toStoreError(error, db.file, 'converting');
  }
  db.exec(
    `PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${Object.keys(migrations).length}; COMMIT`,
  );
}
