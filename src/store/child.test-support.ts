import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach } from 'vitest';

export interface WritingChild {
  readonly process: ChildProcess;
  readonly lines: readonly string[];
  /** The first line that is `text`, or begins with it and a space; rejects when the child ends without it. */
  said(text: string): Promise<string>;
  readonly ended: Promise<void>;
}

/** Starts `child.test-writer.ts`, which says what its arguments mean. */
export function startChild(folder: string, first: number, count: number): WritingChild {
  const script = fileURLToPath(new URL('./child.test-writer.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', script, folder, String(first), String(count)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  const waiting: { text: string; resolve: (line: string) => void; reject: (error: Error) => void }[] = [];
  const isIt = (line: string, text: string) => line === text || line.startsWith(`${text} `);
  const reader = createInterface({ input: child.stdout });
  reader.on('line', (line) => {
    lines.push(line);
    for (const { text, resolve } of waiting) if (isIt(line, text)) resolve(line);
  });
  const ended = new Promise<void>((resolve) => {
    reader.on('close', () => {
      for (const { text, reject } of waiting) {
        reject(new Error(`the child ended without saying "${text}"; it said: ${lines.join(', ')}`));
      }
      resolve();
    });
  });
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
