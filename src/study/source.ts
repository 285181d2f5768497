import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type Document, LineCounter, parseDocument, visit } from 'yaml';
import { InputError, type Place, reasonOf } from '../core/index.ts';

/** A study file that was read, not yet checked, with a way to say where a value stands. */
export interface StudySource {
  readonly value: unknown;
  /** The place of the value at that path, or of the nearest enclosing value that has one. */
  readonly placeOf: (path: readonly PropertyKey[]) => Place;
}

/**
 * Reads a study file: YAML (or JSON, which is YAML), or a TypeScript or JavaScript module with the study as its
 * default export.
 * @throws InputError when it cannot be read or parsed, with the place
 */
export async function readStudyFile(file: string): Promise<StudySource> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new InputError(
      `The study file cannot be read (${reasonOf(error)}). Write one with \`agentmesh init\`.`,
      { file },
    );
  }
  if (/\.[cm]?[jt]s$/.test(file)) return { value: await loadModule(file), placeOf: () => ({ file }) };
  return parseStudyYaml(text, file);
}

async function loadModule(file: string): Promise<unknown> {
  try {
    const { createJiti } = await import('jiti');
    // From this folder, not from that of this program's own file.
    const absolute = path.resolve(file);
    return await createJiti(import.meta.url, { moduleCache: false }).import(absolute, { default: true });
  } catch (error) {
    // What comes after the first line is the loader's own, and a position in the file.
    const [first, ...rest] = reasonOf(error).trim().split('\n');
    const position = /:(\d+):(\d+)\s*$/.exec(rest.at(-1) ?? '');
    const place = position ? { file, line: Number(position[1]), column: Number(position[2]) } : { file };
    const [, missing] = /^Cannot find (?:module|package) '([^'./][^']*)'/.exec(first) ?? [];
    const remedy = missing
      ? `Install it where the file is: npm install ${missing} (in ${path.dirname(path.resolve(file))}).`
      : 'Mend the file, or name another one.';
    throw new InputError(`The module cannot be loaded: ${first.trim().replace(/\.$/, '')}. ${remedy}`, place);
  }
}

/** Anchors, aliases and merge keys (`<<: *defaults`) are followed. */
export function parseStudyYaml(text: string, file: string): StudySource {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true });
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col };
  };
  const [problem] = document.errors;
  if (problem) {
    const tooDeep = problem.code === 'RESOURCE_EXHAUSTION';
    throw new InputError(
      tooDeep ? 'The values are nested too deeply.' : `This is not valid YAML: ${problem.message}`,
      placeAt(problem.pos[0]),
    );
  }
  const value = valueOf(document, placeAt);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InputError('A study file is a list of settings such as "name: quick"; this is not.', {
      file,
      line: 1,
    });
  }
  return {
    value,
    placeOf: (path) => {
      for (let depth = path.length; depth > 0; depth--) {
        const node = document.getIn(path.slice(0, depth), true) as { range?: readonly number[] } | undefined;
        if (node?.range) return placeAt(node.range[0]);
      }
      return { file, line: 1 };
    },
  };
}

/** The document's value. @throws InputError when its aliases or merge keys cannot be followed */
function valueOf(document: Document, placeAt: (offset: number) => Place): unknown {
  try {
    return document.toJS();
  } catch (error) {
    // The library says what is wrong, and not where: an alias or merge key, of which the last is the nearest guess.
    let offset = 0;
    const look = (_: unknown, node: unknown) => {
      const { range } = node as { readonly range?: readonly number[] | null };
      if (range) [offset] = range;
    };
    visit(document, {
      Alias: look,
      Pair: (_, { key }) => {
        if ((key as { readonly source?: string } | null)?.source === '<<') look(_, key);
      },
    });
    const bomb = reasonOf(error).startsWith('Excessive alias count');
    throw new InputError(
      bomb
        ? 'The aliases of this file repeat each other so often that it would become too large. Write the values out.'
        : `This YAML cannot be read: ${reasonOf(error)}.`,
      placeAt(offset),
    );
  }
}
