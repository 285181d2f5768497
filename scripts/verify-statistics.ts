/**
 * Simulates studies and tables in which nothing matters, or in which the truth is known, and writes how often every
 * sentence of the analysis is wrong: docs/methods/statistics-calibration.md. Goes on where it was stopped.
 *
 *   npm run verify:statistics -- [--tables 10000] [--workers 1] [--only sentences,margin] [--output FILE]
 *
 * --tables 500 is the quick version. --only takes beginnings of the names of jobs.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { addTallies } from '../test/calibration/tally.ts';
import { jobs, resamples, type ChunkData } from './verification/statistics-jobs.ts';
import { statisticsPage } from './verification/statistics-page.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const page = path.join(root, 'docs/methods/statistics-calibration.md');
const { values } = parseArgs({
  options: {
    tables: { type: 'string', default: '10000' },
    workers: { type: 'string', default: '1' },
    only: { type: 'string' },
    output: { type: 'string', default: page },
    // Given to a worker by the process that started it: which of how many it is.
    part: { type: 'string' },
  },
});
const tables = wholeNumber('tables', values.tables, 100);
const workers = wholeNumber('workers', values.workers, 1);
const only = values.only?.split(',');
const chunkSize = 250;

function wholeNumber(name: string, text: string, least: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least) return value;
  console.error(`--${name} is ${text}; give a whole number of at least ${least}.`);
  process.exit(2);
}

/** Finished chunks belong to the code that computed them. */
function codeVersion(): string {
  const hash = createHash('sha256').update(JSON.stringify(resamples));
  for (const folder of ['src/stats', 'src/core', 'test/calibration']) {
    const files = readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' });
    for (const file of files.filter((name) => /\.(ts|json)$/.test(name) && !name.includes('.test.')).sort()) {
      hash.update(file).update(readFileSync(path.join(root, folder, file)));
    }
  }
  return hash.digest('hex').slice(0, 16);
}

interface Chunk {
  readonly job: string;
  readonly first: number;
  readonly count: number;
  readonly cpuSeconds: number;
  readonly data: ChunkData;
}

const cache = path.join(root, '.cache/verify-statistics', codeVersion());
mkdirSync(cache, { recursive: true });

function storedChunks(): Map<string, Chunk> {
  const chunks = readdirSync(cache).flatMap((file) =>
    readFileSync(path.join(cache, file), 'utf8')
      .split('\n')
      .filter((line) => line.endsWith('}'))
      .map((line) => JSON.parse(line) as Chunk),
  );
  return new Map(chunks.map((chunk) => [keyOf(chunk), chunk]));
}

const keyOf = ({ job, first, count }: Pick<Chunk, 'job' | 'first' | 'count'>) => `${job} ${first} ${count}`;

/** All chunks that are wanted, the first of every job before the second of any. */
function wantedChunks() {
  const own = jobs.filter(({ name }) => !only || only.some((start) => name.startsWith(start)));
  return own
    .flatMap((job) => {
      const wanted = Math.ceil(tables * job.share);
      return Array.from({ length: Math.ceil(wanted / chunkSize) }, (_, i) => ({
        job,
        first: i * chunkSize,
        count: Math.min(chunkSize, wanted - i * chunkSize),
      }));
    })
    .sort((a, b) => a.first - b.first);
}

function compute(part: number, parts: number): void {
  const known = storedChunks();
  const open = wantedChunks().filter(({ job, ...chunk }) => !known.has(keyOf({ job: job.name, ...chunk })));
  const mine = open.filter((_, i) => i % parts === part);
  const file = path.join(cache, `${process.pid}.jsonl`);
  mine.forEach(({ job, first, count }, i) => {
    const start = process.cpuUsage();
    const data = job.run(first, count);
    const { user, system } = process.cpuUsage(start);
    const chunk: Chunk = { job: job.name, first, count, cpuSeconds: (user + system) / 1e6, data };
    appendFileSync(file, `${JSON.stringify(chunk)}\n`);
    process.stderr.write(
      `${i + 1} of ${mine.length}: ${job.name}, ${first + count} tables, ${chunk.cpuSeconds.toFixed(1)} s\n`,
    );
  });
}

function startWorkers(): Promise<void[]> {
  return Promise.all(
    Array.from({ length: workers }, (_, i) => {
      const args = [...process.execArgv, fileURLToPath(import.meta.url), ...process.argv.slice(2)];
      const child = spawn(process.execPath, [...args, '--part', `${i}/${workers}`], { stdio: 'inherit' });
      return new Promise<void>((resolve, reject) => {
        child.on('error', reject);
        child.on('exit', (code) =>
          code === 0 ? resolve() : reject(new Error(`A worker ended with ${code}.`)),
        );
      });
    }),
  );
}

function sum(parts: readonly ChunkData[]): ChunkData {
  const beliefs = parts.flatMap((part) => (part.beliefs ? [part.beliefs] : []));
  return {
    tallies: addTallies(parts.map((part) => part.tallies ?? {})),
    ...(beliefs.length > 0 && {
      beliefs: beliefs[0].map((_, bin) =>
        beliefs.reduce(
          (total, own) => ({
            said: total.said + own[bin].said,
            right: total.right + own[bin].right,
            of: total.of + own[bin].of,
          }),
          { said: 0, right: 0, of: 0 },
        ),
      ),
    }),
  };
}

if (values.part !== undefined) {
  const [part, parts] = values.part.split('/').map(Number);
  compute(part, parts);
} else {
  if (workers > 1) await startWorkers();
  else compute(0, 1);
  const known = storedChunks();
  const used = wantedChunks().map(({ job, ...chunk }) => known.get(keyOf({ job: job.name, ...chunk }))!);
  const byJob = new Map<string, ChunkData[]>();
  for (const { job, data } of used) byJob.set(job, [...(byJob.get(job) ?? []), data]);
  const cpuMinutes = used.reduce((total, { cpuSeconds }) => total + cpuSeconds, 0) / 60;
  const effort =
    `${tables.toLocaleString('en')} tables a row; of the stated probabilities, of studies with several models and of ` +
    `tables without blocks a tenth of that. ${cpuMinutes.toFixed(1)} minutes of CPU time.`;
  const { text, failed } = statisticsPage((job) => {
    const parts = byJob.get(job);
    return parts && sum(parts);
  }, effort);
  if (existsSync(path.dirname(values.output))) writeFileSync(values.output, text);
  for (const line of failed) console.log(`does not pass: ${line}`);
  console.log(`${effort} Written: ${path.relative(process.cwd(), values.output)}`);
  if (failed.length > 0) process.exitCode = 1;
}
