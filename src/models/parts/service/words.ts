/** What an answer consists of, as services send it: any of it may be missing, or of another type than documented. */
export interface AnswerParts {
  /** A text; a list of parts, thinking among them; an object, where a service has read the JSON already. */
  readonly content: unknown;
  /** What it thought, where that comes apart from the answer. */
  readonly reasoning?: unknown;
  readonly refusal?: unknown;
  /** Why it ended, in the service's words. */
  readonly finish?: unknown;
}

export interface AnswerWords {
  readonly text: string;
  /** The words stood where a service puts what a model thinks. */
  readonly from?: 'reasoning';
  /** Why the service or the model kept the answer back. */
  readonly withheld?: string;
}

/**
 * The words of an answer, wherever the service has put them.
 *
 * Where there is nothing but reasoning and the answer was not cut off, the reasoning is read: the service took a whole
 * answer for it. Reasoning that was cut off is none.
 */
export function wordsOf({ content, reasoning, refusal, finish }: AnswerParts): AnswerWords {
  const text = textOf(content);
  if (text.trim() !== '') return { text };
  const refused = textOf(refusal);
  if (refused.trim() !== '') return { text: refused, withheld: 'refusal' };
  if (typeof finish === 'string' && /content.?filter|safety|refusal/i.test(finish))
    return { text: '', withheld: finish };
  const thought = textOf(reasoning) || thoughtsIn(content);
  if (thought.trim() === '' || cutOff(finish)) return { text };
  return { text: thought, from: 'reasoning' };
}

const cutOff = (finish: unknown) => typeof finish === 'string' && /length|max.?tokens/i.test(finish);

const isThought = (part: object) =>
  'type' in part && typeof part.type === 'string' && /think|reason/i.test(part.type);

/** The text of a content in any of its forms, without what was thought. */
function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (typeof content === 'number' || typeof content === 'boolean') return String(content);
  if (typeof content !== 'object' || content === null) return '';
  if (Array.isArray(content)) return content.map(textOf).join('');
  if (isThought(content)) return '';
  if ('text' in content) return textOf(content.text);
  // A text with its annotations, as in OpenAI's assistants.
  if ('value' in content) return textOf(content.value);
  return 'type' in content ? '' : JSON.stringify(content);
}

/** What was thought, of a content whose parts tell it apart. */
function thoughtsIn(content: unknown): string {
  if (!Array.isArray(content)) return '';
  const thoughts = content.filter(
    (part) => typeof part === 'object' && part !== null && isThought(part as object),
  );
  const inner = ['text', 'thinking', 'reasoning', 'content'];
  return thoughts
    .map((part) =>
      textOf(inner.map((name) => (part as Record<string, unknown>)[name]).find((x) => x !== undefined)),
    )
    .join('');
}
