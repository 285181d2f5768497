import type { Row } from './row.ts';

/** Rows as JSON Lines: one object per line, every value exactly as stored. */
export async function* toJsonl(rows: AsyncIterable<Row> | Iterable<Row>): AsyncGenerator<string> {
  for await (const row of rows) yield `${JSON.stringify(row)}\n`;
}
