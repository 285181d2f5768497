import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';

const program = path.resolve(import.meta.dirname, '../../bin/agentmesh.js');

export interface CliResult {
  /** Undefined when a signal ended the process. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the command line in a folder; `input` is what it reads from a pipe. */
export function startCli(
  args: readonly string[],
  cwd: string,
  input?: string,
): { child: ChildProcess; result: Promise<CliResult> } {
  // As from a shell, whoever runs the tests.
  const env = { ...process.env, npm_command: undefined };
  const child = spawn(process.execPath, [program, ...args], { cwd, env, stdio: 'pipe' });
  onTestFinished(() => void child.kill('SIGKILL'));
  child.stdin.end(input);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => (stdout += chunk));
  child.stderr.on('data', (chunk) => (stderr += chunk));
  const result = new Promise<CliResult>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? undefined, stdout, stderr }));
  });
  return { child, result };
}

/** Runs the command line to its end. */
export function cli(args: readonly string[], cwd: string, input?: string): Promise<CliResult> {
  return startCli(args, cwd, input).result;
}

/** Resolves once what it has said on standard error matches, or it has ended. */
export function seen(child: ChildProcess, pattern: RegExp): Promise<void> {
  return new Promise((resolve) => {
    let said = '';
    child.stderr?.on('data', (chunk) => {
      said += String(chunk);
      if (pattern.test(said)) resolve();
    });
    child.on('close', () => resolve());
  });
}

/** An empty folder that is gone after the test. */
export function scratch(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'agentmesh-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
