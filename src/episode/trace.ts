import { type Action, type AgentTrace, heardIn, type Note, type QuestionTrace } from '../contracts/index.ts';
import type { Asked, Drawn, SeatedMember } from './member.ts';

/**
 * What the trace keeps of a member that did this: the question that its action came of, and the others beside it. An
 * action comes of the last draw that gave it, or the last text that was it; what came of neither was the strategy's own
 * doing, and stands with the last question.
 */
export function traceOf({ offer, asked, drawn }: SeatedMember, agent: number, action: Action): AgentTrace {
  const real = asked.filter(({ question }) => question.suppose === undefined);
  const came =
    typeof action === 'number'
      ? last(drawn, (draw) => draw.action === action && draw.asked?.question.suppose === undefined)
      : last(real, ({ question, answer }) => question.write?.as === 'action' && answer.text === action);
  const final = came === undefined ? real.at(-1) : 'act' in came ? came.asked : came;
  const choices = offer.kind === 'choice' ? offer.actions : [];
  const trace: Mutable<AgentTrace> = { availableActions: choices, action };
  if (offer.kind !== 'choice') trace.offer = offer.kind;
  if (offer.kind === 'text' && offer.form === 'code') trace.code = true;
  if (final?.prompt !== undefined) trace.prompt = final.prompt;
  if (typeof final?.question.by === 'string') trace.by = final.question.by;
  if (final?.told) Object.assign(trace, final.told);
  if (final?.question.notes) Object.assign(trace, toldTo(final.question.notes, agent));
  if (came === undefined) Object.assign(trace, unmoved(final, choices));
  else if ('act' in came) Object.assign(trace, came.act);
  if (asked.length > 1 || (asked.length === 1 && !final)) {
    const others = asked.filter((each) => each !== final && each.prompt !== undefined);
    if (others.length > 0) trace.questions = others.map((each) => questionTrace(each, choices));
  }
  return trace;
}

type Mutable<T> = { -readonly [key in keyof T]: T[key] };

function last<T>(items: readonly T[], fits: (item: T) => boolean): T | undefined {
  for (let k = items.length - 1; k >= 0; k--) if (fits(items[k])) return items[k];
  return undefined;
}

/** What an agent announced, how it was rated, and whom it had heard. */
function toldTo(notes: readonly Note[], agent: number): Partial<AgentTrace> {
  const told: Mutable<Partial<AgentTrace>> = {};
  for (const note of notes) {
    if (note.kind === 'plan' && note.from === agent) told.broadcast = note.action;
    else if (note.kind === 'feedback') {
      told.feedback = note.level;
      if (note.privileged) told.privileged = note.privileged;
    }
  }
  const heard = heardIn(notes);
  if (heard) told.heard = heard;
  return told;
}

/** What an answer said, where nothing was drawn from it. */
function unmoved(asked: Asked | undefined, actions: readonly number[]): Drawn['act'] {
  if (!asked?.reading) return {};
  const { exact: _, answered, ...kept } = asked.reading;
  return { ...kept, ...(answered !== undefined && { answered: actions[answered] }) };
}

function questionTrace(asked: Asked, actions: readonly number[]): QuestionTrace {
  const { question, prompt, told = {}, answer } = asked;
  const { choose, write, notes, sees, by, sample = 0, suppose } = question;
  const { offer } = suppose ?? {};
  const own = offer?.kind === 'choice' ? offer.actions : actions;
  const { message: _, ...kept } = told;
  return {
    form: choose && write ? 'both' : choose ? 'choice' : 'text',
    ...(notes && notes.length > 0 && { notes }),
    ...(sees && { sees }),
    ...(typeof by === 'string' && { by }),
    ...(sample > 0 && { sample }),
    ...(suppose && { supposed: true as const }),
    ...(own !== actions && { availableActions: own }),
    prompt: prompt!,
    ...kept,
    ...unmoved(asked, own),
    ...(answer.text !== undefined && answer.text !== told.answer && { text: answer.text }),
    ...(write?.as === 'action' && { draft: true as const }),
  };
}
