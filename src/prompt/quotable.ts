/** Ends a line, or moves the place where text appears; a space keeps the words apart. */
const breaks = /[\p{Cc}\p{Zl}\p{Zp}]+/gu;
/** Seen by nobody or reordering what is seen: formats, lone surrogates, private characters, default-ignorable ones. */
const invisible = /[\p{Cf}\p{Cs}\p{Co}\p{Default_Ignorable_Code_Point}]+/gu;
/** More marks on one letter than any language writes: they cover the lines around them. */
const piledMarks = /(\p{M}{4})\p{M}+/gu;
/** Everything that looks like a double quotation mark, and the fence of a code block. */
const quotationMarks =
  /["`\u00ab\u00bb\u201c-\u201f\u2033\u2036\u275d\u275e\u301d-\u301f\uff02\u{1f676}-\u{1f678}]/gu;

/**
 * Chat templates build their section marks of these (`<|im_start|>`, `[INST]`, `<<SYS>>`, `</s>`), and some servers
 * read such marks inside a message too.
 */
const lookAlikes: Readonly<Record<string, string>> = {
  '<': '\u2039',
  '\uff1c': '\u2039',
  '>': '\u203a',
  '\uff1e': '\u203a',
  '[': '(',
  '\uff3b': '(',
  ']': ')',
  '\uff3d': ')',
};
const marks = /[<>[\]\uff1c\uff1e\uff3b\uff3d]/gu;

/**
 * Words that somebody else wrote, made fit to stand between two quotation marks on one line of a prompt: no line
 * break, nothing invisible, no quotation mark, no backslash (it could seem to escape ours), no section mark of a
 * chat template, single spaces. Ordinary words stay as they are.
 *
 * @param longest  in characters (code points); what goes beyond is cut off
 */
export function quotable(text: string, longest: number): { readonly text: string; readonly cut: boolean } {
  // What is far longer than needed is not looked at: cleaning shortens text, but seldom to a tenth.
  const looked = text.slice(0, 10 * longest);
  const clean = withoutMarks(looked)
    .replace(quotationMarks, "'")
    .replaceAll('\\', '/')
    .replace(breaks, ' ')
    .replace(/\s+/gu, ' ')
    .trim();
  const characters = [...clean];
  const cut = characters.length > longest || looked.length < text.length;
  return { text: characters.slice(0, longest).join('').trimEnd(), cut };
}

/**
 * What chat templates mark sections with, in full: `<|im_end|>`, `[/INST]`, `<<SYS>>`, `</s>`, `<start_of_turn>`. Programs are
 * full of brackets and hardly ever hold one of these.
 */
const templateMarks =
  /<[|\uff5c]|[|\uff5c]>|<(?=<?\/?(?:sys|s|bos|eos|pad|unk|think|thinking|system|user|assistant|(?:start|end)_of_(?:turn|text|image))>)|\[(?=\/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS|TOOL_CONTENT|THINK|IMG)\])/giu;

/**
 * A program that somebody else wrote, as lines that can be shown behind a mark: every character stays, brackets,
 * quotation marks, tabs and spaces among them, but what ends a line in other ways, what nobody sees, and the section
 * marks of chat templates.
 *
 * @param longest in characters (code units); what goes beyond is cut off
 */
export function quotableLines(
  text: string,
  longest: number,
): { readonly lines: readonly string[]; readonly cut: boolean } {
  const clean = text
    .slice(0, longest)
    .replace(invisible, '')
    .replace(piledMarks, '$1')
    .replace(templateMarks, (mark) => mark.replace(marks, (one) => lookAlikes[one]))
    .replace(/\r\n?/gu, '\n')
    .replace(/[^\P{Cc}\n\t]|[\p{Zl}\p{Zp}]/gu, ' ');
  return { lines: clean.split('\n'), cut: text.length > longest };
}

/**
 * A model's own answer, to be shown to it again in its own turn of a conversation: lines and quotation marks stay,
 * but nothing in it can end the turn.
 */
export function echoed(text: string, longest: number): string {
  return withoutMarks(text.slice(0, longest)).replace(/[^\P{Cc}\n]+/gu, ' ');
}

function withoutMarks(text: string): string {
  return text
    .replace(invisible, '')
    .replace(piledMarks, '$1')
    .replace(marks, (mark) => lookAlikes[mark]);
}
