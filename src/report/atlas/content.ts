import type { Figure, FigureTable } from '../figures/index.ts';
import { displayText } from '../../core/display-text.ts';

/** A piece of a sentence: plain text, a link to a figure, something stressed or typed, or a level with its colour. */
export type Inline =
  | string
  | { readonly text: string; readonly figure: string }
  | { readonly strong: string }
  | { readonly code: string }
  | { readonly level: string; readonly name?: string };

export type Sentence = readonly Inline[];

/** A sentence without links and colours; a level that goes by another name is given with its label. */
export function plainSentence(sentence: Sentence): string {
  const words = sentence.map((part) => {
    if (typeof part === 'string') return part;
    if ('text' in part) return part.text;
    if ('strong' in part) return part.strong;
    if ('code' in part) return part.code;
    return part.name === undefined || part.name === part.level ? part.level : `${part.name} (${part.level})`;
  });
  return displayText(words.join('').trim(), Infinity);
}

/** What is to be used at one place, on one card. */
export interface AnswerCard {
  readonly title: string;
  readonly subtitle?: string;
  /** The verdict in a few words, with its level for the colour. */
  readonly verdict: string;
  readonly level?: string;
  readonly facts: readonly Sentence[];
}

/** What is to be used in one cell of a grid. */
export interface GridCell {
  readonly level?: string;
  /** What stands below: how settled it is, or why nothing is said. */
  readonly note: string;
}

/** What a section is made of; all text is plain and is escaped where it becomes markup. */
export type Block =
  | { readonly kind: 'text'; readonly text: Sentence; readonly tone?: 'lead' | 'note' }
  | { readonly kind: 'list'; readonly items: readonly Sentence[] }
  | { readonly kind: 'cards'; readonly cards: readonly AnswerCard[] }
  | {
      readonly kind: 'grid';
      readonly id: string;
      readonly caption: string;
      readonly corner: string;
      readonly columns: readonly string[];
      readonly rows: readonly { readonly name: string; readonly cells: readonly GridCell[] }[];
    }
  | { readonly kind: 'figure'; readonly figure: Figure }
  | { readonly kind: 'table'; readonly id: string; readonly caption: string; readonly table: FigureTable }
  | { readonly kind: 'code'; readonly code: string }
  | { readonly kind: 'details'; readonly summary: string; readonly blocks: readonly Block[] };

export interface Section {
  readonly id: string;
  readonly title: string;
  readonly blocks: readonly Block[];
}

export function text(...sentence: Inline[]): Block {
  return { kind: 'text', text: sentence };
}

export function note(...sentence: Inline[]): Block {
  return { kind: 'text', text: sentence, tone: 'note' };
}

export function figureBlock(figure: Figure): Block {
  return { kind: 'figure', figure };
}
