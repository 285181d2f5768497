import type { Clock } from '../../core/index.ts';
import type { PocketChat } from '../parts/pocket-chat.ts';
import { HttpProblem } from './http-problem.ts';

/** What the routes of a protocol are made from. */
export interface ServedPockets {
  /** By id. */
  readonly chats: ReadonlyMap<string, PocketChat>;
  readonly clock: Clock;
  /** Version of the package. */
  readonly version: string;
}

/** The model of that name. @throws HttpProblem when there is none */
export function chatNamed({ chats }: ServedPockets, name: string): PocketChat {
  const chat = chats.get(name);
  if (chat) return chat;
  throw new HttpProblem(
    404,
    'model_not_found',
    `model '${name}' not found. Available: ${[...chats.keys()].join(', ')}.`,
  );
}
