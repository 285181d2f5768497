import { InputError } from '../core/index.ts';
import type { TableCells } from './table-cells.ts';

/** A table with one column per level: which factor the columns are levels of. */
export interface WideColumns {
  readonly factor: string;
  readonly levels: readonly string[];
}

/** The column that numbers the rows of a wide table: each is a block. */
export const rowColumn = 'row';

/**
 * A wide table as a long one: a row per level, with the columns `factor`, `response`, `row` and `status`. An empty
 * cell is a run that is missing.
 *
 * @throws InputError when a level is no column, or a name is taken
 */
export function longTable(
  { names, rows }: TableCells,
  { factor, levels }: WideColumns,
  response: string,
  file: string,
): TableCells {
  for (const level of levels) {
    if (names.includes(level)) continue;
    throw new InputError(`There is no column "${level}" for --wide. The table has ${names.join(', ')}.`, {
      file,
    });
  }
  const others = names.filter((name) => !levels.includes(name));
  for (const name of [factor, response, rowColumn, 'status']) {
    if (!others.includes(name)) continue;
    throw new InputError(`A wide table cannot have a column "${name}" of its own. Rename it.`, { file });
  }
  return {
    names: [...others, factor, response, rowColumn, 'status'],
    rows: rows.flatMap(({ cells, line }, k) =>
      levels.map((level) => {
        const value = cells[names.indexOf(level)].trim();
        const missing = ['', 'NA', 'null', 'None'].includes(value);
        return {
          line,
          cells: [
            ...others.map((name) => cells[names.indexOf(name)]),
            level,
            value,
            String(k + 1),
            missing ? 'missing' : 'done',
          ],
        };
      }),
    ),
  };
}
