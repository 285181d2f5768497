import type { Connection } from './connection.ts';
import type { Tables } from '../tables.ts';

/** Inserts one row; its values must be given for exactly these columns. */
export type RowInsert<Column extends string> = (row: Readonly<Record<Column, unknown>>) => {
  readonly lastInsertRowid: number | bigint;
};

/** A prepared insert. With `replace`, a row of the same primary key gives way. */
export function rowInsert<T extends keyof Tables, Column extends keyof Tables[T] & string>(
  db: Connection,
  table: T,
  columns: readonly Column[],
  replace = false,
): RowInsert<Column> {
  const placeholders = Object.fromEntries(columns.map((column) => [column, ''])) as never;
  const query = replace ? db.queries.replaceInto(table) : db.queries.insertInto(table);
  const statement = db.prepare(query.values(placeholders));
  return (row) => statement.run(columns.map((column) => row[column]));
}
