import { availableParallelism } from 'node:os';
import { type Clock, systemClock } from '../core/index.ts';
import type { ModelServer } from '../models/serve/model-server.ts';
import { version } from './version.ts';

export type { ModelServer };

export interface ServeModelsOptions {
  /** Port on the loopback address; 0 takes any that is free. */
  readonly port?: number;
  /** Ids of embedded models; all of them when absent. */
  readonly models?: readonly string[];
  /** Worker threads per model, started when they are needed; one per core when absent. */
  readonly workers?: number;
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
  return startModelServer({ port, threads: workers, clock, version, ...(models && { models }) });
}
