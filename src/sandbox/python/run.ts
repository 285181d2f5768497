import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { AgentMeshError, InputError } from '../../core/index.ts';
import { judge } from './judge.ts';
import { type PythonLimits, pythonLimits, type PythonProgram, type PythonVerdict } from './limits.ts';
import { player } from './player.ts';

/** Running Python itself does not work, or the tests of a problem do not; no program is to blame. */
export class PythonError extends AgentMeshError {}

/** A program that sleeps uses no time of the processor, so this ends it; far beyond what others take on a busy machine. */
const patienceMs = 60_000;

let found: string | undefined;

/**
 * The Python of this machine: `AGENTMESH_PYTHON`, or what is found on the path.
 * @throws InputError where there is none from 3.8 on
 */
export function pythonHere(): string {
  if (found !== undefined) return found;
  const named = process.env.AGENTMESH_PYTHON;
  const names = named !== undefined ? [named] : ['python3', 'python'];
  // Its whole path, as nothing is looked up where it then runs.
  const script = 'import sys; print(sys.executable if sys.version_info >= (3, 8) else "")';
  for (const name of names) {
    const { stdout } = spawnSync(name, ['-I', '-c', script], { encoding: 'utf8', timeout: 20_000 });
    // There is no output at all where the program does not exist.
    const where = (stdout as string | undefined)?.trim() ?? '';
    if (where !== '') return (found = where);
  }
  throw new InputError(
    `These problems need Python 3.8 or later, and there is none here (looked for ${names.join(' and ')}). ` +
      'Install it, or name one in AGENTMESH_PYTHON.',
  );
}

const most = Math.max(1, Math.min(4, availableParallelism()));
let running = 0;
const waiting: (() => void)[] = [];

/**
 * Whether a program in Python passes its tests: run in a process of its own, under limits, in a folder that is thrown
 * away, without environment. What that holds off and what not: `docs/python-problems.md`. A few run at a time, others wait.
 *
 * @throws InputError without Python; PythonError when the tests themselves are broken; what the signal was aborted with
 */
export async function runPython(
  program: PythonProgram,
  signal?: AbortSignal,
  limits: PythonLimits = pythonLimits,
): Promise<PythonVerdict> {
  if (program.source.length > limits.sourceCharacters) return { kind: 'stopped', limit: 'source' };
  const python = pythonHere();
  if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve));
  running++;
  try {
    signal?.throwIfAborted();
    return await judged(python, { ...program, limits }, signal);
  } finally {
    running--;
    waiting.shift()?.();
  }
}

async function judged(
  python: string,
  program: PythonProgram & { readonly limits: PythonLimits },
  signal?: AbortSignal,
): Promise<PythonVerdict> {
  const folder = mkdtempSync(path.join(tmpdir(), 'agentmesh-python-'));
  // The program may be another user here, who reads nothing of ours.
  chmodSync(folder, 0o755);
  const key = randomBytes(16).toString('hex');
  const child = spawn(python, ['-I', '-S', '-B', '-c', judge], {
    cwd: folder,
    env: process.platform === 'win32' ? { SystemRoot: process.env.SystemRoot } : {},
    stdio: ['pipe', 'pipe', 'ignore'],
    // A group of its own, which ends as one.
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  const end = () => {
    try {
      if (process.platform === 'win32' || child.pid === undefined) child.kill('SIGKILL');
      else process.kill(-child.pid, 'SIGKILL');
    } catch {
      // It has ended already.
    }
  };
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    end();
  }, patienceMs);
  signal?.addEventListener('abort', end, { once: true });
  try {
    const said = await new Promise<string>((resolve, reject) => {
      let text = '';
      child.on('error', reject);
      child.stdin.on('error', () => {});
      child.stdout.setEncoding('utf8').on('data', (part: string) => (text = (text + part).slice(-4096)));
      child.on('exit', end);
      child.on('close', () => resolve(text));
      child.stdin.end(`${JSON.stringify({ ...program, player, key })}\n`);
    });
    signal?.throwIfAborted();
    return verdictOf(said, key, late);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', end);
    end();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

interface Said {
  readonly key?: string;
  readonly passed?: boolean;
  readonly failed?: string;
  readonly broken?: string;
  readonly stopped?: Extract<PythonVerdict, { kind: 'stopped' }>['limit'];
}

function verdictOf(said: string, key: string, late: boolean): PythonVerdict {
  if (late) return { kind: 'stopped', limit: 'time' };
  let read: Said = {};
  try {
    read = JSON.parse(said) as Said;
  } catch {
    // Its process was ended.
  }
  if (read.key !== key) return { kind: 'stopped', limit: 'fault' };
  if (read.broken !== undefined)
    throw new PythonError(`The tests of this problem cannot be run: ${read.broken}.`);
  if (read.passed === true) return { kind: 'passed' };
  if (read.stopped !== undefined) return { kind: 'stopped', limit: read.stopped };
  return { kind: 'failed', message: read.failed ?? '' };
}
