import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { InputError } from '../core/index.ts';

/** Everything of a study goes to `<data>/<study>/`. */
export const defaultDataDirectory = 'agentmesh-data';
export const databaseName = 'study.db';
export const reportName = 'report.html';
/** How the study was last started, for reports that are written later. */
export const startName = 'start.json';

const studyFileNames = ['study.yaml', 'study.yml'];
const configNames = [
  'agentmesh.config.ts',
  'agentmesh.config.mts',
  'agentmesh.config.js',
  'agentmesh.config.mjs',
];

/**
 * The study file to use when none is named: `study.yaml` in the folder, else `agentmesh.config.ts` there or in
 * the nearest folder above.
 * @throws InputError when there is none
 */
export function findStudyFile(directory: string): string {
  for (const name of studyFileNames) {
    const file = path.join(directory, name);
    if (existsSync(file)) return file;
  }
  const config = findConfig(directory);
  if (config !== undefined) return config;
  throw new InputError(
    `No study file: neither ${studyFileNames[0]} in ${directory} nor ${configNames[0]} there or above. ` +
      'Write one with `agentmesh init`, or name one: `agentmesh run my-study.yaml`.',
  );
}

/** The `agentmesh.config.ts` of a folder, or of the nearest folder above that has one. */
export function findConfig(directory: string): string | undefined {
  for (let folder = path.resolve(directory); ; folder = path.dirname(folder)) {
    const file = configNames.map((name) => path.join(folder, name)).find((name) => existsSync(name));
    if (file !== undefined || path.dirname(folder) === folder) return file;
  }
}

/** Whether a study file is TypeScript or JavaScript, which can hold definitions; YAML cannot. */
export function isModule(file: string): boolean {
  return /\.[cm]?[jt]s$/.test(file);
}

/**
 * The folder of a study: by name, by path, or the one that was written to last.
 * @throws InputError when there is no such study
 */
export function findStudyDirectory(dataDirectory: string, study?: string): string {
  const known = studiesIn(dataDirectory);
  if (study !== undefined) {
    for (const directory of [path.join(dataDirectory, study), study]) {
      if (existsSync(path.join(directory, databaseName))) return directory;
    }
    throw new InputError(
      `There is no study "${study}" in ${dataDirectory}.` +
        (known.length > 0
          ? ` Available: ${known.map((s) => s.name).join(', ')}.`
          : ' Start one with `agentmesh run`.'),
    );
  }
  const latest = known.sort((a, b) => b.modifiedMs - a.modifiedMs)[0];
  if (!latest)
    throw new InputError(`There is no study in ${dataDirectory} yet. Start one with \`agentmesh run\`.`);
  return path.join(dataDirectory, latest.name);
}

/** The studies in a folder, and when each was last written to. */
export function studiesIn(dataDirectory: string): { name: string; modifiedMs: number }[] {
  if (!existsSync(dataDirectory)) return [];
  return readdirSync(dataDirectory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(path.join(dataDirectory, entry.name, databaseName)))
    .map((entry) => {
      const files = [databaseName, `${databaseName}-wal`]
        .map((name) => path.join(dataDirectory, entry.name, name))
        // Whoever reads may leave an empty log behind.
        .flatMap((file, k) => {
          const stat = statSync(file, { throwIfNoEntry: false });
          return stat && (k === 0 || stat.size > 0) ? [stat.mtimeMs] : [];
        });
      return { name: entry.name, modifiedMs: Math.max(...files) };
    });
}
