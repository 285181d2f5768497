import type { JsonObject } from '../contracts/index.ts';
import { contentHash, sha256 } from '../core/index.ts';
import { type AdviceForm, playRevision } from '../episode/index.ts';
import { advicePromptRevision, promptRevision, speechRevision, writingRevision } from '../prompt/index.ts';
import { onlineRevision } from './online.ts';

/** All that fixes the results of a cell, but for its seeds and what strategies are made of for each of them. */
export interface CellIdentity {
  readonly model: JsonObject;
  readonly strategy: JsonObject;
  readonly task: JsonObject;
  /** All that fixes what the task's judges say, by name; undefined where it asks none. */
  readonly judges: JsonObject | undefined;
  /** The settings that change play. */
  readonly play: {
    readonly advice: AdviceForm;
    readonly episodes: number;
    readonly temperature: number;
    readonly adviceStrength: number | 'default';
    readonly maxInteractions: number;
  };
  /** Agents also talk in free words. */
  readonly speech: boolean;
  /** Agents are asked for texts by the task. */
  readonly writes: boolean;
  readonly attempts: number;
  readonly tokensPerRun: number | undefined;
}

/** Holds the revisions of wording and play too: what is said or acted on otherwise is another cell. */
export function cellAddress({
  model,
  strategy,
  task,
  judges,
  play,
  speech,
  writes,
  attempts,
  tokensPerRun,
}: CellIdentity): string {
  return contentHash({
    model,
    strategy,
    task,
    prompt: play.advice.kind === 'words' ? advicePromptRevision : promptRevision,
    play: playRevision,
    ...play,
    ...(judges && { judges }),
    ...(speech && { speech: speechRevision }),
    ...(writes && { writing: writingRevision }),
    ...(attempts > 1 && { attempts }),
    ...(tokensPerRun !== undefined && { tokensPerRun }),
  });
}

/** @param fingerprint of the strategy as it was made for this seed */
export function runAddress(cell: string, seed: number, fingerprint: string, learns: boolean): string {
  return sha256(`${cell} ${seed} ${fingerprint}${learns ? ` online ${onlineRevision}` : ''}`);
}
