import { UnknownIdError } from '../core/index.ts';

/** @throws UnknownIdError naming what there is */
export function byId<D extends { readonly id: string }>(
  kind: string,
  definitions: readonly D[],
  id: string,
): D {
  const found = definitions.find((definition) => definition.id === id);
  if (found) return found;
  throw new UnknownIdError(
    kind,
    id,
    definitions.map((definition) => definition.id),
  );
}
