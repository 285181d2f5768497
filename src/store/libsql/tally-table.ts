import { sql } from 'kysely';
import type { Connection } from './connection.ts';
import { storableText } from './storable-text.ts';
import { requireFinite } from '../trace-codec.ts';

/** Adds every amount to the sum of its name, in one transaction. */
export async function saveTallies(db: Connection, amounts: Readonly<Record<string, number>>): Promise<void> {
  const rows = Object.entries(amounts).map(([name, amount]) => {
    requireFinite(amount, `tally ${name}`);
    return { name: storableText(name, 'name of a tally'), amount };
  });
  if (rows.length === 0) return;
  const insert = db.queries
    .insertInto('tally')
    .values(rows)
    .onConflict((c) => c.column('name').doUpdateSet({ amount: sql<number>`amount + excluded.amount` }));
  await db.transaction('saving tallies to', () => db.run(insert));
}

export function loadTallies(db: Connection): Readonly<Record<string, number>> {
  const rows = db.all(db.queries.selectFrom('tally').selectAll().orderBy('name'));
  return Object.fromEntries(rows.map(({ name, amount }) => [name, amount]));
}
