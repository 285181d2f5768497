/**
 * What a model said, without its reasoning. It knows the marks that are in use:
 *
 * - tags around reasoning, `<think>` `[THINK]` `◁think▷` `<|thinking|>` `<reasoning>` and the like, in any letter case:
 *   what is between them goes, nested ones too; behind an opening that is never closed the model was cut off while it
 *   reasoned, so all of it goes; before a closing without an opening (the prompt had it) all goes;
 * - tags around the answer, `<answer>` `<|begin_of_solution|>` and the like: the last of these alone counts;
 * - channels, `<|channel|>analysis<|message|>...<|channel|>final<|message|>`: `final` alone counts, also where the marks
 *   themselves were stripped ("analysis...assistantfinal...");
 * - the end of a turn: what a model then writes in the name of others is not its answer.
 *
 * An answer inside reasoning is none. Linear in the length of the text.
 */
export function saidText(text: string): string {
  const pieces: Record<Kind, string[]> = { said: [], answer: [], hidden: [] };
  let kind: Kind = 'said';
  let depth = 0;
  let from = 0;
  const take = (until: number) => {
    const piece = text.slice(from, until);
    if (piece.trim() !== '') pieces[kind].push(piece);
  };
  const forget = () => {
    pieces.said = [];
    pieces.answer = [];
  };
  for (const found of text.matchAll(marks)) {
    const mark = markOf(found);
    if (!mark || found.index < from) continue;
    // Within tags of reasoning only their own kind means something: the rest is thought about, not said.
    if (depth > 0 && mark.does !== 'reason' && mark.does !== 'stop-reasoning') continue;
    take(found.index);
    from = found.index + found[0].length;
    if (mark.does === 'reason') {
      depth++;
      kind = 'hidden';
    } else if (mark.does === 'stop-reasoning') {
      if (depth === 0) forget();
      depth = Math.max(0, depth - 1);
      if (depth === 0) kind = 'said';
    } else if (mark.does === 'answer') {
      pieces.answer = [];
      kind = 'answer';
    } else if (mark.does === 'turn') {
      const [header, role] = following(turnHeader, text, from);
      from += header.length;
      kind = role === '' || /^(assistant|model)$/i.test(role) ? 'said' : 'hidden';
    } else if (mark.does === 'channel') {
      const [header, channel] = following(channelHeader, text, from);
      from += header.length;
      if (channel.toLowerCase() === 'final') pieces.answer = [];
      kind = channel.toLowerCase() === 'final' ? 'answer' : 'hidden';
    } else if (mark.does === 'end') {
      kind = 'said';
    }
  }
  take(text.length);
  const said = pieces.answer.length > 0 ? pieces.answer : pieces.said;
  return strippedChannels(said.join('\n'));
}

/**
 * A text without the reasoning that stands before it. Of a text that is written, unlike an answer, everything else is
 * part: what looks like a mark in it may be code.
 */
export function withoutReasoning(text: string): string {
  let depth = 0;
  let from = 0;
  for (const found of text.matchAll(marks)) {
    const does = markOf(found)?.does;
    const opens = does === 'reason' && (depth > 0 || text.slice(from, found.index).trim() === '');
    // What closes without an opening was opened by the prompt.
    const closes = does === 'stop-reasoning' && (depth > 0 || from === 0);
    if (opens) depth++;
    if (!closes) continue;
    depth = Math.max(0, depth - 1);
    if (depth === 0) from = found.index + found[0].length;
  }
  return depth > 0 ? '' : text.slice(from).replace(/^\s+/, from > 0 ? '' : '$&');
}

type Kind = 'said' | 'answer' | 'hidden';
type Does = 'reason' | 'stop-reasoning' | 'answer' | 'turn' | 'channel' | 'end';

/** Anything that looks like a mark; what it means is looked up. Tokens may stand in full-width bars. */
const marks = /(<[|｜]?|\[|◁)(\/?)([\p{L}\p{N}_▁:-]{1,40})(?: [^<>[\]\n]{0,80})?([|｜]?>|\]|▷)/gu;

const reasoning =
  /^(\w+:)?(ant)?(think(ing)?|thoughts?|reason(ing)?|analysis|reflection|scratchpad|chain_of_thought)$/;
const answering = /^(\w+:)?(answer|final|final_answer|response|solution|box|output)$/;
const turning = /^(start|im_start|start_header_id|start_of_turn)$/;

function markOf([, opener, slash, written, closer]: RegExpMatchArray): { readonly does: Does } | undefined {
  const name = written.toLowerCase().replaceAll('▁', '_');
  const token = opener.length > 1 || closer.length > 1;
  if (name === 'channel') return token ? { does: opener.length > 1 ? 'channel' : 'end' } : undefined;
  if (name === 'end_of_turn') return { does: 'end' };
  if (turning.test(name) && (token || name.includes('_'))) return { does: 'turn' };
  // Tokens write out what begins and ends: <|begin_of_thought|>.
  const edge = token ? (/^(begin|start|end)_(of_)?/.exec(name)?.[0] ?? '') : '';
  const closes = slash === '/' || edge.startsWith('end');
  const inner = name.slice(edge.length);
  if (reasoning.test(inner)) return { does: closes ? 'stop-reasoning' : 'reason' };
  if (answering.test(inner)) return { does: closes ? 'end' : 'answer' };
  return token ? { does: 'end' } : undefined;
}

const turnHeader = /\s{0,4}(\w{0,20})(?:<[|｜]end_header_id[|｜]>)?/y;
/** The channel's name, and what else stands before its message. */
const channelHeader =
  /\s{0,4}(\w{0,20})(?:[^<\n]{0,80}(?:<[|｜]constrain[|｜]>[^<\n]{0,80})?<[|｜]message[|｜]>)?/y;

function following(header: RegExp, text: string, at: number): readonly [whole: string, name: string] {
  header.lastIndex = at;
  const match = header.exec(text);
  return [match?.[0] ?? '', match?.[1] ?? ''];
}

/** Servers that leave special tokens out leave the names of the channels. */
function strippedChannels(text: string): string {
  if (!/^\s*(assistant)?analysis(?=["'“\p{Lu}])/u.test(text)) return text;
  const final = 'assistantfinal';
  const at = text.lastIndexOf(final);
  return at < 0 ? '' : text.slice(at + final.length);
}
