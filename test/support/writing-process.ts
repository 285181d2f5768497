import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildSync } from 'esbuild';
import { afterEach, onTestFinished } from 'vitest';

export interface WritingChild {
  readonly process: ChildProcess;
  readonly lines: readonly string[];
  /** The first line that is `text`, or begins with it and a space; rejects when the child ends without it. */
  said(text: string): Promise<string>;
  readonly ended: Promise<void>;
}

let program: string | undefined;

/** The program as one file, made once per test file: a child that compiles its sources takes ten times as long to start. */
function writer(): string {
  if (program) return program;
  // In the repository, where its packages are found; renamed, since another test file may make the same.
  const file = path.resolve(import.meta.dirname, '../../node_modules/.cache/store-writer.mjs');
  const outfile = `${file}.${process.pid}`;
  buildSync({
    entryPoints: [path.join(import.meta.dirname, 'store-writer.ts')],
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
  });
  renameSync(outfile, file);
  program = file;
  return file;
}

/** Starts `store-writer.ts`, which says what its arguments mean. */
export function startChild(folder: string, first: number, count: number): WritingChild {
  const child = spawn(process.execPath, [writer(), folder, String(first), String(count)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines: string[] = [];
  const waiting: { text: string; resolve: (line: string) => void; reject: (error: Error) => void }[] = [];
  const isIt = (line: string, text: string) => line === text || line.startsWith(`${text} `);
  const reader = createInterface({ input: child.stdout });
  reader.on('line', (line) => {
    lines.push(line);
    for (const { text, resolve } of waiting) if (isIt(line, text)) resolve(line);
  });
  // The output may close before the process has let go of its files.
  const exited = new Promise((resolve) => child.on('exit', resolve));
  const closed = new Promise<void>((resolve) => {
    reader.on('close', () => {
      for (const { text, reject } of waiting) {
        reject(new Error(`the child ended without saying "${text}"; it said: ${lines.join(', ')}`));
      }
      resolve();
    });
  });
  const ended = Promise.all([exited, closed]).then(() => {});
  const said = (text: string) => {
    const before = lines.find((line) => isIt(line, text));
    if (before !== undefined) return Promise.resolve(before);
    return new Promise<string>((resolve, reject) => waiting.push({ text, resolve, reject }));
  };
  return { process: child, lines, said, ended };
}

/** New folders, removed after each test. */
export function temporaryFolders(): () => string {
  const folders: string[] = [];
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  });
  return () => {
    folders.push(mkdtempSync(path.join(tmpdir(), 'store-')));
    return folders[folders.length - 1];
  };
}
