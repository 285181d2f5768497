import { BlockList, isIP } from 'node:net';
import { InputError } from '../../../core/index.ts';
import { withoutSecrets } from './secrets.ts';

/** Whether a proxy is used: the one that the environment names, except for this machine; also for it; none. */
export const proxyUses = ['environment', 'always', 'never'] as const;
export type ProxyUse = (typeof proxyUses)[number];

type Environment = Readonly<Record<string, string | undefined>>;

/** A proxy that an address is reached through. */
export interface Proxy {
  readonly url: URL;
  /** Without its password. */
  readonly shown: string;
  /** What may not be repeated of it. */
  readonly secrets: readonly string[];
}

/**
 * The proxy for an address, as HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY say, in capitals or small letters; small
 * letters come first, as curl has it. NO_PROXY lists hosts with their subdomains, ports if wanted (`host:port`),
 * networks (`10.0.0.0/8`), or `*`. Loopback addresses have no proxy unless `use` is `always`.
 *
 * @throws InputError naming the variable, when what it holds cannot be a proxy
 */
export function proxyFor(
  address: string,
  use: ProxyUse,
  environment: Environment = process.env,
): Proxy | undefined {
  const { protocol, hostname, port } = new URL(address);
  const value = (...names: string[]) =>
    names.flatMap((name) => [name.toLowerCase(), name]).find((name) => environment[name]?.trim());
  const variable = value(protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY', 'ALL_PROXY');
  if (use === 'never' || variable === undefined) return undefined;
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase();
  if (use !== 'always') {
    if (isLoopback(host)) return undefined;
    const exceptions = environment[value('NO_PROXY') ?? ''] ?? '';
    const ownPort = port === '' ? (protocol === 'https:' ? '443' : '80') : port;
    if (exceptions.split(/[\s,]+/).some((entry) => excepts(entry.toLowerCase(), host, ownPort)))
      return undefined;
  }
  return proxyOf(variable, (environment[variable] ?? '').trim());
}

function proxyOf(variable: string, text: string): Proxy {
  let url: URL;
  try {
    url = new URL(/^[a-z\d+.-]+:\/\//i.test(text) ? text : `http://${text}`);
  } catch {
    throw new InputError(`The environment variable ${variable} holds "${withoutSecrets(text)}", which is no address of a proxy. Write it as http://host:port.`); // prettier-ignore
  }
  if (!/^(https?|socks5?):$/.test(url.protocol)) {
    throw new InputError(`The environment variable ${variable} names a proxy of the kind ${url.protocol}//. Use one of http://, https:// or socks5://.`); // prettier-ignore
  }
  const { username, password } = url;
  const [name, word] = [username, password].map(decodeURIComponent);
  const secrets = password === '' ? [] : [word, password, Buffer.from(`${name}:${word}`).toString('base64')];
  return { url, shown: `${url.protocol}//${url.host} (${variable})`, secrets };
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8);
loopback.addAddress('::1', 'ipv6');

function isLoopback(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || within(loopback, host);
}

function within(list: BlockList, host: string): boolean {
  const family = isIP(host);
  return family !== 0 && list.check(host, family === 6 ? 'ipv6' : 'ipv4');
}

function excepts(entry: string, host: string, port: string): boolean {
  if (entry === '') return false;
  if (entry === '*') return true;
  const [, network, bits] = /^(.*)\/(\d+)$/.exec(entry) ?? [];
  if (network !== undefined) {
    const family = isIP(network);
    if (family === 0 || Number(bits) > (family === 6 ? 128 : 32)) return false;
    const list = new BlockList();
    list.addSubnet(network, Number(bits), family === 6 ? 'ipv6' : 'ipv4');
    return within(list, host);
  }
  // An IPv6 address has colons of its own; with a port it stands in brackets.
  const [, name, only] = isIP(entry) === 6 ? [] : (/^(.*?)(?::(\d+))?$/.exec(entry) ?? []);
  if (only !== undefined && only !== port) return false;
  const domain = (name ?? entry).replace(/^\[|\]$/g, '').replace(/^\*?\./, '');
  return host === domain || host.endsWith(`.${domain}`);
}
