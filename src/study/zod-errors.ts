import type { z } from 'zod';
import { InputError, nearest, type Place } from '../core/index.ts';

/**
 * Turns the first problem that a schema found into one error with its place and the nearest right value.
 * @param what the thing that was checked, e.g. `study` or `task "assembly"`
 * @param known the keys it could have had, for "did you mean"
 */
export function inputErrorOf(
  error: z.ZodError,
  what: string,
  known: readonly string[],
  placeOf: (path: readonly PropertyKey[]) => Place | undefined,
): InputError {
  const issue = deepest(error.issues);
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0];
    const within = issue.path.length > 0 ? ` in ${issue.path.map(String).join('.')}` : '';
    const near = within ? undefined : nearest(key, known);
    return new InputError(
      `Unknown ${what === 'study' ? 'setting' : `option of ${what}`} "${key}"${within}.` +
        (near ? ` Did you mean "${near}"?` : '') +
        (within ? '' : ` Available: ${known.join(', ')}.`),
      placeOf([...issue.path, key]),
    );
  }
  const where = issue.path.length > 0 ? `${what}: ${issue.path.map(String).join('.')}` : what;
  return new InputError(`${where}: ${issue.message}.`, placeOf(issue.path));
}

/** Of a union's complaints, the one that got furthest tells best what was meant. */
function deepest(issues: readonly z.core.$ZodIssue[]): z.core.$ZodIssue {
  const [first] = issues;
  if (first.code !== 'invalid_union' || first.errors.length === 0) return first;
  const candidates = first.errors
    .filter((branch) => branch.length > 0)
    .map((branch) => deepest(branch))
    .map((issue) => ({ ...issue, path: [...first.path, ...issue.path] }));
  const furthest = candidates.sort((a, b) => b.path.length - a.path.length)[0];
  if (!furthest || furthest.path.length === first.path.length) {
    const expected = [...new Set(candidates.map((c) => c.message.replace(/^Invalid input: /, '')))].join(
      ', or ',
    );
    return { ...first, message: expected || first.message };
  }
  return furthest;
}
