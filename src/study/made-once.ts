import { canonicalJson } from '../core/index.ts';

/** Makes every different thing once. */
export function madeOnce<Args extends readonly unknown[], T>(
  keyOf: (...args: Args) => readonly unknown[],
  make: (...args: Args) => Promise<T>,
): (...args: Args) => Promise<T> {
  const memory = new Map<string, Promise<T>>();
  return (...args) => {
    const key = canonicalJson(keyOf(...args));
    const known = memory.get(key) ?? make(...args);
    memory.set(key, known);
    return known;
  };
}
