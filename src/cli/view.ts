import path from 'node:path';
import type { Command } from 'commander';
import { InputError } from '../core/index.ts';
import { interrupted } from './interrupted.ts';
import { dataOption, wholeNumber } from './options.ts';
import { note, print, printJson } from './output.ts';

interface ViewFlags {
  readonly data: string;
  readonly port: number;
  readonly host?: string;
  readonly study?: string;
  readonly json?: boolean;
}

const defaultPort = 4270;

export function viewCommand(program: Command): void {
  program
    .command('view [study]')
    .description('look at studies in the browser while they run, down to every decision')
    .addOption(dataOption())
    .option('--port <n>', 'port; 0 takes any that is free', wholeNumber('--port'), defaultPort)
    .option('--host <address>', 'listen on another address than 127.0.0.1; the page then asks for a token')
    .option('--study <file>', 'draw episodes with the tasks of this study file, too')
    .option('--json', 'print the address as JSON')
    .addHelpText(
      'after',
      `
Only this machine can reach the page, unless --host says otherwise. With --host, the address that is printed holds a
token, made up anew at every start; AGENTMESH_VIEW_TOKEN sets one that stays. The connection is not encrypted: use a
tunnel (ssh -L ${defaultPort}:localhost:${defaultPort} machine) where others listen in. A study file with tasks of your own in this folder
(agentmesh.config.ts, also above) is read by itself. Ctrl-C ends it.

Examples:
  agentmesh view
  agentmesh view quick --port 8080
  agentmesh view --host 0.0.0.0`,
    )
    .action(async (study: string | undefined, flags: ViewFlags) => {
      const { findStudyDirectory, serveView } = await import('../api/index.ts');
      const directory = study === undefined ? undefined : path.resolve(findStudyDirectory(flags.data, study));
      const server = await serveView({
        dataDirectory: directory === undefined ? flags.data : path.dirname(directory),
        port: flags.port,
        ...(flags.host !== undefined && { host: flags.host }),
        ...(process.env.AGENTMESH_VIEW_TOKEN && { token: process.env.AGENTMESH_VIEW_TOKEN }),
        catalogue: await catalogueForPictures(flags.study),
      });
      // Before the address is known, so that whoever reads it can end the server.
      const ended = interrupted();
      const url = new URL(server.url);
      if (directory !== undefined) url.pathname = `/study/${encodeURIComponent(path.basename(directory))}`;
      if (flags.json) printJson({ url: url.href });
      else print(`${url.href}\nCtrl-C ends it.`);
      await ended;
      note('');
      await server.close();
    });
}

/** A module that cannot be read keeps nobody from looking: only the pictures of its tasks are missing. */
async function catalogueForPictures(file: string | undefined) {
  const { builtInCatalogue, catalogueWithOwn } = await import('../api/index.ts');
  try {
    return await catalogueWithOwn(file);
  } catch (error) {
    if (file !== undefined || !(error instanceof InputError)) throw error;
    note(`Own tasks are shown without pictures. ${error.message}`);
    return builtInCatalogue;
  }
}
