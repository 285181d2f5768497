// Writes schema/study.schema.json from the schema in the code; a test checks that it is current.
import { writeFileSync } from 'node:fs';
import { studyJsonSchema } from '../src/api/index.ts';

writeFileSync('schema/study.schema.json', `${JSON.stringify(studyJsonSchema(), null, 2)}\n`);
