import { StoreError } from '../../contracts/index.ts';

/** The driver cuts text at a NUL character and replaces half surrogate pairs; nothing we name needs either. */
export function storableText(text: string, what: string): string {
  // eslint-disable-next-line no-control-regex
  if (!/[\u0000\ud800-\udfff]/u.test(text)) return text;
  throw new StoreError(
    `The ${what} ${JSON.stringify(text)} holds a NUL character or half a surrogate pair. Choose another.`,
  );
}
