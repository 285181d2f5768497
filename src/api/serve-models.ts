import { availableParallelism } from 'node:os';
import { type Clock, InputError, systemClock } from '../core/index.ts';
import type { ModelServer } from '../models/serve/model-server.ts';
import type { Catalogue } from '../study/resolve.ts';
import { builtInCatalogue } from './catalogue.ts';
import { version } from './version.ts';

export type { ModelServer };

export interface ServeModelsOptions {
  /** Port on the loopback address; 0 takes any that is free. */
  readonly port?: number;
  /** Ids of embedded models; all of them when absent. */
  readonly models?: readonly string[];
  /** Worker threads per model, started when they are needed; one per core when absent. */
  readonly workers?: number;
  /** What other models there are, so that it is said of them why they cannot be served; the built-in ones when absent. */
  readonly catalogue?: Catalogue;
  readonly clock?: Clock;
}

/**
 * Serves embedded models over the protocols of OpenAI (`/v1/chat/completions`) and Ollama (`/api/chat`).
 *
 * @example
 * const server = await serveModels({ models: ['pocket-32k'] });
 * await run({ name: 'served', models: [`openai-compatible:${server.url}/v1#pocket-32k`], ... });
 * await server.close();
 * @throws InputError when the port is taken or a model's files are damaged; UnknownIdError
 */
export async function serveModels(options: ServeModelsOptions = {}): Promise<ModelServer> {
  const { port = 0, models, workers = availableParallelism(), clock = systemClock } = options;
  // Loaded here: nothing else needs a server.
  const { startModelServer } = await import('../models/serve/model-server.ts');
  const { pocketIds } = await import('../models/parts/pocket/library.ts');
  const embedded = pocketIds();
  const known = (options.catalogue ?? builtInCatalogue).models.map(({ id }) => id);
  const other = models?.find((id) => known.includes(id) && !embedded.includes(id));
  if (other !== undefined)
    throw new InputError(
      `The model "${other}" is not embedded, so it cannot be served. These can: ${embedded.join(', ')}.`,
    );
  return startModelServer({ port, threads: workers, clock, version, ...(models && { models }) });
}
