/** What could be read from an answer. */
export interface ParsedAnswer {
  /** Index of the action. */
  readonly action: number;
  /** How sure the model says it is, in [0, 1]; absent when it says nothing readable. */
  readonly confidence?: number;
  /** Words to the teammates; absent when there are none. */
  readonly message?: string;
}

/**
 * Reads an action, and a confidence if there is one, from an answer in JSON or in plain words. It tolerates
 * code fences, reasoning in <think> tags, text around the JSON, other letter case, quotes and stops.
 *
 * An action counts when (in this order) a JSON object has it as `action`, the last line that begins with
 * "Action:" (or answer, choice, decision) has it, the whole answer is it, or it is the only action named anywhere.
 * Anything ambiguous is undefined: guessing would put words into a model's mouth.
 */
export function parseAnswer(text: string, actions: readonly string[]): ParsedAnswer | undefined {
  const said = withoutReasoning(text).slice(-longestRead);
  const json = lastObject(said);
  if (json) {
    const named = field(json, 'action');
    const action = typeof named === 'string' ? indexOfAction(named, actions) : undefined;
    if (action !== undefined) return { action, ...confidenceIn(field(json, 'confidence')), ...messageIn(field(json, 'message')) };
    // A JSON answer that names something else is an answer; a word elsewhere in it is none.
    if (named !== undefined) return undefined;
  }
  const lines = said.split('\n').map((line) => /^[\s>*_#-]*(\w+)[*_]*\s*[:=][\s*_]*(.*)$/.exec(line));
  const labelled = (labels: RegExp) => lines.findLast((match) => match && labels.test(match[1]))?.[2];
  const confidence = confidenceIn(labelled(/^confidence$/i));
  const line = labelled(/^(action|answer|choice|decision)$/i);
  const action =
    (line === undefined ? undefined : (indexOfAction(line, actions) ?? onlyNamed(line, actions))) ??
    indexOfAction(said, actions) ??
    onlyNamed(said, actions);
  return action === undefined ? undefined : { action, ...confidence, ...messageIn(labelled(/^message$/i)) };
}

/**
 * Reads one action per member, and a confidence if there is one: a JSON object with the names as fields, or lines
 * that begin with a name. Undefined unless every member has one of its actions.
 */
export function parseTeamAnswer(
  text: string,
  team: readonly { readonly name: string; readonly actions: readonly string[] }[],
): { readonly actions: readonly number[]; readonly confidence?: number } | undefined {
  const said = withoutReasoning(text).slice(-longestRead);
  const json = lastObject(said);
  const lines = said.split('\n').map((line) => line.replace(/^[\s>*_#-]+/, ''));
  const value = (name: string): unknown => {
    if (json) return field(json, name.toLowerCase());
    const line = lines.findLast((l) => l.toLowerCase().startsWith(name.toLowerCase()));
    return line && /^[*_\s]*[:=](.*)$/.exec(line.slice(name.length))?.[1];
  };
  const actions: number[] = [];
  for (const { name, actions: available } of team) {
    const named = value(name);
    const action = typeof named === 'string' ? indexOfAction(named, available) : undefined;
    if (action === undefined) return undefined;
    actions.push(action);
  }
  return { actions, ...confidenceIn(value('confidence')) };
}

function messageIn(value: unknown): { message?: string } {
  return typeof value === 'string' && value.trim() !== '' ? { message: value } : {};
}

/** What is looked at of a longer answer: its end, where answers stand. */
const longestRead = 8000;

/** Reasoning ends at its last closing tag; what was cut off while reasoning is no answer. */
function withoutReasoning(text: string): string {
  const closing = '</think>';
  const end = text.lastIndexOf(closing);
  const after = end < 0 ? text : text.slice(end + closing.length);
  const opening = after.indexOf('<think>');
  return opening < 0 ? after : after.slice(0, opening);
}

/** Lower case, single spaces, no quotes or marks around it. */
function normalised(text: string): string {
  return text
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .replace(/^[\s"'`*_([{<.]+|[\s"'`*_)\]}>.,;:!]+$/g, '');
}

function indexOfAction(text: string, actions: readonly string[]): number | undefined {
  const words = normalised(text);
  const index = actions.findIndex((action) => normalised(action) === words);
  return index < 0 ? undefined : index;
}

/** The only action that the text names, in whole words; "start 1" is not named by "start 10". */
function onlyNamed(text: string, actions: readonly string[]): number | undefined {
  let rest = ` ${text.toLowerCase().replace(/[^\p{L}\p{N}-]+/gu, ' ')} `;
  const longestFirst = actions
    .map((action, index) => ({ index, words: ` ${normalised(action).replace(/[^\p{L}\p{N}-]+/gu, ' ')} ` }))
    .sort((a, b) => b.words.length - a.words.length);
  const named: number[] = [];
  for (const { index, words } of longestFirst) {
    if (!rest.includes(words)) continue;
    named.push(index);
    // What a longer action used up does not also name a shorter one; the spaces stay for the neighbours.
    rest = rest.replaceAll(words, ' | ');
  }
  return named.length === 1 ? named[0] : undefined;
}

/** The last JSON object in a text, whatever is around it. Answers are small: few braces are tried. */
function lastObject(text: string): Record<string, unknown> | undefined {
  const whole = objectOf(text.trim());
  if (whole) return whole;
  let tries = 0;
  for (let end = text.lastIndexOf('}'); end > 0; end = text.lastIndexOf('}', end - 1)) {
    for (let start = text.lastIndexOf('{', end); start >= 0; start = text.lastIndexOf('{', start - 1)) {
      if (++tries > 64) return undefined;
      const found = objectOf(text.slice(start, end + 1));
      if (found) return found;
      if (start === 0) break;
    }
  }
  return undefined;
}

function objectOf(text: string): Record<string, unknown> | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

function field(object: Record<string, unknown>, name: string): unknown {
  const key = Object.keys(object).find((k) => k.toLowerCase() === name);
  return key === undefined ? undefined : object[key];
}

/** A share, or a percentage when it is written as one or above 1. */
function confidenceIn(value: unknown): { confidence?: number } {
  const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value : '';
  const match = /^\s*["']?(\d+(?:\.\d+)?|\.\d+)\s*(%?)/.exec(text);
  if (!match) return {};
  const number = Number(match[1]);
  const share = match[2] === '%' || number > 1 ? number / 100 : number;
  return share <= 1 ? { confidence: share } : {};
}
