/**
 * Lever pulling on several seeds takes longer than all other games together, so processes of its own do it:
 * `levers-process.ts <mode>:<seed> ...` prints a line of JSON for each.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { startEngine } from '../../src/nn/index.ts';
import { type LeverMode, leverScore } from './levers.ts';

const script = fileURLToPath(import.meta.url);

interface LeverResult {
  readonly mode: LeverMode;
  readonly seed: number;
  readonly score: number;
}

/** The scores of every mode, in the order of the seeds, from so many processes. */
export async function leverScores(
  seeds: readonly number[],
  processes: number,
): Promise<Readonly<Record<LeverMode, readonly number[]>>> {
  // The policy gradient takes longest, so its seeds are dealt out first.
  const order: readonly LeverMode[] = ['policy-gradient', 'supervised', 'silent', 'default'];
  const jobs = order.flatMap((mode) => seeds.map((seed) => `${mode}:${seed}`));
  const dealt = Array.from({ length: processes }, (_, p) => jobs.filter((_job, k) => k % processes === p));
  const results = (await Promise.all(dealt.map(inOwnProcess))).flat();
  const of = (mode: LeverMode) =>
    seeds.map((seed) => results.find((result) => result.mode === mode && result.seed === seed)!.score);
  return {
    supervised: of('supervised'),
    'policy-gradient': of('policy-gradient'),
    silent: of('silent'),
    default: of('default'),
  };
}

async function inOwnProcess(jobs: readonly string[]): Promise<LeverResult[]> {
  const child = spawn(process.execPath, ['--import', 'tsx', script, ...jobs], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  const results: LeverResult[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    const { mode, seed, score } = JSON.parse(line) as LeverResult;
    console.log(`lever pulling, ${mode}, seed ${seed}: ${score.toFixed(3)}`);
    results.push({ mode, seed, score });
  }
  const code = await ended;
  if (code !== 0) throw new Error(`Lever pulling ended with exit code ${code}.`);
  return results;
}

if (process.argv[1] === script) {
  await startEngine();
  for (const job of process.argv.slice(2)) {
    const [mode, seed] = job.split(':');
    const score = await leverScore(mode as LeverMode, Number(seed));
    console.log(JSON.stringify({ mode, seed: Number(seed), score }));
  }
}
