import { expect, it } from 'vitest';
import { tableCsv } from './csv.ts';

it('quotes what needs it, keeps all digits, and leaves nothing for a spreadsheet to run', () => {
  const csv = tableCsv({
    columns: ['a', 'b,c'],
    rows: [
      ['say "hi"\nthere', 0.1234567890123],
      ['=HYPERLINK("x")', null],
      ['@x', -1],
    ],
  });
  expect(csv).toBe(
    'a,"b,c"\r\n"say ""hi""⟨U+000A⟩there",0.1234567890123\r\n"\'=HYPERLINK(""x"")",\r\n\'@x,-1\r\n',
  );
});
