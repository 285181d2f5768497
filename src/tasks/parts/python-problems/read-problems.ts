import { gunzipSync } from 'node:zlib';
import type { Split } from '../../../contracts/index.ts';
import { InputError } from '../../../core/index.ts';
import { decoded, jsonLines } from '../json-lines.ts';
import { fallsToTraining } from '../training-share.ts';

/** One problem, as HumanEval writes it. */
export type PythonProblem = {
  /** `task_id`. */
  readonly id: string;
  /** The beginning of a program: imports, helpers, and at its end the head of the function with its description. */
  readonly prompt: string;
  /** `entry_point`: the function that is to be written. */
  readonly entryPoint: string;
  /** `test`: defines `check(candidate)`. */
  readonly test: string;
  /** `canonical_solution`: goes on where the prompt ends; nobody reads it but who checks the file. */
  readonly solution?: string;
};

const remedy = 'Write one object on each line, with task_id, prompt, entry_point and test.';
const mostBytes = 64e6;
const longestField = 50_000;

/**
 * Reads and checks a file of problems in JSON Lines, packed by gzip or not.
 * @throws InputError for the first thing that is wrong, with file and line
 */
export function readProblems(bytes: Uint8Array, file: string): readonly PythonProblem[] {
  const lines = new Map<string, number>();
  const problems = jsonLines(decoded(unpacked(bytes, file), file), file, remedy).map(({ object, line }) => {
    const wrong = (what: string) => new InputError(what, { file, line });
    const text = (name: string): string => {
      const value = object[name];
      if (typeof value !== 'string' || value.trim() === '') {
        const here = Object.keys(object).join(', ');
        throw wrong(
          `This problem has no "${name}", or no text there. It has ${here || 'nothing'}. ${remedy}`,
        );
      }
      if (value.length > longestField)
        throw wrong(`"${name}" has ${value.length} characters; ${longestField} are the most.`);
      return value;
    };
    const id = typeof object.task_id === 'number' ? String(object.task_id) : text('task_id');
    const before = lines.get(id);
    if (before !== undefined)
      throw wrong(`The task_id ${JSON.stringify(id)} is that of line ${before}, too. Give each its own.`);
    lines.set(id, line);
    const problem = { id, prompt: text('prompt'), entryPoint: text('entry_point'), test: text('test') };
    const { entryPoint } = problem;
    if (!/^[\p{L}_][\p{L}\p{N}_]*$/u.test(entryPoint))
      throw wrong(`The entry_point ${JSON.stringify(entryPoint)} is no name of a function.`);
    if (!definesFunction(problem.prompt, entryPoint))
      throw wrong(
        `The prompt does not begin the function "${entryPoint}": it needs a line \`def ${entryPoint}(\`.`,
      );
    if (!definesFunction(problem.test, 'check'))
      throw wrong('"test" defines no function `check`: it needs a line `def check(candidate):`.');
    const solution = object.canonical_solution;
    return typeof solution === 'string' ? { ...problem, solution } : problem;
  });
  if (problems.length === 0) throw new InputError('The file has no problems.', { file });
  return problems;
}

/** Whether the program has a function of that name on its top. */
export function definesFunction(program: string, name: string): boolean {
  return program.split(/\r\n?|\n/).some((line) => {
    const head = /^(?:async[ \t]+)?def[ \t]+([^\s(]+)[ \t]*\(/.exec(line);
    return head?.[1] === name;
  });
}

function unpacked(bytes: Uint8Array, file: string): Uint8Array {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: mostBytes });
  } catch (error) {
    const large = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    const reason = large ? `holds more than ${mostBytes / 1e6} MB` : 'was cut short or damaged';
    throw new InputError(`This file is packed by gzip and ${reason}.`, { file });
  }
}

/** Problems of the same words fall to the same side in every file; a few that all fall to training are all played. */
export function divided(
  problems: readonly PythonProblem[],
  share: number,
): Readonly<Record<Split, readonly PythonProblem[]>> {
  const train = problems.filter(({ prompt }) => fallsToTraining(prompt, share));
  const test = problems.filter((problem) => !train.includes(problem));
  return test.length > 0 ? { train, test } : { train: [], test: train };
}
