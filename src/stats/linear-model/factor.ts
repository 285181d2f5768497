import { InputError } from '../../core/errors.ts';

export type Codes = Uint8Array | Uint16Array | Uint32Array;

/** A categorical column: per row the index of its level. */
export interface FactorColumn {
  readonly name: string;
  readonly levels: readonly string[];
  readonly codes: Codes;
}

/**
 * A factor from a column of values.
 *
 * @param levels the order of the levels; by default that of their first appearance. Levels without a row are
 *   allowed here; analyses drop them.
 * @throws InputError when a value is missing or not among the levels, with its row (counted from 1)
 */
export function factor(
  name: string,
  values: ArrayLike<string | number | boolean | null | undefined>,
  levels?: readonly string[],
): FactorColumn {
  const index = new Map<string, number>(levels?.map((level, i) => [level, i]));
  if (levels && index.size !== levels.length) throw new InputError(`Factor "${name}" names a level twice.`);
  const codes = new Uint32Array(values.length);
  for (let row = 0; row < values.length; row++) {
    const value = values[row];
    if (value === null || value === undefined || value === '' || Number.isNaN(value)) {
      throw new InputError(
        `Factor "${name}" has no value in row ${row + 1}. Fill it in or leave the row out.`,
      );
    }
    const level = String(value);
    let code = index.get(level);
    if (code === undefined) {
      if (levels) {
        throw new InputError(
          `Factor "${name}" has the value "${level}" in row ${row + 1}; its levels are ${levels.join(', ')}.`,
        );
      }
      code = index.size;
      index.set(level, code);
    }
    codes[row] = code;
  }
  return { name, levels: [...index.keys()], codes: narrow(codes, index.size) };
}

/** The same codes in the smallest array type that holds `size` different ones. */
export function narrow(codes: Uint32Array, size: number): Codes {
  return size <= 256 ? Uint8Array.from(codes) : size <= 65536 ? Uint16Array.from(codes) : codes;
}

/** The factor without levels that no row has; the same object where every level occurs. */
export function dropUnusedLevels(source: FactorColumn): FactorColumn {
  const { codes, name } = source;
  // Large enough for every code the array can hold, so that the loop over the rows needs no check.
  const seen = new Uint8Array(
    codes.BYTES_PER_ELEMENT === 4 ? source.levels.length : 2 ** (8 * codes.BYTES_PER_ELEMENT),
  );
  for (let row = 0; row < codes.length; row++) seen[codes[row]] = 1;
  const used = seen.subarray(0, source.levels.length);
  const unknown =
    codes.BYTES_PER_ELEMENT === 4 ? firstAbove(codes, used.length) : seen.indexOf(1, used.length);
  if (unknown >= 0) {
    const row = codes.BYTES_PER_ELEMENT === 4 ? unknown : codes.indexOf(unknown);
    throw new InputError(
      `Factor "${name}" has code ${codes[row]} in row ${row + 1} but only ${used.length} levels.`,
    );
  }
  if (used.every((flag) => flag === 1)) return source;
  const target = new Uint32Array(used.length);
  const levels: string[] = [];
  source.levels.forEach((level, code) => {
    if (used[code] === 1) target[code] = levels.push(level) - 1;
  });
  return { name, levels, codes: codes.map((code) => target[code]) };
}

/** The first row whose code is not below the limit, or -1. */
function firstAbove(codes: Codes, limit: number): number {
  for (let row = 0; row < codes.length; row++) if (codes[row] >= limit) return row;
  return -1;
}
