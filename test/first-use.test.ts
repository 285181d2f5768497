/** Networks that nobody has trained are trained before a study starts. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { cli, scratch, seen, startCli } from './support/cli-process.ts';

const study = (updates: number, seeds = 2) => `name: first
models: [{id: scripted, answer: uniform}]
strategies:
  - none
  - {id: vdn, updates: ${updates}, hidden: 8}
  - {id: network-only, of: vdn}
  - {id: independent, updates: ${updates}, hidden: 8}
tasks: [{id: coverage, grid: 4, horizon: 4}]
seeds: ${seeds}
`;
/** The control takes its strategy's own defaults, which would take long: left out where nothing but speed is lost. */
const quick = (updates: number, seeds = 2) => study(updates, seeds).replace(/.*network-only.*\n/, '');

function folderWith(content: string): string {
  const folder = scratch();
  writeFileSync(path.join(folder, 'study.yaml'), content);
  return folder;
}
const weightsOf = (folder: string) => path.join(folder, 'agentmesh-data', 'weights');
const files = (folder: string) =>
  existsSync(weightsOf(folder)) ? readdirSync(weightsOf(folder)).sort() : [];
const bytes = (folder: string) =>
  files(folder).map((file) => [file, readFileSync(path.join(weightsOf(folder), file)).toString('base64')]);

describe('a study with settings that no network was trained for', () => {
  it('says what it will train, trains it once, and plays', async () => {
    const folder = folderWith(quick(70));
    const first = await cli(['run', '--json'], folder);
    expect(first.code, first.stderr).toBe(0);
    expect(first.stderr).toMatch(
      /4 networks have to be trained before this study can start\. .* about 10 s of processor time each at their own settings, so 40 s in all; larger tasks and busy machines take several times that/,
    );
    expect(first.stderr).toMatch(
      /3\/4 networks trained, .* independent on coverage, training seed 1: 70\/70/,
    );
    expect(files(folder)).toHaveLength(4);
    expect(files(folder).every((file) => file.endsWith('.safetensors'))).toBe(true);
    expect(
      (JSON.parse(first.stdout) as { summary: { failed: number; total: number } }).summary,
    ).toMatchObject({
      failed: 0,
      total: 6,
    });
    // A further seed needs its own two; what is there is not trained again.
    writeFileSync(path.join(folder, 'study.yaml'), quick(70, 3));
    const more = await cli(['run'], folder);
    expect(more.code, more.stderr).toBe(0);
    expect(more.stderr).toMatch(/^2 networks have to be trained/m);
    const again = await cli(['run', '--no-train'], folder);
    expect([again.code, again.stderr.includes('networks')]).toEqual([0, false]);
  });

  it('is refused where training is declined, with the command that trains, and before anything is written', async () => {
    const folder = folderWith(study(70));
    const refused = await cli(['run', '--no-train'], folder);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(
      /has not been trained for the task "coverage".*agentmesh train --strategy vdn/s,
    );
    expect(existsSync(path.join(folder, 'agentmesh-data'))).toBe(false);
    const doctor = await cli(['doctor', 'study.yaml', '--json'], folder);
    // Two of the network alone, with its defaults, two of each strategy with fewer updates.
    expect(doctor.stdout).toMatch(/those of 6 networks that `run` trains first/);
  });

  it('trains nothing where a model or task of the study is wrong', async () => {
    const folder = folderWith(`${quick(70)}maxInteractions: 3\n`);
    const wrong = await cli(['run'], folder);
    expect(wrong.stderr).toMatch(/lasts up to 4 steps, but maxInteractions is 3/);
    expect([wrong.code, files(folder)]).toEqual([2, []]);
  });

  it('killed, interrupted, or trained by two at once, it comes to the same bytes', async () => {
    const updates = 1500;
    const undisturbed = folderWith(quick(updates, 1));
    expect((await cli(['run'], undisturbed)).code).toBe(0);
    const disturbed = folderWith(quick(updates, 1));
    for (const [signal, code] of [
      ['SIGKILL', undefined],
      ['SIGINT', 130],
    ] as const) {
      const { child, result } = startCli(['run'], disturbed);
      let ended = false;
      void result.then(() => (ended = true));
      await seen(child, /networks trained/);
      while (!ended && !files(disturbed).some((file) => file.endsWith('.checkpoint'))) await sleep(5);
      child.kill(signal);
      const stopped = await result;
      expect(stopped.code, stopped.stderr).toBe(code);
      if (code !== undefined) expect(stopped.stderr).toMatch(/Nothing is lost: the same command goes on/);
    }
    const both = await Promise.all(['one', 'two'].map((data) => cli(['run', '--data', data], disturbed)));
    for (const { code, stderr } of both) {
      expect(code, stderr).toBe(0);
      expect(stderr).toMatch(/Going on after update \d+ of 1500/);
    }
    expect(bytes(disturbed)).toEqual(bytes(undisturbed));
  });
});
