import { sha256 } from '../../core/index.ts';
import { normalised } from './plain-text.ts';

/** Whether an item is kept for training. Those of the same words fall to one side, in whatever file and order they stand. */
export function fallsToTraining(words: string, share: number): boolean {
  return Number.parseInt(sha256(normalised(words)).slice(0, 12), 16) / 2 ** 48 < share;
}
