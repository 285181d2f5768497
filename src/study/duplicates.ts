import { InputError, type Place } from '../core/index.ts';

/** @throws InputError at the second place of a label that is there twice */
export function refuseDuplicates(
  kind: string,
  labels: readonly string[],
  placeOf: (index: number) => Place,
  remedy = 'List each once.',
) {
  const seen = new Set<string>();
  labels.forEach((label, k) => {
    if (seen.has(label))
      throw new InputError(`The ${kind} "${label}" is listed twice. ${remedy}`, placeOf(k));
    seen.add(label);
  });
}
