const around = 40;

/**
 * Where two texts part, as two lines with what stands around that place; undefined when they are equal.
 *
 * @example
 * firstDifference('step 1 of 9', 'step 2 of 9') // at character 6, "step 1 of 9" and "step 2 of 9"
 */
export function firstDifference(
  recorded: string,
  now: string,
): { readonly at: number; readonly recorded: string; readonly now: string } | undefined {
  if (recorded === now) return undefined;
  let at = 0;
  while (at < recorded.length && recorded[at] === now[at]) at++;
  const window = (text: string) => {
    const start = Math.max(0, at - around);
    const end = Math.min(text.length, at + around);
    return `${start > 0 ? '...' : ''}${text.slice(start, end)}${end < text.length ? '...' : ''}`;
  };
  // Counted from 1, as editors do.
  return { at: at + 1, recorded: window(recorded), now: window(now) };
}
