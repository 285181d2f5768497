import { spawn } from 'node:child_process';
import { availableParallelism, loadavg } from 'node:os';
import path from 'node:path';

/** One line of a benchmark's table. */
export interface Figure {
  readonly what: string;
  readonly measured: number;
  readonly unit: string;
  /** Where the project promises something: the most or the least it may be. */
  readonly atMost?: number;
  readonly atLeast?: number;
}

/** Prints the figures with their bounds and says whether all are within them. */
export function printFigures(figures: readonly Figure[]): boolean {
  const rows = figures.map((figure) => [
    figure.what,
    `${round(figure.measured)} ${figure.unit}`,
    bound(figure),
    verdict(figure),
  ]);
  const table = [['what', 'measured', 'bound', ''], ...rows];
  const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)));
  for (const row of table) {
    console.log(
      row
        .map((text, column) => text.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    );
  }
  return figures.every((figure) => verdict(figure) !== 'FAIL');
}

function bound({ atMost, atLeast, unit }: Figure): string {
  if (atMost !== undefined) return `at most ${atMost} ${unit}`;
  return atLeast === undefined ? '' : `at least ${atLeast} ${unit}`;
}

function verdict({ measured, atMost, atLeast }: Figure): string {
  if (atMost === undefined && atLeast === undefined) return '';
  return measured <= (atMost ?? Infinity) && measured >= (atLeast ?? -Infinity) ? 'pass' : 'FAIL';
}

function round(x: number): string {
  return x.toFixed(Math.abs(x) >= 100 ? 0 : Math.abs(x) >= 10 ? 1 : 2);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export interface Finished {
  readonly stdout: string;
  readonly wallMs: number;
  /** User and system time of the process with all its threads. */
  readonly cpuMs: number;
}

/** Runs a Node program as a process of its own. @throws Error with its output when it fails */
export function runNode(args: readonly string[]): Promise<Finished> {
  const meter = path.join(import.meta.dirname, 'meter.mjs');
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn(process.execPath, ['--import', meter, ...args], {
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    });
    const [stdout, stderr, cpu] = [1, 2, 3].map((fd) => {
      const chunks: Buffer[] = [];
      child.stdio[fd]?.on('data', (chunk: Buffer) => chunks.push(chunk));
      return () => Buffer.concat(chunks).toString();
    });
    child.on('error', reject);
    child.on('close', (code) => {
      const wallMs = performance.now() - start;
      if (code === 0) resolve({ stdout: stdout(), wallMs, cpuMs: Number(cpu()) });
      else reject(new Error(`node ${args.join(' ')} ended with ${code}:\n${stderr()}`));
    });
  });
}

/** Wall times say little while other programs want the cores. */
export function reportLoad(): void {
  const [load] = loadavg();
  const cores = availableParallelism();
  const busy =
    load > cores / 2 ? ': the machine is busy, wall times are too high and CPU times somewhat' : '';
  console.log(`Node ${process.versions.node}, ${cores} cores, load ${load.toFixed(1)}${busy}`);
}
