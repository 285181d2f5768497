import { useEffect, useState } from 'preact/hooks';

/** Where the page is: everything that it shows follows from this, so that every state has a link. */
export interface Address {
  readonly path: readonly string[];
  readonly query: URLSearchParams;
}

/** The address at this moment, which may be ahead of what has been drawn. */
export function current(): Address {
  const parts = location.pathname.split('/').filter((part) => part !== '');
  return { path: parts.map(decoded), query: new URLSearchParams(location.search) };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

const moved = 'agentmesh:moved';

export function useAddress(): Address {
  const [address, setAddress] = useState(current);
  useEffect(() => {
    const update = () => setAddress(current());
    addEventListener('popstate', update);
    addEventListener(moved, update);
    return () => {
      removeEventListener('popstate', update);
      removeEventListener(moved, update);
    };
  }, []);
  return address;
}

/** Goes to an address of this page; with `replace`, the back button skips where it was. */
export function go(href: string, { replace = false } = {}): void {
  history[replace ? 'replaceState' : 'pushState'](null, '', href);
  dispatchEvent(new Event(moved));
}

export type QueryValues = Readonly<Record<string, string | number | undefined>>;

/** An address from its parts; empty values are left out. */
export function href(path: readonly string[], query: QueryValues = {}): string {
  const values = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') values.set(name, String(value));
  }
  const search = values.toString();
  return `/${path.map(encodeURIComponent).join('/')}${search && `?${search}`}`;
}

/** The present query with some values changed. */
export function changed(query: URLSearchParams, changes: QueryValues): QueryValues {
  return { ...Object.fromEntries(query), ...changes };
}
