import { type Context, Hono } from 'hono';
import { compress } from 'hono/compress';
import { streamSSE } from 'hono/streaming';
import type { RunRow, StudyReader } from '../contracts/index.ts';
import { AgentMeshError, InputError, reasonOf } from '../core/index.ts';
import { type EpisodeTask, episodeView } from './episode-view.ts';
import { guard, type GuardOptions, pagePolicy, reportPolicy } from './guard.ts';
import { runQuery, whole } from './queries.ts';
import { type OpenStudy, openStudies, type StudySource } from './studies.ts';
import type { RunDetails, StudyList, StudyListing, StudyPulse } from './wire.ts';

/** The page's files by name. */
export type ViewFiles = ReadonlyMap<string, { readonly type: string; readonly body: string }>;

export interface ViewAppOptions {
  readonly source: StudySource;
  readonly files: ViewFiles;
  readonly guard: GuardOptions;
  /** Aborted when the server stops: streams end, files are closed. */
  readonly stop: AbortSignal;
}

const pulseMs = 1_000;
const heartbeatMs = 15_000;
const longestBlock = 500;

/** The live view: a page, its data as JSON, and a stream of events per study. Nothing can be changed through it. */
export function viewApp({ source, files, guard: guardOptions, stop }: ViewAppOptions): Hono {
  const app = new Hono();
  const studies = openStudies(source);
  stop.addEventListener('abort', () => studies.close(), { once: true });

  app.use(guard(guardOptions));
  app.use(async (context, next) => {
    await next();
    const { headers } = context.res;
    headers.set('X-Content-Type-Options', 'nosniff');
    headers.set('Referrer-Policy', 'no-referrer');
    headers.set('Cross-Origin-Resource-Policy', 'same-origin');
    headers.set('Cross-Origin-Opener-Policy', 'same-origin');
    if (!headers.has('Cache-Control')) headers.set('Cache-Control', 'no-store');
    if (!headers.has('Content-Security-Policy')) headers.set('Content-Security-Policy', pagePolicy);
  });
  app.use(async (context, next) => {
    // No name and no word of a filter holds a NUL; file systems and databases do not take one.
    if (context.req.url.includes('%00'))
      return context.json({ error: 'A NUL character names nothing.' }, 400);
    return next();
  });
  app.onError((error, context) => {
    if (error instanceof InputError) return context.json({ error: error.message }, 400);
    const message = error instanceof AgentMeshError ? error.message : `Internal error: ${error.message}`;
    return context.json({ error: message }, 500);
  });
  app.use('/api/*', compress({ threshold: 4096 }));

  const answer =
    (body: (context: Context, study: OpenStudy) => Response | Promise<Response>) =>
    async (context: Context) => {
      const id = context.req.param('study') ?? '';
      try {
        return await studies.read(id, (study) => {
          if (!study) throw new MissingError(`There is no study "${id}" in ${source.folder}.`);
          return body(context, study);
        });
      } catch (error) {
        if (error instanceof MissingError) return context.json({ error: error.message }, 404);
        throw error;
      }
    };

  app.get('/api/studies', async (context) => {
    const listings = source.list().map(async (listed): Promise<StudyListing> => {
      try {
        return { ...listed, ...(await studies.read(listed.id, pulseOf)) };
      } catch (error) {
        return { ...listed, running: false, error: reasonOf(error) };
      }
    });
    const { folder, version } = source;
    const list: StudyList = { folder, version, studies: await Promise.all(listings) };
    return context.json(list);
  });
  app.get(
    '/api/studies/:study',
    answer(async (context, study) => {
      const facts = await study.facts();
      if (!facts) throw new MissingError('This study has no design yet. Start it with `agentmesh run`.');
      return context.json({ facts, pulse: await study.pulse() });
    }),
  );
  app.get(
    '/api/studies/:study/scores',
    answer(async (context, study) => context.json(await study.scores())),
  );
  app.get(
    '/api/studies/:study/runs',
    answer(async (context, { reader }) =>
      context.json(await reader.runs(runQuery(new URL(context.req.url).searchParams))),
    ),
  );
  app.get(
    '/api/studies/:study/runs/:run',
    answer(async (context, { reader }) => {
      const row = await runOf(reader, context);
      const { task, seed, hash } = row.run;
      const { rows, total } = await reader.runs({
        ...firstRows,
        filter: { task, seed },
        limit: longestBlock,
      });
      const details: RunDetails = {
        ...row,
        episodes: await reader.episodes(hash),
        block: rows,
        furtherBlock: total - rows.length,
      };
      return context.json(details);
    }),
  );
  app.get(
    '/api/studies/:study/runs/:run/episodes/:episode',
    answer(async (context, { reader }) => {
      const { run } = await runOf(reader, context);
      const number = whole(
        new URLSearchParams({ episode: context.req.param('episode') ?? '' }),
        'episode',
        0,
      );
      const record = found(await reader.episode(run.hash, number), 'finished episode');
      const head = await reader.head();
      const task: EpisodeTask = head ? source.taskOf(head, run) : {};
      return context.json(episodeView(run, record, task));
    }),
  );
  app.get(
    '/api/studies/:study/events',
    answer((context, { id }) => {
      // A stream cannot be compressed: events would wait in the compressor.
      context.header('Content-Encoding', 'identity');
      return streamSSE(context, (stream) =>
        tail(stream, () => studies.read(id, (study) => study?.pulse()), source, stop),
      );
    }),
  );
  app.get(
    '/study/:study/report',
    answer((context, study) => {
      const html = found(source.report(study.id), 'report');
      context.header('Content-Security-Policy', reportPolicy);
      return context.html(html);
    }),
  );

  const file = (name: string) => (context: Context) => {
    const known = files.get(name);
    if (!known) return context.notFound();
    return context.body(known.body, 200, { 'Content-Type': known.type, 'Cache-Control': 'no-cache' });
  };
  for (const name of files.keys()) app.get(`/assets/${name}`, file(name));
  app.get('/', file('index.html'));
  app.get('/study/*', file('index.html'));
  return app;
}

class MissingError extends AgentMeshError {}

function found<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new MissingError(`There is no such ${what}.`);
  return value;
}

const firstRows = { order: 'design', descending: false, offset: 0 } as const;

/** The run that an address names: the first one where runs of equal content have several labels. */
async function runOf(reader: StudyReader, context: Context): Promise<RunRow> {
  const filter = { hash: context.req.param('run') ?? '' };
  const { rows } = await reader.runs({ ...firstRows, filter, limit: 1 });
  return found(rows.at(0), 'run');
}

async function pulseOf(study: OpenStudy | undefined): Promise<Pick<StudyListing, 'progress' | 'running'>> {
  if (!(await study?.facts())) return { running: false };
  const { progress, running } = await study!.pulse();
  return { progress, running };
}

interface EventSink {
  writeSSE(message: { event?: string; data: string; retry?: number }): Promise<void>;
  write(text: string): Promise<unknown>;
  onAbort(listener: () => void): void;
}

/** Sends the study's pulse whenever it has changed, until the reader or the server goes. */
async function tail(
  stream: EventSink,
  pulseNow: () => Promise<StudyPulse | undefined>,
  { clock }: StudySource,
  stop: AbortSignal,
): Promise<void> {
  const gone = new AbortController();
  stream.onAbort(() => gone.abort());
  const ended = AbortSignal.any([gone.signal, stop]);
  let last = '';
  let quietMs = 0;
  while (!ended.aborted) {
    try {
      const pulse = await pulseNow();
      const data = JSON.stringify(pulse ?? { error: 'The study is gone.' });
      if (data !== last) {
        await stream.writeSSE({ event: pulse ? 'pulse' : 'fault', data, retry: pulseMs });
        last = data;
        quietMs = 0;
      } else if (quietMs >= heartbeatMs) {
        await stream.write(': still here\n\n');
        quietMs = 0;
      }
    } catch (error) {
      const message = reasonOf(error);
      const data = JSON.stringify({ error: message });
      if (data !== last) await stream.writeSSE({ event: 'fault', data });
      last = data;
    }
    quietMs += pulseMs;
    await clock.sleep(pulseMs, ended).catch(() => {});
  }
}
