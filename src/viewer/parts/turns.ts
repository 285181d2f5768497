import type { Usage } from '../../contracts/index.ts';
import { heardIn } from '../../contracts/note.ts';
import type { AgentStep } from '../../server/index.ts';

/** One thing that somebody said or did in a step. */
export interface Turn {
  readonly agent: number;
  readonly kind: 'says' | 'drafts' | 'chooses' | 'hands in' | 'is silent' | 'would do';
  readonly text: string;
  /** The latest round that it had heard, 0 for none. */
  readonly heard: number;
  /** Whose words it read: agents by number, judges by name, each once. */
  readonly read: readonly (number | string)[];
  /** The judge that answered in its place. */
  readonly by?: string;
  readonly prompt?: string;
  /** The whole answer, where more than what others read of it. */
  readonly answer?: string;
  readonly tokens: number;
}

/** Turns that had heard the same. */
export interface Round {
  readonly heard: number;
  readonly turns: readonly Turn[];
}

/** Whether a step is one: somebody wrote, or was asked more than once. */
export function isConversation(agents: readonly AgentStep[]): boolean {
  return agents.some(({ offer, questions = [] }) => offer === 'text' || questions.length > 0);
}

/** A step as a conversation: by what had been heard, then in the order of asking. */
export function conversationOf(agents: readonly AgentStep[]): readonly Round[] {
  const turns = agents.flatMap((step, agent) => [...questionTurns(step, agent), lastTurn(step, agent)]);
  const rounds = new Map<number, (Turn & { readonly order: number })[]>();
  for (const turn of turns) rounds.set(turn.heard, [...(rounds.get(turn.heard) ?? []), turn]);
  return [...rounds]
    .sort(([a], [b]) => a - b)
    .map(([heard, own]) => ({ heard, turns: own.sort((a, b) => a.order - b.order || a.agent - b.agent) }));
}

type OrderedTurn = Turn & { readonly order: number };

function questionTurns({ questions = [] }: AgentStep, agent: number): OrderedTurn[] {
  return questions.map((question, order): OrderedTurn => {
    const { notes = [], draft, supposed, chose, text, answer, by, prompt, usage } = question;
    const { round = 0, from = [] } = heardIn(notes) ?? {};
    const said = chose ?? text ?? answer ?? '';
    const kind = chose !== undefined ? 'chooses' : said === '' ? 'is silent' : draft ? 'drafts' : 'says';
    return {
      ...{ agent, order, prompt, heard: round, read: from },
      kind: supposed ? 'would do' : kind,
      text: said,
      ...(by !== undefined && { by }),
      ...(answer !== undefined && answer !== said && { answer }),
      tokens: tokensOf(usage),
    };
  });
}

/** Of who only talks it is the last that it was asked; of anybody else what it did. */
function lastTurn(step: AgentStep, agent: number): OrderedTurn {
  const { offer, chosen, by, prompt, answer, message, usage, heard, questions = [] } = step;
  const said = offer === 'none' ? (message ?? answer ?? '') : chosen;
  const kinds = { text: 'hands in', none: 'says' } as const;
  return {
    ...{ agent, order: questions.length, heard: heard?.round ?? 0, read: heard?.from ?? [] },
    kind: said === '' ? 'is silent' : offer === undefined ? 'chooses' : kinds[offer],
    text: offer === undefined && message !== undefined ? `${said}\n${message}` : said,
    ...(by !== undefined && { by }),
    ...(prompt !== undefined && { prompt }),
    ...(answer !== undefined && answer !== said && { answer }),
    tokens: tokensOf(usage),
  };
}

function tokensOf({ inputTokens = 0, outputTokens = 0 }: Usage = {}): number {
  return inputTokens + outputTokens;
}
