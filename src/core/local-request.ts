/** What of a request says where it comes from. */
export interface RequestSource {
  readonly host?: string;
  readonly origin?: string;
}

export interface KnownNames {
  /** Names under which a server may be asked for, besides those of this machine. */
  readonly hosts?: readonly string[];
  /** Also every IP address. */
  readonly anyAddress?: boolean;
}

const loopback = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Whether a request to a server of this machine comes by way of a page that is not its own. Another site's page can
 * reach it under a name of that site (DNS rebinding), which Host shows, or send to its address without reading the
 * answer, which Origin shows. Programs send no Origin.
 *
 * @returns what shows it; undefined when nothing does
 */
export function strangeSource(
  { host, origin }: RequestSource,
  { hosts = [], anyAddress = false }: KnownNames = {},
): 'host' | 'origin' | undefined {
  const known = new Set([...loopback, ...hosts].map((name) => name.toLowerCase()));
  const isKnown = (name: string | undefined) =>
    name !== undefined && (known.has(name) || (anyAddress && isAddress(name)));
  if (!isKnown(nameOf(host))) return 'host';
  if (origin === undefined) return undefined;
  // A page without an origin of its own, a file or a sandbox, says "null".
  return isKnown(nameOf(/^https?:\/\/(.+)$/i.exec(origin)?.[1])) ? undefined : 'origin';
}

/** The name without the port, in lower case. */
function nameOf(header: string | undefined): string | undefined {
  return /^(\[[0-9a-f:]+\]|[^:[\]/]+)(:\d+)?$/i.exec(header ?? '')?.[1].toLowerCase();
}

function isAddress(name: string): boolean {
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(name) || name.startsWith('[');
}
