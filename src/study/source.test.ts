import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { InputError } from '../core/index.ts';
import { readStudyFile } from './source.ts';

function folder(): string {
  const made = mkdtempSync(path.join(tmpdir(), 'source-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

it.each(['mjs', 'ts'])(
  'loads a study module by a path relative to the working folder: %s',
  async (extension) => {
    const file = path.join(folder(), `own.${extension}`);
    writeFileSync(file, "export default { name: 'own' };\n");
    const { value } = await readStudyFile(path.relative(process.cwd(), file));
    expect(value).toEqual({ name: 'own' });
  },
);

it('says which module is not there, and what in one is wrong', async () => {
  const missing = path.join(folder(), 'missing.ts');
  await expect(readStudyFile(missing)).rejects.toThrow(InputError);
  await expect(readStudyFile(missing)).rejects.toThrow(/missing\.ts: The study file cannot be read \(ENOENT/);
  const broken = path.join(folder(), 'broken.ts');
  writeFileSync(broken, 'throw new Error("no luck");\n');
  await expect(readStudyFile(broken)).rejects.toThrow(
    /broken\.ts: The study module cannot be loaded: no luck/,
  );
});
