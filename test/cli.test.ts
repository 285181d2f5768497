import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { execFileSync, spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { cli, scratch, seen, startCli } from './support/cli-process.ts';

const quick = `name: quick
models: [scripted]
strategies: [none]
tasks: [coverage]
seeds: 3
`;

function folderWith(study: string): string {
  const folder = scratch();
  writeFileSync(path.join(folder, 'study.yaml'), study);
  return folder;
}

describe('agentmesh', () => {
  it('runs a study, then answers status, analyze, report and export about the latest one', async () => {
    const folder = folderWith(quick);
    const run = await cli(['run'], folder);
    expect(run).toMatchObject({ code: 0 });
    expect(run.stdout).toMatch(/scripted +none +-?\d\.\d\d \[/);
    expect(run.stdout).toMatch(/What to use:\n\n {2}Which strategy to use cannot be said yet\./);
    expect(run.stdout).toContain('Report: agentmesh-data/quick/report.html');
    expect(run.stdout).toContain('agentmesh view quick ');
    expect(readdirSync(path.join(folder, 'agentmesh-data/quick'))).toEqual(
      expect.arrayContaining(['report.html', 'study.db']),
    );

    const status = await cli(['status', '--json'], folder);
    expect(JSON.parse(status.stdout)).toMatchObject({ name: 'quick', planned: 3, statuses: { done: 3 } });
    const analyze = await cli(['analyze'], folder);
    expect(analyze.stdout).toMatch(/scripted +none +-?\d\.\d\d \[/);
    const report = await cli(['report'], folder);
    expect(report.stdout.trim()).toBe('agentmesh-data/quick/report.html');
    const csv = await cli(['export'], folder);
    expect(csv.stdout.split('\r\n').filter(Boolean)).toHaveLength(4);
    const traces = await cli(['export', '--what', 'traces', '--format', 'jsonl'], folder);
    expect(traces.stdout.trim().split('\n')).toHaveLength(3 * 12 * 3);
    const parquet = await cli(['export', '--parquet'], folder);
    expect(parquet.stdout.split('\n').filter(Boolean)).toEqual(
      ['runs', 'traces'].map((table) => `agentmesh-data/quick/${table}.parquet`),
    );
    const head = readFileSync(path.join(folder, 'agentmesh-data/quick/traces.parquet'));
    expect([head.subarray(0, 4), head.subarray(-4)].map(String)).toEqual(['PAR1', 'PAR1']);
    expect(readdirSync(path.join(folder, 'agentmesh-data/quick')).join()).not.toContain('unfinished');
    const nowhere = await cli(['export', '--out', 'no/where.csv'], folder);
    expect(nowhere).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no/where.csv cannot be written') as string,
    });
    expect(JSON.parse(traces.stdout.split('\n')[0])).toMatchObject({
      agent: 0,
      actionWord: expect.any(String) as string,
    });
  });

  it('starts from nothing: init writes a study that run accepts', async () => {
    const folder = scratch();
    expect(await cli(['init'], folder)).toMatchObject({ code: 0 });
    expect(await cli(['doctor', 'study.yaml'], folder)).toMatchObject({ code: 0 });
    expect(await cli(['init'], folder)).toMatchObject({ code: 2 });
  });

  it('reads a TypeScript study from agentmesh.config.ts in a folder above, with a task of one’s own', async () => {
    const folder = scratch();
    writeFileSync(path.join(folder, 'agentmesh.config.ts'), typescriptStudy);
    mkdirSync(path.join(folder, 'deep/er'), { recursive: true });
    const run = await cli(['run', '--json'], path.join(folder, 'deep/er'));
    expect(run.code, run.stderr).toBe(0);
    expect(JSON.parse(run.stdout)).toMatchObject({ name: 'typed', scores: { tasks: ['coin'] } });
  });

  it('finishes what is in flight on an interrupt, says how to go on, and goes on', async () => {
    // Minutes of waiting, so that the interrupt finds it at work on any machine.
    const slow = quick.replace('[scripted]', '[{id: scripted, latencyMs: 20}]');
    const folder = folderWith(`${slow.replace('seeds: 3', 'seeds: 400')}concurrency: 1\n`);
    const { child, result } = startCli(['run'], folder);
    await seen(child, /runs/);
    child.kill('SIGINT');
    const interrupted = await result;
    expect(interrupted.code).toBe(130);
    expect(interrupted.stderr).toMatch(/To go on: agentmesh run/);
    const status = JSON.parse((await cli(['status', '--json'], folder)).stdout) as {
      statuses: { done: number };
    };
    expect(status.statuses.done).toBeLessThan(400);
    writeFileSync(path.join(folder, 'study.yaml'), slow);
    expect(await cli(['run'], folder)).toMatchObject({ code: 0 });
  });

  it('lets one writer at a study: the second exits with 2 and names the first', async () => {
    // Its first answer takes longer than the test.
    const folder = folderWith(quick.replace('[scripted]', '[{id: scripted, latencyMs: 600000}]'));
    const first = startCli(['run'], folder);
    await seen(first.child, /runs/);
    const second = await cli(['run'], folder);
    expect(second.code).toBe(2);
    expect(second.stderr).toContain(`process ${first.child.pid}`);
    const status = await cli(['status', '--json'], folder);
    expect(JSON.parse(status.stdout)).toMatchObject({ writer: { pid: first.child.pid } });
    first.child.kill('SIGKILL');
    await first.result;
    writeFileSync(path.join(folder, 'study.yaml'), quick);
    expect(await cli(['run'], folder)).toMatchObject({ code: 0 });
  });

  it('exits with 1 when runs could not finish, and with 3 at the budget', async () => {
    const failing = folderWith(quick.replace('[scripted]', '[{id: scripted, failureShare: 1}]'));
    const failed = await cli(['run'], failing);
    expect(failed.code).toBe(1);
    expect(failed.stderr).toContain('3 provider-failure');
    expect((await cli(['status'], failing)).stdout).toContain('--retry-failed');
    const poor = await cli(['run'], folderWith(`${quick}budget: {tokens: 100}\n`));
    expect(poor.code).toBe(3);
  });

  it('analyses anybody’s table, and says what is wrong with one', async () => {
    const folder = scratch();
    const rows = ['a', 'b'].flatMap((strategy) =>
      ['x', 'y'].flatMap((task) =>
        [1, 2, 3].map((seed) => `${strategy},${task},${seed},${strategy === 'b' ? seed : seed / 2}`),
      ),
    );
    writeFileSync(path.join(folder, 'data.csv'), ['strategy,task,seed,score', ...rows].join('\n'));
    const table = [
      'analyze',
      'data.csv',
      '--factors',
      'strategy,task',
      '--block',
      'task,seed',
      '--baseline',
      'a',
    ];
    const good = await cli([...table, '--response', 'score', '--resamples', '99'], folder);
    expect(good.code, good.stderr).toBe(0);
    expect(good.stdout).toMatch(/b - a +everything +1\.000/);
    const json = await cli([...table, '--response', 'score', '--resamples', '99', '--json'], folder);
    expect(JSON.parse(json.stdout)).toMatchObject({ data: { runs: 12, blocks: 6 } });
    const wrong: readonly [args: readonly string[], message: RegExp][] = [
      [['--response', 'scor'], /scor/],
      [['--response', 'strategy'], /strategy/],
      [[], /--response/],
    ];
    for (const [args, message] of wrong) {
      const { code, stderr } = await cli([...table, ...args], folder);
      expect(code).toBe(2);
      expect(stderr).toMatch(message);
    }
  });

  it('shows what the agents of a task read', async () => {
    const shown = await cli(['tasks', 'show', 'coverage', '--seed', '3', '--option', 'grid=5'], scratch());
    expect(shown.stdout).toMatch(/Ann reads:\n {2}You are Ann\. Step 1 of 12\./);
    expect(shown.stdout).toMatch(/Oracle -?\d+\.\d+, random play -?\d+\.\d+/);
    const json = await cli(['tasks', 'show', 'coverage', '--json'], scratch());
    expect(JSON.parse(json.stdout)).toMatchObject({ id: 'coverage', agents: [{ name: 'Ann' }, {}, {}] });
  });

  it.each([['tasks'], ['models'], ['strategies']])('lists the %s, as JSON too', async (what) => {
    const list = JSON.parse((await cli([what, '--json'], scratch())).stdout) as { id: string }[];
    expect(list.length).toBeGreaterThan(0);
    expect((await cli([what], scratch())).stdout).toContain(list[0].id);
  });

  it('prints completion scripts that their shells accept', async () => {
    const bash = await cli(['completion', 'bash'], scratch());
    execFileSync('bash', ['-n'], { input: bash.stdout });
    for (const shell of ['zsh', 'fish']) {
      const { code, stdout } = await cli(['completion', shell], scratch());
      expect(code).toBe(0);
      expect(stdout).toContain('run');
    }
  });
});

describe('wrong input exits with 2, says what would be right, and writes nothing', () => {
  const cases: readonly [
    what: string,
    args: readonly string[],
    study: string | undefined,
    message: RegExp,
  ][] = [
    ['no study file', ['run'], undefined, /agentmesh init/],
    ['a study file that is not there', ['run', 'other.yaml'], quick, /other\.yaml.*agentmesh init/],
    [
      'an unknown id',
      ['run'],
      quick.replace('[coverage]', '[covrage]'),
      /study\.yaml:4:.*Did you mean "coverage"/,
    ],
    ['a file that is not YAML', ['run'], 'name: [', /study\.yaml:1.*not valid YAML/],
    ['an unknown command', ['rnu'], quick, /Did you mean run/],
    ['an unknown flag', ['run', '--jsn'], quick, /--json/],
    ['an unknown study', ['status', 'nope'], quick, /no study "nope"/],
    ['an unknown task', ['tasks', 'show', 'covrage'], quick, /Did you mean "coverage"/],
    ['a wrong option', ['tasks', 'show', 'coverage', '--option', 'grid=1'], quick, /grid/],
    ['a seed that is no number', ['tasks', 'show', 'coverage', '--seed', 'x'], quick, /--seed/],
    ['an unknown shell', ['completion', 'tcsh'], quick, /bash/],
  ];
  it.each(cases)('%s', async (_, args, study, message) => {
    const folder = study === undefined ? scratch() : folderWith(study);
    const { code, stderr } = await cli(args, folder);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(existsSync(path.join(folder, 'agentmesh-data'))).toBe(false);
  });

  it('a Node that is too old gets one sentence before anything is imported', () => {
    const guard = path.resolve(import.meta.dirname, '../bin/check-node.cjs');
    const pretend = (version: string) =>
      spawnSync(
        process.execPath,
        [
          '-e',
          `Object.defineProperty(process.versions, 'node', { value: '${version}' }); require(${JSON.stringify(guard)})`,
        ],
        { encoding: 'utf8' },
      );
    for (const version of ['18.20.0', '20.18.3']) {
      const { status, stderr } = pretend(version);
      expect(status).toBe(2);
      expect(stderr.trim()).toMatch(
        new RegExp(`^AgentMesh-STM needs Node 20.19 or newer; this is Node ${version}\\..*nodejs.org\\.$`),
      );
    }
    for (const version of ['20.19.0', '22.1.0']) expect(pretend(version).status).toBe(0);
  });

  it('a place where nothing can be written', async () => {
    const folder = folderWith(quick);
    writeFileSync(path.join(folder, 'agentmesh-data'), 'a file where the folder should be');
    const { code, stderr } = await cli(['run'], folder);
    expect(code).toBe(2);
    expect(stderr).toMatch(/agentmesh-data/);
    expect(readFileSync(path.join(folder, 'agentmesh-data'), 'utf8')).toContain('a file');
  });
});

const typescriptStudy = `
import { environmentOf } from ${JSON.stringify(path.resolve(import.meta.dirname, '../dist/api/index.js'))};
import { z } from ${JSON.stringify(path.resolve(import.meta.dirname, '../node_modules/zod/index.js'))};

interface Toss { readonly over: boolean }

const coin = {
  id: 'coin', title: 'Say heads', type: 'dense', revision: 1, source: 'a test',
  optionsSchema: z.strictObject({}),
  create: () => ({
    agentNames: ['Ann', 'Bob'], horizon: 1, actions: ['heads', 'tails'], featureLength: 1, stateLength: 1, rules: 'Say heads.',
    generate: () => ({}),
    start: () => environmentOf<Toss>({
      time: (s) => Number(s.over), done: (s) => s.over, availableActions: () => [0, 1], observe: () => 'Toss.',
      features: (_s, _a, out, o) => { out[o] = 1; }, stateVector: (_s, out, o) => { out[o] = 1; },
      step: (_s, joint) => ({ state: { over: true }, reward: joint.filter((a) => a === 0).length }),
    }, { over: false }, 2, ['heads', 'tails']),
    oracle: () => 2, randomReturn: () => 1,
  }),
};

export default { name: 'typed', models: ['scripted'], strategies: ['none'], tasks: [coin], seeds: 4 };
`;
