import { displayBlock } from '../../core/display-text.ts';

/** What a piece of code is shown as. */
export interface Token {
  readonly kind: 'comment' | 'string' | 'number' | 'keyword' | 'plain';
  readonly text: string;
}

const keywords =
  'async await break case catch class const continue def default delete do elif else except finally for from function if ' +
  'import in is lambda let new None not null of or and pass raise return switch this throw True False true false try ' +
  'typeof undefined var void while with yield';
const pieces = new RegExp(
  [
    String.raw`(?<comment>\/\/[^\n]*|\/\*[^]*?(?:\*\/|$)|(?<=^|\s)#[^\n]*)`,
    String.raw`(?<string>"(?:\\[^]|[^"\\\n])*"?|'(?:\\[^]|[^'\\\n])*'?|` + '`(?:\\\\[^]|[^`\\\\])*`?)',
    String.raw`(?<number>\b\d[\d_]*(?:\.\d+)?(?:e[+-]?\d+)?\b)`,
    String.raw`(?<keyword>\b(?:${keywords.replaceAll(' ', '|')})\b)`,
  ].join('|'),
  'g',
);

/** Code in pieces, all of it, in its order. JavaScript and Python are told no apart: this is for reading, not running. */
export function tokensOf(code: string): readonly Token[] {
  const tokens: Token[] = [];
  let from = 0;
  for (const match of code.matchAll(pieces)) {
    if (match.index > from) tokens.push({ kind: 'plain', text: code.slice(from, match.index) });
    const [kind] = Object.entries(match.groups ?? {}).find(([, text]) => text !== undefined) ?? ['plain'];
    tokens.push({ kind: kind as Token['kind'], text: match[0] });
    from = match.index + match[0].length;
  }
  if (from < code.length) tokens.push({ kind: 'plain', text: code.slice(from) });
  return tokens;
}

/** A program that a model wrote, as text with colours; never markup. */
export function Code({ code, label }: { code: string; label: string }) {
  return (
    <pre class="passage code" dir="ltr" tabIndex={0} aria-label={label} role="group">
      <code>
        {tokensOf(displayBlock(code)).map(({ kind, text }, k) =>
          kind === 'plain' ? (
            text
          ) : (
            <span key={k} class={`code-${kind}`}>
              {text}
            </span>
          ),
        )}
      </code>
    </pre>
  );
}

const fence = /^[ \t]*```[^\n]*\n([^]*?)(?:^[ \t]*```[ \t]*$|(?![^]))/gm;

/** A text in parts: what stands in fences is code, and so is all of a text that was asked for as code and has none. */
export function partsOf(
  text: string,
  asCode: boolean,
): readonly { readonly code: boolean; readonly text: string }[] {
  const parts: { code: boolean; text: string }[] = [];
  let from = 0;
  for (const match of text.matchAll(fence)) {
    parts.push({ code: false, text: text.slice(from, match.index) }, { code: true, text: match[1] });
    from = match.index + match[0].length;
  }
  if (from === 0) return [{ code: asCode, text }];
  parts.push({ code: false, text: text.slice(from) });
  return parts.map((part) => ({ ...part, text: part.text.trim() })).filter((part) => part.text !== '');
}
