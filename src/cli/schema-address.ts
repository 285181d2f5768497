import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const inPackage = 'schema/study.schema.json';
/** From this module, built or not, to its package. */
const own = fileURLToPath(new URL(`../../${inPackage}`, import.meta.url));

/**
 * Where an editor finds the schema of a study file, as it is written into the file: relative to the file's folder where
 * the package is installed there or above, or the file lies within it; else the address of this installation.
 */
export function schemaAddress(studyFile: string, schema = own): string {
  const folder = path.dirname(path.resolve(studyFile));
  const relative = (to: string) => {
    const way = path.relative(folder, to).split(path.sep).join('/');
    return way.startsWith('.') ? way : `./${way}`;
  };
  const packageFolder = path.dirname(path.dirname(schema));
  for (let above = folder; ; above = path.dirname(above)) {
    const installed = path.join(above, 'node_modules/agentmesh-stm', inPackage);
    if (existsSync(installed)) return relative(installed);
    if (above === packageFolder) return relative(schema);
    if (path.dirname(above) === above) break;
  }
  // An address, in which a space cannot end it.
  return pathToFileURL(schema).href;
}
