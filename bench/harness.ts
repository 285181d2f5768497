/**
 * What the harness costs around the models: CPU per decision, throughput while models think, memory, resuming,
 * references.
 *
 *     npm run bench -- harness [cpu] [resume] [latency] [references]
 *
 * Every figure is taken on the built program in processes of its own, with the scripted model, three agents, the
 * task `coverage` (12 steps) and a store on disk. Random references are computed and stored by a first small
 * study of 100 runs; the measured ones extend it.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Figure, median, printFigures, reportLoad, runNode } from './parts/measure.ts';

const root = path.resolve(import.meta.dirname, '..');
const play = path.join(import.meta.dirname, 'parts/play.mjs');
const agentmesh = path.join(root, 'bin/agentmesh.js');

const seeds = 100;
const agents = 3;
const steps = 12;
const latencyMs = 50;
const lanes = 64;

interface Played {
  readonly played: number;
  readonly decisions: number;
  readonly playingMs: number;
  readonly memory: readonly { readonly played: number; readonly bytes: number }[];
}

const folder = mkdtempSync(path.join(tmpdir(), 'agentmesh-bench-'));

/** @param cells number of cells of 100 seeds each, told apart by their temperature */
function writeStudy(file: string, model: string, cells: number, concurrency: number): string {
  const temperatures = Array.from({ length: cells }, (_, k) => (0.5 + k / 100).toFixed(2));
  const study = `name: bench
models: [${model}]
strategies: [none]
tasks: [coverage]
seeds: ${seeds}
factors: {temperature: [${temperatures.join(', ')}]}
concurrency: ${concurrency}
`;
  writeFileSync(path.join(folder, file), study);
  return path.join(folder, file);
}

const small = () => writeStudy('small.yaml', 'scripted', 1, 32);
const large = () => writeStudy('large.yaml', 'scripted', 101, 32);

async function playStudy(file: string) {
  const finished = await runNode([play, file, path.join(folder, 'data')]);
  return { ...finished, ...(JSON.parse(finished.stdout) as Played) };
}

/** 10,000 episodes on 100 instances whose references are known: CPU per decision, and memory on the way. */
async function cpu(): Promise<Figure[]> {
  const first = await playStudy(small());
  const all = await playStudy(large());
  const decisions = all.decisions - first.decisions;
  if (all.played !== 100 * seeds || decisions !== all.played * agents * steps) {
    throw new Error(`played ${all.played} episodes with ${decisions} decisions`);
  }
  const around = (episode: number) =>
    median(all.memory.filter((m) => Math.abs(m.played - episode) <= 100).map((m) => m.bytes)) / 1e6;
  return [
    {
      what: `CPU per decision, ${all.played} episodes with their start-up and table`,
      measured: (1000 * all.cpuMs) / decisions,
      unit: 'us',
      atMost: 100,
    },
    { what: 'durable episodes per second', measured: (1000 * all.played) / all.playingMs, unit: '' },
    { what: 'resident memory at the 1,000th episode', measured: around(1000), unit: 'MB' },
    {
      what: 'growth of resident memory from the 1,000th to the 10,000th',
      measured: around(10_000) - around(1000),
      unit: 'MB',
      atMost: 50,
    },
  ];
}

/**
 * A model that answers after 50 ms, 64 episodes in flight. 1,600 runs are 25 times as many as lanes, and all take
 * the same 12 answers one after the other, so at the end the lanes fall idle within one episode's spread.
 */
async function latency(): Promise<Figure[]> {
  const cells = 16;
  const runs = cells * seeds;
  await playStudy(small());
  const idealMs = (runs * steps * latencyMs) / lanes;
  const file = writeStudy('latency.yaml', `{id: scripted, latencyMs: ${latencyMs}}`, cells, lanes);
  const studied = await playStudy(file);
  if (studied.played !== runs) throw new Error(`played ${studied.played} of ${runs} runs`);
  const bareMs = await bareTimers(runs);
  return [
    {
      what: `throughput with a ${latencyMs} ms model at concurrency ${lanes}, ${runs} runs`,
      measured: (100 * idealMs) / studied.playingMs,
      unit: '% of ideal',
      atLeast: 95,
    },
    {
      what: '  the same with start-up, table and report',
      measured: (100 * idealMs) / studied.wallMs,
      unit: '% of ideal',
    },
    { what: '  bare timers in as many lanes', measured: (100 * idealMs) / bareMs, unit: '% of ideal' },
  ];
}

/** What is left of the ideal when lanes do nothing but wait. */
async function bareTimers(runs: number): Promise<number> {
  const start = performance.now();
  let left = runs;
  const lane = async () => {
    while (left-- > 0) for (let step = 0; step < steps; step++) await sleep(latencyMs);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return performance.now() - start;
}

/** `agentmesh run` on a study of which all 10,100 runs are finished, five times. */
async function resume(): Promise<Figure[]> {
  const file = large();
  await playStudy(file);
  const times = [];
  for (let k = 0; k < 5; k++) times.push(await runNode([agentmesh, 'run', file, '--data', `${folder}/data`]));
  const help = [];
  for (let k = 0; k < 5; k++) help.push(await runNode([agentmesh, '--help']));
  return [
    {
      what: 'resuming a finished study of 10,100 runs, whole process',
      measured: median(times.map((t) => t.wallMs)) / 1000,
      unit: 's',
      atMost: 1,
    },
    { what: '  CPU time of it', measured: median(times.map((t) => t.cpuMs)) / 1000, unit: 's' },
    {
      what: 'agentmesh --help, CPU time',
      measured: median(help.map((t) => t.cpuMs)) / 1000,
      unit: 's',
      atMost: 0.3,
    },
  ];
}

/** Oracle and random reference of an instance, computed once in a study's life. */
async function references(): Promise<Figure[]> {
  const { stdout } = await runNode([path.join(import.meta.dirname, 'parts/references.mjs')]);
  return Object.entries(JSON.parse(stdout) as Record<string, number>).map(([task, ms]) => ({
    what: `references of an instance of ${task}, CPU time`,
    measured: ms,
    unit: 'ms',
  }));
}

const parts = { cpu, resume, latency, references };
const wanted = process.argv.slice(2).length > 0 ? process.argv.slice(2) : Object.keys(parts);
reportLoad();
try {
  const figures: Figure[] = [];
  for (const [name, part] of Object.entries(parts))
    if (wanted.includes(name)) figures.push(...(await part()));
  if (!printFigures(figures)) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
