import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { randomStream } from '../src/core/index.ts';
import { cli, scratch, seen, startCli } from './support/cli-process.ts';
import { serve } from './support/served.ts';

// 48 runs of 2 episodes of 5 steps at 10 ms, 2 at a time: about 2.5 s of waiting. Where 20 kills take longer than
// that, on a busy machine, the next study goes on being killed.
const study = `name: killed
models: [{id: scripted, latencyMs: 10}]
strategies: [none]
tasks: [{id: coverage, horizon: 5, grid: 4}, {id: matrix-game}]
seeds: 24
episodes: 2
concurrency: 2
`;
const kills = 20;

it(`kill -9 at ${kills} random moments loses no run, repeats none, and gives the same table`, async () => {
  const folder = scratch();
  writeFileSync(path.join(folder, 'study.yaml'), study);
  const undisturbed = await cli(['run', '--data', 'undisturbed', '--json'], folder);
  expect(undisturbed.code).toBe(0);

  const moments = randomStream('kill');
  const studies = ['killed-0'];
  let killed = 0;
  for (let start = 0; killed < kills; start++) {
    expect(start, 'studies finish before they are killed').toBeLessThan(10 * kills);
    const { child, result } = startCli(['run', '--data', studies[studies.length - 1]], folder);
    // Every fourth kill comes while the program starts, the others while episodes are in flight.
    if (start % 4 !== 3) await Promise.race([seen(child, /runs/), result]);
    await sleep(moments.integer(0, start % 4 === 3 ? 600 : 90));
    child.kill('SIGKILL');
    const { code, stderr } = await result;
    if (code === undefined) killed++;
    else {
      expect(code, stderr).toBe(0);
      studies.push(`killed-${studies.length}`);
    }
  }
  const exported = (what: string, data: string) =>
    cli(['export', '--what', what, '--format', 'jsonl', '--data', data], folder);
  const [runs, traces] = await Promise.all(['runs', 'traces'].map((what) => exported(what, 'undisturbed')));
  expect([runs.code, traces.code]).toEqual([0, 0]);
  expect(Math.min(runs.stdout.length, traces.stdout.length)).toBeGreaterThan(1000);
  for (const data of studies) {
    const resumed = await cli(['run', '--data', data, '--json'], folder);
    expect(resumed.code, resumed.stderr).toBe(0);
    expect(scores(resumed.stdout)).toEqual(scores(undisturbed.stdout));
    const again = await Promise.all(['runs', 'traces'].map((what) => exported(what, data)));
    expect(again[0].stdout === runs.stdout, 'the runs differ').toBe(true);
    expect(again[1].stdout === traces.stdout, 'the traces differ').toBe(true);
  }
});

it('a budget holds over starts that were killed with calls under way', async () => {
  // Each request costs 100 * 10 + 10 * 100 = 2000 millionths of a dollar; the worst that one can cost is more.
  const service = await serve({ latencyMs: 20 });
  const folder = scratch();
  // Six kills with four calls in flight, each set aside at 0.0166 at most, leave a third of it.
  const budget = 0.6;
  writeFileSync(
    path.join(folder, 'study.yaml'),
    `name: limited
models: [{id: "openai-compatible:${service.origin}/v1#test-model", maxOutputTokens: 20, prices: {input: 10, output: 100}}]
strategies: [none]
tasks: [two-step-game]
seeds: 100
concurrency: 4
budget: {usd: ${budget}}
`,
  );
  const moments = randomStream('kill with a budget');
  let killed = 0;
  for (let start = 0; start < 6; start++) {
    const { child, result } = startCli(['run', '--no-probe'], folder);
    await Promise.race([seen(child, /runs/), result]);
    await sleep(moments.integer(0, 150));
    child.kill('SIGKILL');
    if ((await result).code === undefined) killed++;
    expect(0.002 * service.requests.length).toBeLessThanOrEqual(budget + 1e-9);
  }
  expect(killed).toBeGreaterThan(2);
  const before = service.requests.length;
  const last = await cli(['run', '--no-probe'], folder);
  expect(last.code, last.stderr).toBe(3);
  expect(service.requests.length).toBeGreaterThan(before);
  expect(0.002 * service.requests.length).toBeLessThanOrEqual(budget + 1e-9);
  const status = JSON.parse((await cli(['status', '--json'], folder)).stdout) as {
    readonly usage: { readonly costUsd: number };
    readonly lost: { readonly usd: number };
  };
  // What the service was asked for is no more than what is known to be spent, and what may have been.
  expect(0.002 * service.requests.length).toBeLessThanOrEqual(status.usage.costUsd + status.lost.usd + 1e-9);
  expect(status.lost.usd).toBeGreaterThan(0);
});

function scores(json: string): unknown {
  return (JSON.parse(json) as { scores: unknown }).scores;
}
