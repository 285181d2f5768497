import type { AnyTaskDefinition } from '../contracts/index.ts';

/** The task with the permission to run programs in Python that models write, where it asks for it and it was given. */
export function withPython<Definition extends AnyTaskDefinition>(
  definition: Definition,
  allowed: boolean | undefined,
): Definition {
  if (!allowed || !definition.createWithPython) return definition;
  return { ...definition, create: (options) => definition.createWithPython!(options) };
}
