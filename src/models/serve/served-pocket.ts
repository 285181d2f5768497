import type { Clock } from '../../core/index.ts';
import type { PocketChat } from '../parts/pocket/chat.ts';
import { HttpProblem } from './http-problem.ts';

/** What the routes of a protocol are made from. */
export interface ServedPockets {
  /** By id. */
  readonly chats: ReadonlyMap<string, PocketChat>;
  readonly clock: Clock;
  /** Version of the package. */
  readonly version: string;
  /** The longest that an answer may take. */
  readonly answerMs: number;
}

/** Aborts when nobody waits for the answer any more, or when it has taken too long. */
export function answerSignal({ answerMs }: ServedPockets, ...gone: readonly AbortSignal[]): AbortSignal {
  return AbortSignal.any([...gone, AbortSignal.timeout(answerMs)]);
}

/** The most of a name that is repeated to who sent it, in characters. */
const longestName = 100;

/** The model of that name. @throws HttpProblem when there is none */
export function chatNamed({ chats }: ServedPockets, name: string): PocketChat {
  const chat = chats.get(name);
  if (chat) return chat;
  throw new HttpProblem(
    404,
    'model_not_found',
    `model '${name.slice(0, longestName)}' not found. Available: ${[...chats.keys()].join(', ')}.`,
  );
}
