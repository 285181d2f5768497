import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { JsonObject } from '../../src/contracts/index.ts';
import type { ChatBody } from './flaky-answers.ts';

/** What is answered to one request, as it goes over the line. */
export interface OddAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A text or bytes as they are; everything else as JSON. */
  readonly body?: unknown;
}

export interface OddRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: ChatBody;
}

export interface OddService {
  readonly origin: string;
  readonly requests: readonly OddRequest[];
}

/**
 * A service on 127.0.0.1 that answers whatever the test says, for as long as the test runs.
 * @param answer told how many requests came before
 */
export async function oddService(
  answer: (request: OddRequest, before: number) => OddAnswer,
): Promise<OddService> {
  const requests: OddRequest[] = [];
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      const { method = '', url: path = '', headers } = incoming;
      const request = { method, path, headers, body: (text === '' ? {} : JSON.parse(text)) as ChatBody };
      const { status = 200, headers: own = {}, body = '' } = answer(request, requests.length);
      requests.push(request);
      const plain = typeof body === 'string' || Buffer.isBuffer(body);
      response.writeHead(status, { 'content-type': 'application/json', ...own });
      response.end(plain ? body : JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

/** A chat completion with these parts of a message, and whatever else it is given. */
export function completion(
  message: JsonObject,
  { choice = {}, ...more }: { choice?: object } & JsonObject = {},
) {
  return {
    id: 'x',
    choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: 'stop', ...choice }],
    usage: { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 },
    ...more,
  };
}
