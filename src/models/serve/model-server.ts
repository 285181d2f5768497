import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { type Clock, InputError, strangeSource } from '../../core/index.ts';
import type { PocketChat } from '../parts/pocket/chat.ts';
import { openPocketChat, pocketIds } from '../parts/pocket/library.ts';
import { HttpProblem, problemOf } from './http-problem.ts';
import { ollamaError, ollamaRoutes } from './ollama-routes.ts';
import { openAiError, openAiRoutes } from './openai-routes.ts';
import type { ServedPockets } from './served-pocket.ts';

/** A prompt of the longest context is some kilobytes long. */
const maxBodyBytes = 2 ** 20;
const defaultGraceMs = 5000;
/** The longest context is written in seconds; on a busy machine the first answer takes as long as all of it. */
const defaultAnswerMs = 120_000;

/** All routes: OpenAI's under /v1, Ollama's under /api. */
function modelApp(served: ServedPockets): Hono {
  const app = new Hono();
  const errorText = (path: string, problem: HttpProblem) =>
    path.startsWith('/api') ? ollamaError(problem) : openAiError(problem);
  app.use(async (c, next) => {
    const { host, origin } = c.req.header();
    const strange = strangeSource({ host, origin });
    if (strange === undefined) return next();
    // Nothing more is read of what a stranger sends.
    c.header('connection', 'close');
    const problem =
      strange === 'host'
        ? new HttpProblem(
            421,
            'unknown_host',
            'This server is not known by that name. Use the address that it printed.',
          )
        : new HttpProblem(403, 'foreign_origin', 'Only programs and pages of this machine may ask here.');
    return c.json(errorText(c.req.path, problem), problem.status);
  });
  app.use(
    bodyLimit({
      maxSize: maxBodyBytes,
      onError: (c) => {
        // The rest of the body is not read, so nothing more can come over this connection.
        c.header('connection', 'close');
        const message = `The body is larger than ${maxBodyBytes} bytes; no prompt of an embedded model is.`;
        return c.json(errorText(c.req.path, new HttpProblem(413, 'request_too_large', message)), 413);
      },
    }),
  );
  const names = () => [...served.chats.keys()].join(', ');
  app.get('/', (c) =>
    c.text(`AgentMesh-STM serves ${names()}: OpenAI's protocol at /v1, Ollama's at /api.\n`),
  );
  app.route('/v1', openAiRoutes(served));
  app.route('/api', ollamaRoutes(served));
  app.notFound((c) => {
    const problem = new HttpProblem(404, 'not_found', `There is no ${c.req.method} ${c.req.path} here.`);
    return c.json(errorText(c.req.path, problem), 404);
  });
  app.onError((error, c) => {
    const problem = problemOf(error);
    return c.json(errorText(c.req.path, problem), problem.status);
  });
  return app;
}

export interface ModelServerOptions {
  /** 0 takes any that is free. */
  readonly port: number;
  /** Ids of embedded models; all of them when absent. */
  readonly models?: readonly string[];
  /** Worker threads per model. */
  readonly threads: number;
  readonly clock: Clock;
  readonly version: string;
  /** Models from elsewhere than the package: folder by id. */
  readonly folders?: Readonly<Record<string, string>>;
  /** The longest that an answer may take; then it is refused, or cut where it has begun. Default 120,000. */
  readonly answerMs?: number;
  /** How long answers that are under way may take after `close`; then they are cut. Default 5,000. */
  readonly graceMs?: number;
}

export interface ModelServer {
  /** Such as http://127.0.0.1:11435. */
  readonly url: string;
  readonly models: readonly string[];
  /** Finishes what is under way and closes. */
  close(): Promise<void>;
}

/**
 * Serves embedded models on the loopback address, over the protocols of OpenAI and Ollama. The files of all models
 * are read and checked at once.
 *
 * @throws InputError when the port is taken or a model's files are missing or damaged; UnknownIdError
 */
export async function startModelServer(options: ModelServerOptions): Promise<ModelServer> {
  const { port, threads, folders = {}, models = [...pocketIds(), ...Object.keys(folders)] } = options;
  if (models.length === 0)
    throw new InputError('There are no embedded models to serve. Install the package again.');
  const open = (id: string): PocketChat =>
    openPocketChat(id, { threads, ...(Object.hasOwn(folders, id) && { folder: folders[id] }) });
  const chats = new Map(models.map((id) => [id, open(id)]));
  const { clock, version, answerMs = defaultAnswerMs } = options;
  const app = modelApp({ chats, clock, version, answerMs });
  const server = createAdaptorServer({ fetch: app.fetch }) as Server;
  let closing = false;
  server.on('request', (_: IncomingMessage, response: ServerResponse) => {
    // A connection that is kept alive would keep the server open after its last answer.
    response.on('close', () => closing && setImmediate(() => server.closeIdleConnections()));
  });
  await listening(server, port);
  const { port: actual } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${actual}`,
    models: [...chats.keys()],
    close: async () => {
      closing = true;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      const timer = setTimeout(() => server.closeAllConnections(), options.graceMs ?? defaultGraceMs);
      await closed;
      clearTimeout(timer);
      await Promise.all([...chats.values()].map((chat) => chat.close()));
    },
  };
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? 'is taken' : `cannot be used (${error.message})`;
      reject(
        new InputError(`The port ${port} ${why}. Choose another with --port, or 0 for any that is free.`),
      );
    });
    server.listen(port, '127.0.0.1', resolve);
  });
}
