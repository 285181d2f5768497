import JSON5 from 'json5';

export type AnswerObject = Readonly<Record<string, unknown>>;

/**
 * The last JSON object in a text that fits, whatever is around it. It may have comments, single quotes, bare keys and
 * trailing commas (JSON5). Of nested objects the outermost that fits counts.
 *
 * Linear in the length of the text: braces are matched in one pass, and few objects are read.
 */
export function lastObject(text: string, fits: (object: AnswerObject) => boolean): AnswerObject | undefined {
  // A quotation mark that is never closed hides braces; then they are matched whatever is quoted.
  for (const quoted of [true, false]) {
    for (const [from, to] of objectSpans(text, quoted).slice(-mostObjects).reverse()) {
      const found = firstFitting(parsed(text.slice(from, to)), fits);
      if (found) return found;
    }
  }
  return undefined;
}

/** The object that a text is, and nothing else; what its own texts hold is then no mark of anything. */
export function wholeObject(text: string, fits: (object: AnswerObject) => boolean): AnswerObject | undefined {
  const trimmed = text.trim();
  if (!trimmed.startsWith('{') || !trimmed.endsWith('}')) return undefined;
  try {
    return firstFitting(JSON.parse(trimmed) as unknown, fits);
  } catch {
    return undefined;
  }
}

/** The value of the first of these names that the object has, in any letter case. */
export function field(object: AnswerObject, ...names: readonly string[]): unknown {
  const keys = Object.keys(object);
  for (const name of names) {
    const key = keys.find((k) => k.trim().toLowerCase() === name.toLowerCase());
    if (key !== undefined) return object[key];
  }
  return undefined;
}

const mostObjects = 8;
const mostNodes = 1000;

/** Where outermost objects begin and end, in order; of what is never closed, what is inside it. */
function objectSpans(text: string, quoted: boolean): [from: number, to: number][] {
  const open: number[] = [];
  const spans: [number, number][] = [];
  for (let at = 0; at < text.length; at++) {
    const c = text[at];
    if (c === '{') open.push(at);
    else if (c === '}') {
      const from = open.pop();
      if (from === undefined) continue;
      while (spans.length > 0 && spans[spans.length - 1][0] > from) spans.pop();
      spans.push([from, at + 1]);
    } else if (quoted && c === '"' && open.length > 0) {
      for (at++; at < text.length && text[at] !== '"'; at++) if (text[at] === '\\') at++;
    }
  }
  return spans;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    try {
      return JSON5.parse(text);
    } catch {
      return undefined;
    }
  }
}

/** Breadth first, so that outer objects come before inner ones, and no nesting is too deep. */
function firstFitting(value: unknown, fits: (object: AnswerObject) => boolean): AnswerObject | undefined {
  const queue: unknown[] = [value];
  for (let k = 0; k < Math.min(queue.length, mostNodes); k++) {
    const node = queue[k];
    if (typeof node !== 'object' || node === null) continue;
    if (!Array.isArray(node) && fits(node as AnswerObject)) return node as AnswerObject;
    queue.push(...(Object.values(node) as unknown[]).slice(0, mostNodes));
  }
  return undefined;
}
