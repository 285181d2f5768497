import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { sha256 } from '../../../core/index.ts';
import { decodeSafetensors, encodeSafetensors } from '../../../nn/index.ts';
import { shippedCentral, shippedWeights } from './weight-files.ts';
import { hasTrainingFile, packTrainings, readTrainingFile, trainingFilesIn } from './weight-packs.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'packs-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const nameOf = (seed: number, hash = '0123456789ab', suffix = '') =>
  `qmix-some-task-${seed}-${hash}${suffix}.safetensors`;

/** A training's own file; tensors of other seeds begin alike and have other sizes. */
function training(seed: number, value = seed / 8): Uint8Array {
  const weights = {
    'agent.0.w': { shape: [seed + 1, 2], data: new Float32Array(2 * seed + 2).fill(value) },
    'agent.0.b': { shape: [1], data: Float32Array.of(value) },
  };
  const metadata = { agents: '3', strategy: 'qmix', trainingSeed: `${seed}`, advice: `{"spread":${seed}}` };
  return encodeSafetensors({ weights, metadata }, 'F16');
}

const write = (name: string, bytes: Uint8Array) => writeFileSync(path.join(folder, name), bytes);
const read = (name: string) => {
  const found = readTrainingFile(folder, name);
  return found && Buffer.from(found.bytes);
};

it('gives the very bytes of each training’s own file, which are gone', () => {
  const seeds = [0, 1, 2, 10];
  for (const seed of seeds) {
    write(nameOf(seed), training(seed));
    write(nameOf(seed, 'ffffffffffff', '-central'), training(seed, 3));
  }
  packTrainings(folder);
  expect(readdirSync(folder).sort()).toEqual([
    'qmix-some-task-central.safetensors',
    'qmix-some-task.safetensors',
  ]);
  for (const seed of seeds) {
    expect(read(nameOf(seed))).toEqual(Buffer.from(training(seed)));
    expect(read(nameOf(seed, 'ffffffffffff', '-central'))).toEqual(Buffer.from(training(seed, 3)));
  }
  expect(trainingFilesIn(folder)).toHaveLength(8);
  // What depends on something else is another training.
  expect(read(nameOf(1, 'ba9876543210'))).toBeUndefined();
  expect(hasTrainingFile(folder, nameOf(1))).toBe(true);
  expect(hasTrainingFile(folder, nameOf(3))).toBe(false);
});

it('is a safetensors file, with what all trainings share said once', () => {
  for (const seed of [0, 1]) write(nameOf(seed), training(seed));
  packTrainings(folder);
  const file = path.join(folder, 'qmix-some-task.safetensors');
  const { weights, metadata } = decodeSafetensors(readFileSync(file), file);
  expect(Object.keys(weights).sort()).toEqual(
    ['seed/0/agent.0.b', 'seed/0/agent.0.w', 'seed/1/agent.0.b', 'seed/1/agent.0.w'].sort(),
  );
  expect(weights['seed/1/agent.0.w']).toEqual({ shape: [2, 2], data: new Float32Array(4).fill(1 / 8) });
  expect(metadata).toEqual({
    agents: '3',
    strategy: 'qmix',
    'seed/0': '{"hash":"0123456789ab","metadata":{"advice":"{\\"spread\\":0}","trainingSeed":"0"}}',
    'seed/1': '{"hash":"0123456789ab","metadata":{"advice":"{\\"spread\\":1}","trainingSeed":"1"}}',
  });
});

it('takes further trainings in: a seed that is trained anew replaces what was packed', () => {
  write(nameOf(0), training(0));
  write(nameOf(1), training(1));
  packTrainings(folder);
  write(nameOf(1, 'aaaaaaaaaaaa'), training(1, 7));
  write(nameOf(2), training(2));
  // Until it is packed, a file of its own serves as well.
  expect(read(nameOf(2))).toEqual(Buffer.from(training(2)));
  packTrainings(folder);
  expect(trainingFilesIn(folder)).toEqual([nameOf(0), nameOf(1, 'aaaaaaaaaaaa'), nameOf(2)]);
  expect(read(nameOf(1, 'aaaaaaaaaaaa'))).toEqual(Buffer.from(training(1, 7)));
  packTrainings(folder, (name) => name !== nameOf(0));
  expect(trainingFilesIn(folder)).toEqual([nameOf(1, 'aaaaaaaaaaaa'), nameOf(2)]);
  packTrainings(folder, () => false);
  expect(readdirSync(folder)).toEqual([]);
});

it('names a pack that is damaged', () => {
  write(nameOf(0), training(0));
  packTrainings(folder);
  const file = path.join(folder, 'qmix-some-task.safetensors');
  const bytes = readFileSync(file);
  for (const length of [3, 40, bytes.length - 1]) {
    writeFileSync(file, bytes.subarray(0, length));
    expect(() => read(nameOf(0))).toThrow(/qmix-some-task\.safetensors: Not a usable safetensors file/);
  }
});

// The checksums are part of runs' hashes: they are those of the files in which these trainings shipped first.
it.each([
  [
    'coma-coverage-0-1f4d4d44f060.safetensors',
    '219143baf61d28da28c26f8676b955a6315c04adf1c2a57e1159a1535e8468ec',
  ],
  [
    'commnet-messages-assembly-3-368051e8b8a4.safetensors',
    '0acc6605ba2a1a5fcace50d67f0a1bd300c1514a77d2f6a50d9a7f25fbdbf8bd',
  ],
  [
    'qmix-hidden-profile-9-2a42dca3219d.safetensors',
    'c911b063e9bc595ee01a1af1aae82be2e48cad490d300be383d3ac75df53874e',
  ],
  [
    'vdn-shaping-foraging-5-1bc42ba9464f.safetensors',
    'f7912ad41f71fa1f5c9b310a8802d0097ec71f428cf7d565940d56d623976c1c',
  ],
  [
    'independent-coverage-1-c890d790051b.safetensors',
    'b7e2c95afd1673197cf1908bb55a90b907ffd48361f507f4c76e0d43cdce3d92',
  ],
  [
    'qmix-foraging-2-a47ab28a272f-central.safetensors',
    '82911c67c4bc72b3b45c031115eb71d018a29b7f0301470e82dbdaae20f10612',
  ],
])('the shipped training %s has the checksum of its own file', (name, checksum) => {
  const shipped = name.includes('-central') ? shippedCentral : shippedWeights;
  expect(sha256(readTrainingFile(shipped, name)!.bytes)).toBe(checksum);
});
