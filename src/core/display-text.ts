/** Characters that move, hide or reorder text: controls, bidirectional marks, invisible separators, lone halves. */
const unseen =
  // eslint-disable-next-line no-control-regex
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/**
 * A name as readers may see it: every character that would be invisible, or would turn the text around it, is
 * written as its code point ("⟨U+202E⟩"), and what is longer than `longest` characters is cut with "…".
 */
export function displayText(text: string, longest = 200): string {
  const cut = text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
  return cut.replace(unseen, (c) => `⟨U+${c.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}⟩`);
}

/** The same for blocks of text: line breaks and tabs stay. */
export function displayBlock(text: string): string {
  return text
    .split('\n')
    .map((line) =>
      line
        .split('\t')
        .map((part) => displayText(part, Infinity))
        .join('\t'),
    )
    .join('\n');
}

/** JSON that a terminal may show: what would act or hide there is written as an escape, so the value stays the same. */
export function displayJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(unseen, (c) =>
    c === '\n' ? c : `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
