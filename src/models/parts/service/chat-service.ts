import type { JsonObject, Usage } from '../../../contracts/index.ts';
import type { AnswerWords } from './words.ts';

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

/** One request in no service's words. What is undefined is not sent: the service's own default holds. */
export interface ChatCall {
  readonly messages: readonly ChatMessage[];
  readonly maxOutputTokens: number;
  readonly temperature?: number;
  readonly seed?: number;
  /** The JSON schema that the answer must follow. */
  readonly schema?: JsonObject;
  /** Ask for the log-probabilities of that many candidates per token. */
  readonly topLogprobs?: number;
}

/** A token that could have been answered. */
export interface TokenCandidate {
  readonly token: string;
  /** Natural logarithm of its probability. */
  readonly logprob: number;
}

export interface ChatReply extends AnswerWords {
  /** Tokens only; what the service does not count stays undefined. */
  readonly usage: Usage;
  /** The part of the output beyond its words: reasoning. */
  readonly hiddenTokens?: number;
  /** What of the service's counts was not taken as it stood. */
  readonly doubt?: string;
  /** Per token of the answer, its most likely candidates. */
  readonly logprobs?: readonly (readonly TokenCandidate[])[];
  /** True when the service may have cut the prompt. */
  readonly truncated?: boolean;
  /** SHA-256 of the request as it was sent. */
  readonly sent?: string;
  /** The fields of the request's body as they were sent, where a provider's own code put it together. */
  readonly requestBody?: unknown;
}

/** Translates a call, sends it once, translates the answer back. Retries, limits and costs wrap it. */
export interface ChatService {
  /** @throws ServiceFault for every failure; the signal's reason when it aborts */
  send(call: ChatCall, signal?: AbortSignal): Promise<ChatReply>;
  /**
   * The names of its models; undefined where it cannot say.
   * @throws ServiceFault as `send`
   */
  models?(signal?: AbortSignal): Promise<readonly string[] | undefined>;
  /**
   * The most tokens of prompt and answer together that the service holds the model to, once it has been asked.
   * Undefined where it does not say.
   */
  contextLength?(signal?: AbortSignal): Promise<number | undefined>;
  /** In which ways it was found to want its protocol otherwise than usual. */
  variant?(): JsonObject;
  /** The proxy that it is reached through, as it may be shown. */
  readonly proxy?: string;
  close(): Promise<void>;
}

/** How much is said in a call, in characters. */
export function charactersOf({ messages }: ChatCall): number {
  return messages.reduce((sum, { content }) => sum + content.length, 0);
}
