import { useEffect, useRef, useState } from 'preact/hooks';
import type { StudyPulse } from '../server/index.ts';

export interface Loaded<T> {
  readonly value?: T;
  readonly error?: string;
}

/** The server's answer, and its own words where it has none. */
async function fetchJson<T>(url: string, signal: AbortSignal): Promise<T> {
  let response: Response;
  try {
    response = await fetch(url, { signal });
  } catch (error) {
    if (signal.aborted) throw error;
    throw new Error('The server does not answer. Is `agentmesh view` still running?', { cause: error });
  }
  const isJson = response.headers.get('content-type')?.includes('json') ?? false;
  const body: unknown = isJson ? await response.json() : await response.text();
  if (response.ok) return body as T;
  const told = isJson ? (body as { error?: string }).error : String(body);
  throw new Error(told ?? `The server answered ${response.status}.`);
}

/**
 * Asks the server, and again whenever `version` changes, one question at a time. While it asks again, the earlier
 * answer stays; another address starts empty. The first answer counts as that of the first version that is known.
 */
export function useJson<T>(url: string | undefined, version?: string | number): Loaded<T> {
  const [state, setState] = useState<Loaded<T> & { url?: string }>({});
  const first = useRef<{ url?: string; version?: string | number }>({});
  if (first.current.url !== url) first.current = { url, version };
  else first.current.version ??= version;
  const later = version === first.current.version ? undefined : version;
  const again = useRef<() => void>();
  useEffect(() => {
    if (url === undefined) return undefined;
    const gone = new AbortController();
    let busy = false;
    let outdated = false;
    const show = (value: T) => setState({ url, value });
    const fail = (error: unknown) => {
      if (gone.signal.aborted) return;
      const message = error instanceof Error ? error.message : String(error);
      // A server that is away for a moment takes nothing from the page; its header says that it is away.
      setState((before) =>
        before.url === url && before.value !== undefined ? before : { url, error: message },
      );
    };
    const ask = () => {
      if (busy) {
        outdated = true;
        return;
      }
      busy = true;
      outdated = false;
      const done = () => {
        busy = false;
        if (outdated && !gone.signal.aborted) ask();
      };
      void fetchJson<T>(url, gone.signal).then(show, fail).then(done);
    };
    again.current = ask;
    ask();
    return () => gone.abort();
  }, [url]);
  useEffect(() => {
    if (later !== undefined) again.current?.();
  }, [later]);
  return state.url === url ? state : {};
}

export interface Live {
  readonly pulse?: StudyPulse;
  readonly fault?: string;
  readonly connected: boolean;
  /** How often it connected: version numbers of one connection mean nothing to the next. */
  readonly connections: number;
  /** Changes with every change of the study and every new connection; absent before the first word. */
  readonly version?: string;
}

const retryMs = 1_500;

/** Follows a study; connects again by itself for as long as the page is open. */
export function usePulse(study: string | undefined): Live {
  const [live, setLive] = useState<Live>({ connected: false, connections: 0 });
  const connections = useRef(0);
  useEffect(() => {
    if (study === undefined) return undefined;
    setLive({ connected: false, connections: 0 });
    let source: EventSource | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const connect = () => {
      source = new EventSource(`/api/studies/${encodeURIComponent(study)}/events`);
      source.addEventListener('open', () => connections.current++);
      source.addEventListener('pulse', (event: MessageEvent<string>) => {
        const pulse = JSON.parse(event.data) as StudyPulse;
        const n = connections.current;
        setLive({ connected: true, connections: n, pulse, version: `${n} ${pulse.version}` });
      });
      source.addEventListener('fault', (event: MessageEvent<string>) => {
        const { error } = JSON.parse(event.data) as { error: string };
        setLive((before) => ({ ...before, connected: true, fault: error }));
      });
      source.addEventListener('error', () => {
        setLive((before) => ({ ...before, connected: false }));
        // The browser tries again by itself, except after a refusal.
        if (source?.readyState === EventSource.CLOSED) timer = setTimeout(connect, retryMs);
      });
    };
    connect();
    return () => {
      clearTimeout(timer);
      source?.close();
    };
  }, [study]);
  return live;
}

/** A value that follows another at most every `everyMs`, so that a fast study does not keep the page busy. */
export function useCalm<T>(value: T, everyMs: number): T {
  const [calm, setCalm] = useState(value);
  const waiting = useRef<ReturnType<typeof setTimeout>>();
  const latest = useRef(value);
  const first = useRef(true);
  latest.current = value;
  useEffect(() => {
    if (first.current || waiting.current !== undefined) {
      first.current = false;
      return;
    }
    setCalm(latest.current);
    waiting.current = setTimeout(() => {
      waiting.current = undefined;
      setCalm(latest.current);
    }, everyMs);
  }, [value, everyMs]);
  useEffect(() => () => clearTimeout(waiting.current), []);
  return calm;
}

/** Counts up every `everyMs` while the page is visible; stands still without a time. */
export function useTicks(everyMs: number | undefined): number {
  const [ticks, setTicks] = useState(0);
  useEffect(() => {
    if (everyMs === undefined) return undefined;
    const timer = setInterval(() => {
      if (!document.hidden) setTicks((n) => n + 1);
    }, everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return ticks;
}
