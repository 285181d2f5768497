import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import { InputError } from './errors.ts';
import { parquetTable } from './parquet.ts';

// Written by pyarrow 25 in two groups of rows, with lists in lists, a structure, a dictionary and missing values.
const written = readFileSync(
  path.resolve(import.meta.dirname, '../../test/golden/tables/pyarrow-gzip.parquet'),
);
const all = () => true;

describe('a Parquet file', () => {
  it('of another program is read as JSON would hold it', () => {
    const { names, rows } = parquetTable(written, 'x.parquet', all);
    expect(names).toEqual('id question choices answer facts picture big float when'.split(' '));
    expect(rows.map((row) => row.slice(0, 5))).toEqual([
      ['sea', 'Which of these is a sea?', ['Aral', 'Nile'], 'Aral', [['a', 'b'], ['']]],
      ['two', 'Which is even and prime?', ['2', '9'], 'A', [[], ['c']]],
      [null, 'How much is 2 + 2?', ['3', '4'], '4', [['d'], ['e']]],
    ]);
    expect(rows.map((row) => row.slice(6))).toEqual([
      [1, 0.1, '1970-01-01T00:00:00.000Z'],
      ['1152921504606846976', 2.5, '1970-01-01T00:00:00.001Z'],
      [3, null, '1970-01-01T00:00:00.002Z'],
    ]);
  });

  it('is read in the wanted columns alone', () => {
    const { names, rows } = parquetTable(written, 'x.parquet', (name) => name === 'answer');
    expect(names).toHaveLength(9);
    expect(rows.map((row) => row.filter((cell) => cell !== undefined))).toEqual([['Aral'], ['A'], ['4']]);
  });

  it('is refused when it is cut anywhere, at its end or within', () => {
    for (let end = 0; end < written.length; end += 29) {
      const cut = [written.subarray(0, end)];
      // Without some of its middle the end still says that it is Parquet.
      if (end + 900 < written.length)
        cut.push(Buffer.concat([written.subarray(0, end), written.subarray(end + 900)]));
      for (const bytes of cut)
        expect(() => parquetTable(bytes, 'x.parquet', all, 500)).toThrow(
          /^x\.parquet: This is no whole Parquet file that can be read \(.*\)\. Write it anew/s,
        );
    }
  });

  it('of wrong bytes is a table or refused, also where they lead the reader in a circle', () => {
    const circles = [57, 186, 330];
    for (const at of [...circles, ...Array.from({ length: 120 }, (_, k) => k * 39)]) {
      const broken = Buffer.from(written);
      broken[at] ^= 0x55;
      try {
        expect(parquetTable(broken, 'x.parquet', all, 500).rows.length).toBeLessThanOrEqual(1_000_000);
      } catch (error) {
        expect(error).toBeInstanceOf(InputError);
        if (circles.includes(at)) expect(String(error)).toContain('timed out');
      }
    }
  });

  it('that claims more rows than anybody asks is refused', () => {
    const long = parquetWriteBuffer({
      columnData: [{ name: 'question', data: new Int32Array(1_000_001), type: 'INT32' }],
    });
    expect(() => parquetTable(new Uint8Array(long), 'x.parquet', all)).toThrow(
      /1000001 rows, and 1000000 are/,
    );
  });
});
