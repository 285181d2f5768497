import type { Row } from './learn.ts';
import type { Node } from './rollout.ts';

/**
 * A text that a team was trained on, in the columns that trainers of language models read: `prompt`, `completion`,
 * `completion_ids`, `logprobs` and `reward` as TRL names them.
 */
export type TrainedSample = {
  readonly update: number;
  /** From 0. */
  readonly turn: number;
  readonly agent: string;
  /** Which sample of its group; joint answers are made of those of one number, or of all combinations. */
  readonly sample: number;
  /** The instance as JSON. */
  readonly problem: string;
  /** The rules, a line feed, and what the agent read. */
  readonly prompt: string;
  readonly completion: string;
  /** Of the model's own vocabulary, with the token that ends the text. */
  readonly completion_ids: readonly number[];
  /** At sampling, in nats. */
  readonly logprobs: readonly number[];
  /** What it was paid, and what followed or a critic expected to follow; mean over the joint answers that hold it. */
  readonly reward: number;
  readonly advantage: number;
};

/** The samples of one agent in one turn, with what each was worth. */
export function samplesOf(
  nodes: readonly Node[],
  rows: readonly Row[],
  of: Pick<TrainedSample, 'update' | 'turn' | 'agent'> & { readonly number: number },
): TrainedSample[] {
  const { number, ...named } = of;
  const group = rows.length / nodes.length;
  return rows.map(({ request, tokens, logProbabilities, worth, weight }, k) => ({
    ...named,
    sample: k % group,
    problem: JSON.stringify(nodes[Math.floor(k / group)].instance),
    prompt: `${request.prefix}\n${request.prompt}`,
    completion: nodes[Math.floor(k / group)].samples[number][k % group].text,
    completion_ids: tokens,
    logprobs: [...logProbabilities],
    reward: worth,
    advantage: weight * rows.length,
  }));
}
