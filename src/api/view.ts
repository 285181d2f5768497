import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, type Stats, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTask, type PlannedRun, type StudyHead, type Task } from '../contracts/index.ts';
import { type Clock, InputError, systemClock } from '../core/index.ts';
import {
  isLoopback,
  startViewServer,
  type StudySource,
  type ViewFiles,
  type ViewServer,
} from '../server/index.ts';
import { currentWriter, readStore } from '../store/index.ts';
import { checkOptions } from '../study/factor-levels.ts';
import type { Catalogue } from '../study/resolve.ts';
import { builtInCatalogue } from './catalogue.ts';
import { databaseName, defaultDataDirectory, reportName, studiesIn } from './places.ts';
import { describedTask } from './study.ts';
import { version } from './version.ts';

export type { ViewServer };

export interface ViewOptions {
  /** Where studies live; `./agentmesh-data` when absent. */
  readonly dataDirectory?: string;
  /** 0, the default, takes any that is free. */
  readonly port?: number;
  /** The address to listen on; loopback when absent. Any other needs a token. */
  readonly host?: string;
  /** Asked of everybody; made up when absent and needed. */
  readonly token?: string;
  /** Tasks that episodes are drawn with; everything built in when absent. */
  readonly catalogue?: Catalogue;
  readonly clock?: Clock;
}

const shortestToken = 16;

/**
 * Serves the live view of all studies in a folder. Reads only, and never holds up a study that runs.
 *
 * @example
 * const view = await serveView({ port: 8080 });
 * console.log(view.url);
 * @throws InputError when the address or the token cannot be used
 */
export async function serveView(options: ViewOptions = {}): Promise<ViewServer> {
  const { port = 0, host } = options;
  if (options.token !== undefined && options.token.length < shortestToken)
    throw new InputError(
      `A token has at least ${shortestToken} characters. Leave it out to have one made up.`,
    );
  const needed = host !== undefined && !isLoopback(host);
  // A secret, so not one of the project's reproducible random streams.
  const token = options.token ?? (needed ? randomBytes(24).toString('base64url') : undefined);
  return startViewServer({
    source: studySource(options),
    files: viewFiles(),
    port,
    ...(host !== undefined && { host }),
    ...(token !== undefined && { token }),
  });
}

function studySource({
  dataDirectory = defaultDataDirectory,
  catalogue = builtInCatalogue,
  clock = systemClock,
}: ViewOptions): StudySource {
  const folderOf = (id: string) => {
    // Only a name: nothing outside the folder of studies can be asked for.
    const known = id !== '.' && id !== '..' && path.basename(id) === id && !id.includes('\\');
    return known ? path.join(dataDirectory, id) : undefined;
  };
  const reportOf = (id: string) => path.join(folderOf(id) ?? '', reportName);
  const tasks = new Map<string, Task>();
  return {
    folder: dataDirectory,
    version,
    clock,
    list: () =>
      studiesIn(dataDirectory)
        .sort((a, b) => b.modifiedMs - a.modifiedMs)
        .map(({ name, modifiedMs }) => ({ id: name, modified: new Date(modifiedMs).toISOString() })),
    identity: (id) => {
      const folder = folderOf(id);
      const file = folder && found(path.join(folder, databaseName));
      return file ? `${file.dev} ${file.ino} ${file.birthtimeMs}` : undefined;
    },
    open: (id) => readStore(folderOf(id) ?? ''),
    running: (id) => currentWriter(folderOf(id) ?? '') !== undefined,
    hasReport: (id) => existsSync(reportOf(id)),
    report: (id) => (existsSync(reportOf(id)) ? readFileSync(reportOf(id), 'utf8') : undefined),
    taskOf: (head, run) => episodeTask(catalogue, tasks, head, run),
  };
}

/** A name that no file can have (too long, say) is that of none. */
function found(file: string): Stats | undefined {
  try {
    return statSync(file, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function episodeTask(catalogue: Catalogue, made: Map<string, Task>, head: StudyHead, run: PlannedRun) {
  const described = describedTask(head.definition, run);
  if (!described) return { missing: 'The study does not describe its task.' };
  const { id, options, revision, actions } = described;
  const definition = catalogue.tasks.find((task) => task.id === id);
  if (!definition) {
    return {
      actions,
      missing: `The task "${id}" is not built in. Name the study file that has it: agentmesh view --study <file>.`,
    };
  }
  if (definition.revision !== revision) {
    return {
      actions,
      missing: `It was played with revision ${revision} of "${id}"; this is ${definition.revision}.`,
    };
  }
  const key = JSON.stringify([id, options]);
  const task =
    made.get(key) ??
    createTask(
      definition,
      checkOptions('task', definition, options, () => undefined),
    );
  made.set(key, task);
  return { actions, task };
}

const types = new Map([
  ['index.html', 'text/html; charset=utf-8'],
  ['viewer.js', 'text/javascript; charset=utf-8'],
  ['viewer.css', 'text/css; charset=utf-8'],
  ['icon.svg', 'image/svg+xml'],
]);

/** The page as the build made it; from the sources (tests, tools) it is found in the same place. */
function viewFiles(): ViewFiles {
  const places = ['../viewer/', '../../dist/viewer/'].map((place) =>
    fileURLToPath(new URL(place, import.meta.url)),
  );
  const folder = places.find((place) => existsSync(path.join(place, 'viewer.js')));
  if (!folder)
    throw new InputError('The page of the live view has not been built. Build it with `npm run build`.');
  return new Map(
    [...types].map(([name, type]) => [name, { type, body: readFileSync(path.join(folder, name), 'utf8') }]),
  );
}
