import type { AnswerForm, Model, Usage } from '../../../contracts/index.ts';

/**
 * Recordings of versions 1 and 2 hold decisions: what was asked before it was put into words, and what was made of the
 * answers, with their words. They are replayed as the calls that they stand for.
 */
export interface EarlierCall {
  readonly key: string;
  readonly of: string;
  readonly call?: string;
  readonly take: number;
  /** Hash of the rules. */
  readonly prefix: string;
  readonly prompt: string;
  readonly actions: readonly string[];
  readonly temperature: number;
  readonly seed: number;
  readonly speech?: true;
  readonly team?: readonly { readonly name: string; readonly actions: readonly string[] }[];
  readonly decision?: EarlierDecision;
  readonly error?: string;
}

export type Shares = readonly number[];

export interface EarlierDecision {
  readonly distribution?: Shares;
  readonly action?: number;
  /** In version 1, of each member shares over its actions. */
  readonly team?: readonly (number | Shares)[];
  readonly confidence?: number;
  /** Where it was asked again, both answers. */
  readonly answer?: string;
  readonly message?: string;
  readonly usage: Usage;
  readonly sent?: readonly string[];
  readonly truncated?: boolean;
}

/** What was said of a model. */
export interface EarlierTraits extends Pick<Model, 'facts' | 'fingerprint'> {
  readonly answers?: AnswerForm;
  readonly speaks?: true;
  readonly decidesForTeams?: true;
}

export function isEarlier(line: object): line is EarlierCall {
  return 'actions' in line;
}
