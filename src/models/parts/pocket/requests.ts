import type { TextRequest } from '../../../contracts/index.ts';

/** One question, as an embedded model sees it. */
export interface PocketQuestion {
  readonly prefix: string;
  readonly prompt: string;
  readonly actions: readonly string[];
  readonly temperature: number;
}

export interface PocketAnswer {
  /** One probability per action, summing to 1. */
  readonly distribution: readonly number[];
  /** Tokens read, those of the prefix included. */
  readonly inputTokens: number;
  /** True when prefix or prompt had to be cut. */
  readonly truncated: boolean;
}

/** Asks what may come next in a text that is being written. */
export interface PocketContinuation {
  readonly prefix: string;
  readonly prompt: string;
  /** Tokens written so far. */
  readonly said: readonly number[];
}

export interface PocketNextToken {
  /** Score of every token of the vocabulary, before the softmax. */
  readonly logits: Float32Array;
  /** Tokens read, those of the prefix included, without what was said. */
  readonly inputTokens: number;
  /** True when prefix or prompt had to be cut. */
  readonly truncated: boolean;
}

/** Asks a writer for a whole text. */
export type PocketWriting = Pick<
  TextRequest,
  'prefix' | 'prompt' | 'turns' | 'maxTokens' | 'temperature' | 'seed'
>;

export interface PocketText {
  readonly text: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly truncated: boolean;
}

/** What is asked of a model that reads a prefix, and what of any. */
export type PocketRead = PocketQuestion | PocketContinuation;
export type PocketRequest = PocketRead | PocketWriting;
/** Questions are answered with a distribution, continuations with the scores of the next token. */
export type PocketReply<R extends PocketRequest> = R extends PocketQuestion
  ? PocketAnswer
  : R extends PocketContinuation
    ? PocketNextToken
    : PocketText;
