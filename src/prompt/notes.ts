import type { Action, Note } from '../contracts/index.ts';
import type { PromptParts } from './compose.ts';
import type { Remark } from './speech.ts';

/** Whom notes speak about. */
export interface TeamWords {
  readonly agentNames: readonly string[];
  readonly actions: readonly string[];
}

/**
 * Notes as the parts of a prompt, each kind in its place.
 * @param self whom they are told to; what it plans itself is no news to it
 */
export function toldParts(
  notes: readonly Note[],
  self: number,
  { agentNames, actions }: TeamWords,
  lastAction: Action | undefined,
): Partial<PromptParts> {
  const broadcasts: { sender: string; action: string }[] = [];
  const said: Remark[] = [];
  const briefs: string[] = [];
  let parts: Partial<PromptParts> = {};
  for (const note of notes) {
    if (note.kind === 'plan') {
      if (note.from !== self)
        broadcasts.push({ sender: agentNames[note.from], action: actions[note.action] });
    } else if (note.kind === 'words') {
      const { round, from, text, form } = note;
      said.push({ round, speaker: agentNames[from], text, ...(form && { form }) });
    } else if (note.kind === 'counsel') {
      said.push({ round: note.round, speaker: note.by, text: note.text });
    } else if (note.kind === 'feedback') {
      const { level } = note;
      if (typeof lastAction === 'number')
        parts = { ...parts, feedback: { lastAction: actions[lastAction], level } };
      else if (lastAction !== undefined) parts = { ...parts, feedback: { level } };
    } else if (note.kind === 'advice') {
      parts = { ...parts, advice: { action: actions[note.action], strength: note.strength } };
    } else briefs.push(note.text);
  }
  return { ...parts, broadcasts, said, briefs };
}
