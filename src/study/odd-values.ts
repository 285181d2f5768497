import { InputError } from '../core/index.ts';
import type { StudySource } from './source.ts';

const hidden = '__proto__';

/**
 * Refuses what a schema would drop in silence or could not end with: keys named `__proto__`, which JavaScript takes
 * for something else, and values that contain themselves. Definitions in a TypeScript study are left alone.
 * @throws InputError with the place
 */
export function refuseOddValues({ value: whole, placeOf }: StudySource): void {
  const walk = (value: unknown, path: readonly PropertyKey[], enclosing: ReadonlySet<unknown>) => {
    if (typeof value !== 'object' || value === null || 'optionsSchema' in value) return;
    if (enclosing.has(value)) {
      const name = path.map(String).join('.');
      throw new InputError(`The value of ${name} contains itself. Write it out.`, placeOf(path));
    }
    const inner = new Set([...enclosing, value]);
    if (Array.isArray(value)) {
      value.forEach((item, k) => walk(item, [...path, k], inner));
      return;
    }
    if (Object.hasOwn(value, hidden) || hasWrittenPrototype(value)) {
      throw new InputError(
        `Unknown ${kindAt(path)} "${hidden}". No ${kindAt(path)} can have that name.`,
        placeOf([...path, hidden]),
      );
    }
    for (const [key, item] of Object.entries(value)) walk(item, [...path, key], inner);
  };
  walk(whole, [], new Set());
}

/** `{__proto__: x}` in a program makes no key: it sets the prototype, to a value without a class. */
function hasWrittenPrototype(value: object): boolean {
  const prototype = Object.getPrototypeOf(value) as object | null;
  if (prototype === null || Object.getPrototypeOf(prototype) === null) return false;
  return Array.isArray(prototype) || !Object.hasOwn(prototype, 'constructor');
}

function kindAt(path: readonly PropertyKey[]): string {
  if (path.length === 0) return 'setting';
  return path[0] === 'factors' ? 'factor' : `option in ${path.map(String).join('.')}`;
}
