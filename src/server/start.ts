import type { Server } from 'node:http';
import { type AddressInfo, isIP } from 'node:net';
import { hostname } from 'node:os';
import { createAdaptorServer } from '@hono/node-server';
import { InputError } from '../core/index.ts';
import type { StudySource } from './studies.ts';
import { viewApp, type ViewFiles } from './view-app.ts';

export interface ViewServerOptions {
  readonly source: StudySource;
  readonly files: ViewFiles;
  /** 0 takes any that is free. */
  readonly port: number;
  /** The address to listen on; the loopback address when absent. Any other needs a token. */
  readonly host?: string;
  readonly token?: string;
}

export interface ViewServer {
  /** Where the page is, the token included where one is needed. */
  readonly url: string;
  /** Ends all streams and closes. */
  close(): Promise<void>;
}

const loopbackHost = '127.0.0.1';
const highestPort = 65_535;

/**
 * Serves the live view.
 * @throws InputError when the address cannot be used, or another than the loopback address has no token
 */
export async function startViewServer(options: ViewServerOptions): Promise<ViewServer> {
  const { source, files, host = loopbackHost, token } = options;
  if (!Number.isInteger(options.port) || options.port < 0 || options.port > highestPort)
    throw new InputError(
      `There is no port ${options.port}. Ports go from 1 to ${highestPort}; 0 takes any that is free.`,
    );
  const local = isLoopback(host);
  if (!local && !token) throw new InputError(`To listen on ${host}, a token is needed.`);
  const stop = new AbortController();
  const everywhere = host === '0.0.0.0' || host === '::';
  const app = viewApp({
    source,
    files,
    stop: stop.signal,
    guard: {
      hosts: everywhere ? [hostname()] : [bracketed(host)],
      anyAddress: everywhere,
      ...(token !== undefined && { token }),
    },
  });
  const server = createAdaptorServer({ fetch: app.fetch }) as Server;
  await listening(server, options.port, host);
  const { port } = server.address() as AddressInfo;
  const query = token === undefined ? '' : `?token=${encodeURIComponent(token)}`;
  return {
    url: `http://${everywhere ? hostname() : bracketed(host)}:${port}/${query}`,
    close: async () => {
      stop.abort();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}

function bracketed(host: string): string {
  return isIP(host) === 6 ? `[${host}]` : host;
}

function listening(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const remedies: Record<string, string> = {
        EADDRINUSE: `The port ${port} is taken. Choose another with --port, or 0 for any that is free.`,
        EACCES: `The port ${port} needs special rights. Choose one above 1023 with --port.`,
      };
      const remedy =
        remedies[error.code ?? ''] ??
        `It cannot listen on ${host}, port ${port} (${error.message}). Choose another with --host or --port.`;
      reject(new InputError(remedy));
    });
    server.listen(port, host, resolve);
  });
}
