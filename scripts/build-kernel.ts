/** Assembles src/stats/permutation/kernel.wat into kernel-binary.ts: `npx tsx scripts/build-kernel.ts`. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import wabt from 'wabt';

const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), '../src/stats/permutation');

/** The module that kernel.wat describes, in base64. */
export async function assembleKernel(): Promise<string> {
  const assembler = await wabt();
  const source = readFileSync(path.join(folder, 'kernel.wat'), 'utf8');
  const module = assembler.parseWat('kernel.wat', source, { simd: true });
  const { buffer } = module.toBinary({});
  module.destroy();
  return Buffer.from(buffer).toString('base64');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const base64 = await assembleKernel();
  const lines = (base64.match(/.{1,100}/g) ?? []).map((part) => `  '${part}',`);
  writeFileSync(
    path.join(folder, 'kernel-binary.ts'),
    `// Assembled from kernel.wat by scripts/build-kernel.ts.\nexport const kernelBinary = [\n${lines.join('\n')}\n].join('');\n`,
  );
}
