import type { Command } from 'commander';
import type { ModelServer } from '../api/index.ts';
import { listCommand } from './catalogue-list.ts';
import { interrupted } from './interrupted.ts';
import { wholeNumber } from './options.ts';
import { note, print, printJson } from './output.ts';

const defaultPort = 11435;

export function modelsCommand(program: Command): void {
  const models = listCommand(program, {
    name: 'models',
    description: 'list the models that ship with the package, or serve the embedded ones',
    header: ['id', 'title'],
    definitions: (catalogue) => catalogue.models,
    row: (model) => [model.id, model.title],
    json: () => ({}),
    examples: ['agentmesh models', 'agentmesh models --json', 'agentmesh models serve pocket-32k'],
  });
  models
    .command('serve [ids...]')
    .description('serve embedded models on this machine, over the protocols of OpenAI and Ollama')
    .option('--port <n>', 'port on 127.0.0.1; 0 takes any that is free', wholeNumber('--port'), defaultPort)
    .option('--workers <n>', 'threads per model; one per core when absent', wholeNumber('--workers'))
    .option('--json', 'print the address and the models as JSON')
    .addHelpText(
      'after',
      `
Every answer is drawn from the weights. Ctrl-C finishes what is under way and ends the server.

Examples:
  agentmesh models serve
  agentmesh models serve pocket-32k --port 8080
  curl http://127.0.0.1:${defaultPort}/v1/models`,
    )
    .action(async (ids: string[], flags: { port: number; workers?: number; json?: boolean }) => {
      const { serveModels } = await import('../api/serve-models.ts');
      const { catalogueWithOwn } = await import('../api/own-definitions.ts');
      const server = await serveModels({
        port: flags.port,
        ...(ids.length > 0 && { models: ids }),
        ...(flags.workers && { workers: flags.workers }),
        ...(ids.length > 0 && { catalogue: await catalogueWithOwn() }),
      });
      // Before the address is known, so that whoever reads it can end the server.
      const ended = interrupted();
      if (flags.json) printJson({ url: server.url, models: server.models });
      else print(serverText(server));
      await ended;
      note('\nClosing: finishing what is under way. Press Ctrl-C again to end at once.');
      await server.close();
    });
}

function serverText({ url, models }: ModelServer): string {
  const [example] = models;
  return [
    `Serving ${models.join(', ')} at ${url}`,
    '',
    'In a study file:',
    `  models:`,
    `    - openai-compatible:${url}/v1#${example}`,
    `    - {id: "ollama:${example}", url: "${url}"}`,
    'For programs:',
    `  OpenAI's protocol  ${url}/v1   (no key is needed)`,
    `  Ollama's protocol  ${url}      (OLLAMA_HOST=${url})`,
    '',
    'Ctrl-C ends it.',
  ].join('\n');
}
