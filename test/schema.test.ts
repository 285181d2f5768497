import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { studyJsonSchema } from '../src/api/index.ts';

it('the shipped JSON Schema of study files is current (`npm run schema` writes it)', () => {
  const file = path.join(import.meta.dirname, '../schema/study.schema.json');
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(JSON.parse(JSON.stringify(studyJsonSchema())));
});
