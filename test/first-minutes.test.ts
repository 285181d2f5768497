import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { cli, scratch } from './support/cli-process.ts';

const root = path.resolve(import.meta.dirname, '..');
const study = `name: quick
models: [scripted]
strategies: [none]
tasks: [lever-pulling]
seeds: 2
`;

function folderWith(text = study): string {
  const folder = scratch();
  writeFileSync(path.join(folder, 'study.yaml'), text);
  return folder;
}

describe('a clone', () => {
  it('that is not built, or not installed, says so in one sentence with the remedy', () => {
    const clone = scratch();
    cpSync(path.join(root, 'bin'), path.join(clone, 'bin'), { recursive: true });
    writeFileSync(path.join(clone, 'package.json'), '{"type": "module"}');
    mkdirSync(path.join(clone, 'src'));
    const said = () => {
      const { status, stderr } = spawnSync(process.execPath, ['bin/agentmesh.js', '--help'], {
        cwd: clone,
        encoding: 'utf8',
      });
      expect(status).toBe(2);
      return stderr.trim();
    };
    expect(said()).toMatch(
      /^AgentMesh-STM is not installed here\. Install and build it: npm ci \(in .*\)\.$/,
    );
    symlinkSync(path.join(root, 'node_modules'), path.join(clone, 'node_modules'));
    expect(said()).toMatch(/^AgentMesh-STM has not been built here\. Build it: npm run build \(in .*\)\.$/);
  });

  it('that is built is not built again', () => {
    const stamp = path.join(root, 'dist/built.json');
    const before = lstatSync(stamp).mtimeMs;
    const { from, to } = JSON.parse(readFileSync(stamp, 'utf8')) as Record<string, string>;
    expect([from, to]).toEqual([
      expect.stringMatching(/^[0-9a-f]{64}$/),
      expect.stringMatching(/^[0-9a-f]{64}$/),
    ]);
    expect(execFileSync(process.execPath, ['scripts/build.mjs'], { cwd: root, encoding: 'utf8' })).toBe('');
    expect(lstatSync(stamp).mtimeMs).toBe(before);
  });
});

it('init names the schema where an editor finds it, and makes the folder', async () => {
  const folder = scratch();
  expect(await cli(['init', 'studies/mine.yaml'], folder)).toMatchObject({ code: 0 });
  const [first] = readFileSync(path.join(folder, 'studies/mine.yaml'), 'utf8').split('\n');
  const [, address] = /^# yaml-language-server: \$schema=(\S+)$/.exec(first) ?? [];
  expect(existsSync(new URL(address))).toBe(true);
  expect(JSON.parse(readFileSync(new URL(address), 'utf8'))).toMatchObject({ title: 'AgentMesh-STM study' });
  symlinkSync(path.join(folder, 'nowhere.yaml'), path.join(folder, 'link.yaml'));
  expect(await cli(['init', 'link.yaml'], folder)).toMatchObject({ code: 2 });
  expect(readdirSync(folder).sort()).toEqual(['link.yaml', 'studies']);
});

describe('a study that is too large, or hides something, is refused in one sentence before anything is planned', () => {
  it.each<[what: string, text: string, message: RegExp]>([
    [
      'over a million runs',
      study.replace('seeds: 2', 'seeds: 600000\nfactors: {temperature: [0.5, 1]}'),
      /study\.yaml:5:\d+: The study has 1,200,000 runs \(.*2 levels of temperature x 600,000 seeds\).*at most 1,000,000/,
    ],
    [
      'a bomb of aliases',
      'a: &a [1,1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c]\n',
      /study\.yaml:4:\d+: The aliases of this file/,
    ],
    ['__proto__', `${study}factors: {__proto__: [1, 2]}\n`, /study\.yaml:6:\d+: Unknown factor "__proto__"/],
  ])('%s', async (_, text, message) => {
    const folder = folderWith(text);
    for (const args of [['run'], ['run', '--quote'], ['doctor', 'study.yaml', '--no-probe']]) {
      const { code, stdout, stderr } = await cli(args, folder);
      expect(stdout + stderr).toMatch(message);
      expect(code).toBe(2);
      expect(stderr).not.toMatch(/\n\s+at /);
    }
    expect(existsSync(path.join(folder, 'agentmesh-data'))).toBe(false);
  });
});

describe('files', () => {
  it('reports, analyses and exports replace a link, and leave what it leads to', async () => {
    const folder = folderWith();
    const place = path.join(folder, 'agentmesh-data/quick');
    expect(await cli(['run'], folder)).toMatchObject({ code: 0 });
    writeFileSync(path.join(folder, 'precious'), 'precious');
    const written = ['report.html', 'analysis.json', 'start.json', 'runs.parquet', 'traces.parquet'];
    for (const name of [...written, 'runs.csv']) {
      const file = path.join(place, name);
      execFileSync('rm', ['-f', file]);
      symlinkSync(path.join(folder, 'precious'), file);
    }
    expect(await cli(['run'], folder)).toMatchObject({ code: 0 });
    expect(await cli(['export', '--parquet'], folder)).toMatchObject({ code: 0 });
    expect(await cli(['export', '--out', 'agentmesh-data/quick/runs.csv'], folder)).toMatchObject({
      code: 0,
    });
    expect(readFileSync(path.join(folder, 'precious'), 'utf8')).toBe('precious');
    for (const name of [...written, 'runs.csv'])
      expect(lstatSync(path.join(place, name)).isFile(), name).toBe(true);
    expect(readdirSync(place).filter((name) => name.includes('.part-'))).toEqual([]);
  });

  it.runIf(existsSync('/dev/full'))(
    'a full disk is one sentence and exit code 2, a reader that stops is nothing',
    async () => {
      const folder = folderWith();
      await cli(['run'], folder);
      const sentence = /^Error: The disk is full: .* \(ENOSPC\)\. .*\n$/;
      for (const format of ['csv', 'jsonl', 'parquet']) {
        const full = await cli(
          ['export', '--what', 'traces', '--format', format, '--out', '/dev/full'],
          folder,
        );
        expect(full).toMatchObject({ code: 2, stderr: expect.stringMatching(sentence) as string });
      }
      const program = path.join(root, 'bin/agentmesh.js');
      const shell = (command: string) =>
        spawnSync('bash', ['-c', command, 'bash', process.execPath, program], {
          cwd: folder,
          encoding: 'utf8',
        });
      for (const args of ['export --what traces', 'status', 'tasks', '--help']) {
        const { status, stderr } = shell(`"$1" "$2" ${args} > /dev/full`);
        expect(stderr).toMatch(sentence);
        expect(status).toBe(2);
        const head = shell(`"$1" "$2" ${args} | head -c 1; exit \${PIPESTATUS[0]}`);
        expect(head).toMatchObject({ status: 0, stderr: '' });
      }
      expect(lstatSync('/dev/full').isCharacterDevice()).toBe(true);
    },
  );
});

it('a database that lost its content is said, and not begun anew in silence', async () => {
  const folder = folderWith();
  const database = path.join(folder, 'agentmesh-data/quick/study.db');
  mkdirSync(path.dirname(database), { recursive: true });
  writeFileSync(database, '');
  const first = await cli(['run'], folder);
  expect(first).toMatchObject({ code: 0, stderr: expect.stringContaining('was empty (0 bytes)') as string });
  for (const content of ['', 'not a database']) {
    writeFileSync(database, content);
    for (const args of [['run'], ['status'], ['export']]) {
      const { code, stderr } = await cli(args, folder);
      expect(stderr).toMatch(/^Error: .*study\.db is damaged or not a study database/);
      expect(code).toBe(2);
    }
  }
});

describe('names that would act on a terminal', () => {
  const label = 'a\u001b[2J\u001b]0;owned\u0007\u009b31m\u202eb';
  const text = study.replace(
    '[scripted]',
    `[{id: scripted, label: ${JSON.stringify(label)}, failureShare: 0.5}]`,
  );
  // eslint-disable-next-line no-control-regex
  const acting = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/;

  it('are written as their code points in everything that is printed', async () => {
    const folder = folderWith(text.replace('seeds: 2', 'seeds: 4'));
    const shown: string[] = [];
    for (const args of [
      ['run'],
      ['status'],
      ['status', '--json'],
      ['analyze'],
      ['analyze', '--json'],
      ['doctor', 'study.yaml', '--no-probe'],
      ['run', '--json'],
      ['status', label],
      [label],
      ['tasks', 'show', label],
      ['run', `${label}.yaml`],
      ['export', '--out', `${label}/x`],
    ]) {
      const { stdout, stderr } = await cli(args, folder);
      expect(stdout + stderr).not.toMatch(acting);
      shown.push(stdout + stderr);
    }
    expect(shown[0]).toContain('a⟨U+001B⟩[2J');
    const { code } = await cli(
      ['export', '--what', 'runs', '--format', 'jsonl', '--out', 'runs.jsonl'],
      folder,
    );
    expect(code).toBe(0);
    const [row] = readFileSync(path.join(folder, 'runs.jsonl'), 'utf8').split('\n');
    expect((JSON.parse(row) as { model: string }).model).toBe(label);
  });

  it.runIf(process.platform === 'linux')('do not reach a terminal through an export either', async () => {
    const folder = folderWith(text);
    await cli(['run'], folder);
    // `script` gives the program a terminal of its own.
    const command = `"${process.execPath}" "${path.join(root, 'bin/agentmesh.js')}" export --format csv`;
    const child = spawn('script', ['-qec', command, '/dev/null'], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let seen = '';
    child.stdout.on('data', (chunk) => (seen += String(chunk)));
    await new Promise((resolve) => child.on('close', resolve).on('error', resolve));
    if (seen === '') {
      console.warn('SKIPPED: there is no `script` here to give a program a terminal.');
      return;
    }
    expect(seen).toContain('a⟨U+001B⟩[2J');
    expect(seen.replaceAll('\r\n', '')).not.toMatch(acting);
  });
});

it.each([
  [['view', '--port', '99999'], /There is no port 99999/],
  [['view', '--port', 'x'], /--port takes a whole number/],
  [['view', '--host', 'no.such.host.invalid', '--port', '0'], /cannot listen on no\.such\.host\.invalid/],
])('%j is refused in one sentence', async (args, message) => {
  const { code, stderr } = await cli(args, folderWith());
  expect(stderr).toMatch(message);
  expect(code).toBe(2);
  expect(stderr.trim().split('\n')).toHaveLength(1);
});

it('every command has examples in its help', async () => {
  const folder = scratch();
  const { stdout } = await cli(['--help'], folder);
  const commands = [...stdout.matchAll(/^ {2}([a-z]+) .*\S/gm)].map(([, name]) => name);
  expect(commands).toEqual(expect.arrayContaining(['run', 'export', 'view', 'tasks', 'completion']));
  const subcommands = [
    ['tasks', 'show'],
    ['tasks', 'play'],
    ['models', 'serve'],
  ];
  const all = [...new Set(commands)]
    .filter((name) => !['help', 'agentmesh'].includes(name))
    .map((name) => [name]);
  for (const command of [...all, ...subcommands]) {
    const help = await cli([...command, '--help'], folder);
    expect(help.stdout, command.join(' ')).toContain('Examples:');
  }
  expect(stdout).toContain('Exit codes: 0 done');
});
