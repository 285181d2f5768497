/** What a cell of an exported table holds. Null means: not known, or not applicable. */
export type Cell = string | number | boolean | null | readonly Cell[];

/** One row of an exported table; every row of a table has the same columns in the same order. */
export type Row = Readonly<Record<string, Cell>>;
