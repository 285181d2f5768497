import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import * as tasks from '../src/tasks/index.ts';

const sources = path.resolve(import.meta.dirname, '../src');
const read = (...parts: string[]) => readFileSync(path.join(sources, ...parts), 'utf8');

/** The files of a catalogue, without their tests; shared pieces live in `parts/`. */
function entries(folder: string): string[] {
  return readdirSync(path.join(sources, folder), { withFileTypes: true })
    .filter(
      (file) => file.isFile() && file.name.endsWith('.ts') && !/^index\.ts$|\.test\.ts$/.test(file.name),
    )
    .map((file) => file.name.replace(/\.ts$/, ''));
}

const camelCase = (id: string) => id.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
const line = (id: string) => `export { ${camelCase(id)} } from './${id}.ts';`;

/** The catalogue's constant that a file defines, by the type that it is declared with. */
function defined(folder: string, id: string): string | undefined {
  return /^export const (\w+): (?:Task|Simulator|Model|Strategy)Definition\b/m.exec(
    read(folder, `${id}.ts`),
  )?.[1];
}

function missingLines(index: string, ids: readonly string[]): string[] {
  return ids.map(line).filter((needed) => !index.split('\n').includes(needed));
}

describe.each(['tasks', 'models', 'strategies'])('the catalogue src/%s', (folder) => {
  const ids = entries(folder).filter((id) => defined(folder, id) !== undefined);

  it('has a line in index.ts for every file that defines an entry', () => {
    expect(ids.length).toBeGreaterThan(0);
    const missing = missingLines(read(folder, 'index.ts'), ids);
    expect(missing, `src/${folder}/index.ts lacks:\n${missing.join('\n')}`).toEqual([]);
  });

  it('names the constant after the file, and the file after the id', () => {
    for (const id of ids) {
      expect(defined(folder, id), `src/${folder}/${id}.ts`).toBe(camelCase(id));
      expect(read(folder, `${id}.ts`)).toContain(`id: '${id}'`);
    }
  });
});

describe('the catalogue src/tasks', () => {
  it('holds nothing but tasks: shared pieces go to parts/', () => {
    for (const id of entries('tasks')) expect(defined('tasks', id), `src/tasks/${id}.ts`).toBeDefined();
    expect(Object.values(tasks).map(({ id }) => id).sort()).toEqual(entries('tasks').sort()); // prettier-ignore
  });

  it('runs the conformance suite over every task, that of simulators over these', () => {
    for (const id of entries('tasks')) {
      const [, kind] = /^export const \w+: (Task|Simulator)Definition\b/m.exec(read('tasks', `${id}.ts`))!;
      expect(read('tasks', `${id}.test.ts`), `src/tasks/${id}.test.ts`).toContain(
        `${kind.toLowerCase()}Conformance(${camelCase(id)},`,
      );
    }
  });
});

describe('missingLines', () => {
  it('prints the line to add', () => {
    const index = `// The catalogue\n${line('coverage')}\n`;
    expect(missingLines(index, ['coverage', 'two-step-game'])).toEqual([
      "export { twoStepGame } from './two-step-game.ts';",
    ]);
  });
});
