import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { randomStream } from '../../src/core/index.ts';
import { type AnswerOptions, type ChatBody, ollamaAnswer, openAiAnswer } from './flaky-answers.ts';

/** What the service may do to a request instead of answering it. */
export const flakyFaults = [
  '429',
  '429 with Retry-After',
  '500',
  '503',
  'reset',
  'reset in mid-answer',
  'hang',
  'truncated JSON',
  'invalid JSON',
  'wrong content type',
  'wrong framing',
  'empty choices',
  'huge answer',
  'slow stream',
] as const;
export type FlakyFault = (typeof flakyFaults)[number];

export interface FlakyServiceOptions extends AnswerOptions {
  /** Share of requests that meet a fault, all kinds equally often; may change while it serves. */
  readonly faultShare?: number;
  /** The kinds that are drawn from; all when absent. */
  readonly kinds?: readonly FlakyFault[];
  /** What the next requests meet, one each; undefined is an answer. */
  readonly script?: (FlakyFault | undefined)[];
  readonly latencyMs?: number;
  readonly retryAfter?: string;
  /** Why a request is refused with 400; undefined when it is answered. */
  readonly refuse?: (body: ChatBody) => string | undefined;
  /** The models that it lists; `test-model` when absent. Lists are free of faults. */
  readonly models?: readonly string[];
  /** What it holds a loaded model to, as newer Ollama servers say. */
  readonly contextLength?: number;
}

export interface FlakyService {
  readonly origin: string;
  /** Everything that was asked and answered, in order. */
  readonly requests: {
    readonly path: string;
    readonly body: ChatBody;
    readonly authorization?: string;
    /** What it met instead of an answer. */
    fault?: FlakyFault;
  }[];
  readonly faults: Map<FlakyFault, number>;
  /** Requests whose connection the client closed before they were answered. */
  readonly hungUp: () => number;
  readonly inFlight: () => number;
  readonly mostInFlight: () => number;
  /** Refuses every connection for a while, then listens again at the same address. */
  die(ms: number): Promise<void>;
  close(): Promise<void>;
}

/**
 * A chat service that misbehaves on purpose. Behind the faults is a deterministic model: the same messages and
 * seed give the same answer, so whatever a client makes of the faults, the answers it ends with are fixed.
 * It listens on 127.0.0.1 only.
 */
export async function flakyService(options: FlakyServiceOptions = {}): Promise<FlakyService> {
  const { kinds = flakyFaults, script = [], latencyMs = 0 } = options;
  const requests: FlakyService['requests'] = [];
  const faults = new Map<FlakyFault, number>();
  const stream = randomStream('flaky service');
  const sockets = new Set<Socket>();
  let inFlight = 0;
  let most = 0;
  let hungUp = 0;

  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    most = Math.max(most, ++inFlight);
    response.on('close', () => {
      inFlight--;
      if (!response.writableFinished) hungUp++;
    });
    const { url: path = '', headers } = request;
    if (request.method === 'GET') {
      response.writeHead(200, json).end(JSON.stringify(listing(path, options)));
      return;
    }
    const body = JSON.parse(await textOf(request)) as ChatBody;
    const noted: FlakyService['requests'][number] = { path, body, authorization: headers.authorization };
    requests.push(noted);
    const refusal = options.refuse?.(body);
    if (refusal !== undefined) {
      response.writeHead(400, json).end(JSON.stringify({ error: { message: refusal } }));
      return;
    }
    const drawn = stream.next() < (options.faultShare ?? 0) ? stream.pick(kinds) : undefined;
    const fault = script.length > 0 ? script.shift() : drawn;
    if (fault) {
      faults.set(fault, (faults.get(fault) ?? 0) + 1);
      noted.fault = fault;
    }
    if (latencyMs > 0) await new Promise((done) => setTimeout(done, latencyMs));
    const answer = JSON.stringify(
      path === '/api/chat' ? ollamaAnswer(body, options) : openAiAnswer(body, options),
    );
    await respond(response, answer, fault, options.retryAfter ?? '0.05');
  };
  const server: Server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  const listen = (port: number) =>
    new Promise<void>((resolve) => server.listen(port, '127.0.0.1', () => resolve()));
  const shut = async () => {
    if (!server.listening) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    requests,
    faults,
    hungUp: () => hungUp,
    inFlight: () => inFlight,
    mostInFlight: () => most,
    die: async (ms) => {
      await shut();
      await new Promise((done) => setTimeout(done, ms));
      await listen(port);
    },
    close: shut,
  };
}

function listing(path: string, { models = ['test-model'], contextLength }: FlakyServiceOptions) {
  if (path.endsWith('/models'))
    return { object: 'list', data: models.map((id) => ({ id, object: 'model' })) };
  const loaded = models.map((name) => ({
    name,
    ...(contextLength !== undefined && path === '/api/ps' && { context_length: contextLength }),
  }));
  return { models: loaded };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

const json = { 'content-type': 'application/json' };

async function respond(
  response: ServerResponse,
  answer: string,
  fault: FlakyFault | undefined,
  retryAfter: string,
): Promise<void> {
  const error = (status: number, message: string, headers = {}) =>
    void response.writeHead(status, { ...json, ...headers }).end(JSON.stringify({ error: { message } }));
  const half = answer.slice(0, answer.length / 2);
  switch (fault) {
    case undefined:
      response.writeHead(200, json).end(answer);
      return;
    case '429':
      return error(429, 'slow down');
    case '429 with Retry-After':
      return error(429, 'slow down', { 'retry-after': retryAfter });
    case '500':
      return error(500, 'internal error');
    case '503':
      return error(503, 'overloaded');
    case 'reset':
      response.socket?.resetAndDestroy();
      return;
    case 'reset in mid-answer':
      response.writeHead(200, { ...json, 'content-length': answer.length });
      response.write(half, () => response.socket?.resetAndDestroy());
      return;
    case 'hang':
      return;
    case 'truncated JSON':
      response.writeHead(200, json).end(half);
      return;
    case 'invalid JSON':
      response.writeHead(200, json).end(`${answer}}`);
      return;
    case 'wrong content type':
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Welcome to the hotel</html>');
      return;
    case 'wrong framing':
      response.socket?.end('HTTP/1.1 two hundred\r\nnonsense\r\n\r\n');
      return;
    case 'empty choices':
      response.writeHead(200, json).end(JSON.stringify({ choices: [], message: null, done: true }));
      return;
    case 'huge answer': {
      response.writeHead(200, json);
      const block = ' '.repeat(2 ** 20);
      // Ten blocks of 1 MiB; a client that hangs up ends it.
      for (let k = 0; k < 10 && !response.destroyed; k++) {
        if (!response.write(block)) await drained(response);
      }
      response.end(answer);
      return;
    }
    case 'slow stream':
      response.writeHead(200, json);
      // A byte every 20 ms, for at most 10 s; a client that hangs up ends it.
      for (let k = 0; k < Math.min(answer.length, 500) && !response.destroyed; k++) {
        response.write(answer[k]);
        await new Promise((done) => setTimeout(done, 20));
      }
      response.end(answer.slice(500));
  }
}

/** Resolves when more can be written, or the client has hung up. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.on('drain', done);
    response.on('close', done);
  });
}
