// Builds dist, unless what is there was made from these very sources: `dist/built.json` holds a hash of all that goes
// into it and one of all that came out. `prepare` is what npm runs after an installation in a clone.
import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const dist = path.join(root, 'dist');
const stampFile = path.join(dist, 'built.json');
const incremental = path.join(dist, '.tsbuildinfo');
const sources = ['src', 'scripts/build.mjs', 'scripts/build-viewer.mjs', 'package.json', 'package-lock.json'];
const settings = ['tsconfig.json', 'tsconfig.build.json'];

/** All files in and below these places, in a fixed order. */
function filesIn(places) {
  return places.flatMap((place) => {
    const full = path.join(root, place);
    if (!existsSync(full)) return [];
    const inside = readdirSync(path.dirname(full), { withFileTypes: true });
    if (inside.find(({ name }) => name === path.basename(full))?.isFile()) return [place];
    return filesIn(
      readdirSync(full)
        .sort()
        .map((name) => path.join(place, name)),
    );
  });
}

function hashOf(files) {
  const hash = createHash('sha256');
  for (const file of files) {
    const bytes = readFileSync(path.join(root, file));
    hash.update(`${file} ${bytes.length}\n`).update(bytes);
  }
  return hash.digest('hex');
}

const isSource = (file) => !/\.test(-[a-z-]+)?\.tsx?$/.test(file);
const sourceHash = () => hashOf(filesIn([...sources, ...settings]).filter(isSource));
const isProduct = (file) => file !== path.join('dist', 'built.json') && !file.endsWith('.tsbuildinfo');
const products = () => filesIn(['dist']).filter(isProduct);

function stamp() {
  try {
    return JSON.parse(readFileSync(stampFile, 'utf8'));
  } catch {
    return {};
  }
}

/** Takes away what an earlier build made from sources that are gone. */
function removeStale() {
  for (const file of products()) {
    const [, ...inside] = file.split(path.sep);
    if (inside[0] === 'viewer') continue;
    const source = path.join(root, 'src', ...inside).replace(/(\.d\.ts|\.js)$/, '');
    if (!['.ts', '.tsx'].some((ending) => existsSync(source + ending))) rmSync(path.join(root, file));
  }
}

function run(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  if (error) console.error(String(error));
  if (status !== 0) process.exit(status ?? 1);
}

/** TypeScript's native compiler takes a fifth of the time; where it has no program for this machine, the other one. */
function findCompiler() {
  const module = (name) => path.join(root, 'node_modules', name);
  const native = module(`@typescript/native-preview-${process.platform}-${process.arch}`);
  const candidates = [
    ...(existsSync(native) ? [module('@typescript/native-preview/bin/tsgo')] : []),
    module('typescript/bin/tsc'),
  ];
  return candidates.find((file) => existsSync(file));
}

const compiler = findCompiler();
if (compiler === undefined) {
  console.error('AgentMesh-STM was not built: its development tools are not installed. Run `npm ci`.');
  // An installation without them (`npm ci --omit=dev`) is whole otherwise.
  process.exit(process.argv[2] === 'prepare' ? 0 : 2);
}
const from = sourceHash();
const built = stamp();
if (built.from !== from || built.to !== hashOf(products())) {
  // The compiler trusts its own notes, not the files: where these were changed, it must not.
  if (built.to === undefined || built.to !== hashOf(products())) rmSync(incremental, { force: true });
  rmSync(stampFile, { force: true });
  run(process.execPath, [compiler, '-p', 'tsconfig.build.json']);
  run(process.execPath, ['scripts/build-viewer.mjs']);
  removeStale();
  const unfinished = `${stampFile}.part-${process.pid}`;
  writeFileSync(unfinished, `${JSON.stringify({ from, to: hashOf(products()) })}\n`);
  renameSync(unfinished, stampFile);
}
