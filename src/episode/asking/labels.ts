/**
 * The values behind labels, as in "Action: north" or `"action": "north"`: of each label the last one, to the end of
 * its line or to the next label. A label stands at the beginning of a line, whatever decorates it, or in quotes; where
 * nothing follows it on its line, the next line is its value. What follows the label `message` is a quotation: labels
 * in it are not read.
 *
 * Linear in the length of the text: what is looked at around each label is bounded.
 *
 * @param labels in any letter case
 * @returns values by lower-case label, trimmed, none empty; in the order in which they were found
 */
export function labelledValues(text: string, labels: readonly string[]): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  const found = labelsIn(text, labels);
  let readFrom = 0;
  found.forEach(({ label, from, to, quoted }, k) => {
    if (from < readFrom) return;
    const next = found[k + 1]?.from ?? text.length;
    const lineEnd = endOfLine(text, to);
    const isMessage = label === 'message' && !quoted;
    const end = isMessage ? lineEnd : Math.min(next, lineEnd);
    if (isMessage) readFrom = end;
    const value = text.slice(to, end).trim() || nextLine(text, lineEnd, next);
    if (value.replace(decoration, '') === '') return;
    values.delete(label);
    values.set(label, value);
  });
  return values;
}

interface Label {
  readonly label: string;
  /** Where it begins, decoration apart, and where its value begins. */
  readonly from: number;
  readonly to: number;
  /** A key in quotes. */
  readonly quoted: boolean;
}

/** What is looked at on either side of a label. */
const nearby = 60;
/** From the beginning of a line to a label. */
const leads =
  /(?:^|[\n\r|;{,])[\s>*_#`~"'“”•.()\d-]{0,30}(?:(?:my|the|final|best|chosen|selected|next|so|thus|therefore),? ){0,3}[*_"'“]{0,4}$/i;
/** From a label to its value. */
const follows =
  /^(?: (?:level|score|is))?(?: ?\([^()\n]{0,40}\))?(["'“”*_`\\]{0,4})\s{0,3}(?:[:=：]|->|→)[*_]{0,4}/i;
const decoration = /[\s"'“”*_`.,;{}[\]()-]/g;
const quote = /["'“”]/;
const wordCharacter = /[\p{L}\p{N}]/u;

function labelsIn(text: string, labels: readonly string[]): Label[] {
  if (labels.length === 0) return [];
  return [...text.matchAll(anyOf(labels))].flatMap(({ index, 0: written }) => {
    const before = text.slice(Math.max(0, index - nearby), index);
    const after = text.slice(index + written.length, index + written.length + nearby);
    if (wordCharacter.test(before.slice(-1)) || wordCharacter.test(after.slice(0, 1))) return [];
    const colon = follows.exec(after);
    if (!colon) return [];
    // In quotes it is a key, wherever it stands.
    const quoted = quote.test(before.slice(-1)) && quote.test(colon[1]);
    if (!quoted && !leads.test(before)) return [];
    return [
      { label: written.toLowerCase(), from: index, to: index + written.length + colon[0].length, quoted },
    ];
  });
}

const escaped = (label: string) => label.replace(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);

/** Longer ones first, for one may begin like another. */
function anyOf(labels: readonly string[]): RegExp {
  return new RegExp([...labels].sort((a, b) => b.length - a.length).map(escaped).join('|'), 'gi'); // prettier-ignore
}

function endOfLine(text: string, from: number): number {
  const at = text.indexOf('\n', from);
  return at < 0 ? text.length : at;
}

/** The first line with anything in it after this one, unless a label comes before it. */
function nextLine(text: string, from: number, next: number): string {
  const after = /\S/.exec(text.slice(from, Math.min(next, from + 200)));
  if (!after) return '';
  const start = from + after.index;
  return text.slice(start, Math.min(next, endOfLine(text, start))).trim();
}
