import { jsonSchemaOf } from '../study/schema.ts';
import type { Catalogue } from '../study/resolve.ts';
import { builtInCatalogue } from './catalogue.ts';

/**
 * JSON Schema of YAML study files, for editors: they complete the ids of models, strategies and tasks, and let others
 * stand. That of the built-in catalogue is shipped as `schema/study.schema.json`.
 */
export function studyJsonSchema(catalogue: Catalogue = builtInCatalogue): object {
  return jsonSchemaOf(catalogue);
}
