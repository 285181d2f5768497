import { type AgentTrace, mostFrequent } from '../contracts/index.ts';
import type { Decision } from './asking/index.ts';
import type { AdviceForm } from './advice.ts';
import { fuse } from './fusion.ts';
import { drawFrom } from './draw-from.ts';

/** What all answers to one question come to. Indices are among the available actions. */
export type Reading = Pick<
  AgentTrace,
  'distribution' | 'mass' | 'confidence' | 'unparsable' | 'unread' | 'answered'
> & {
  /** The distribution is exact, no shares of answers. */
  readonly exact?: true;
};

/** What came of one decision: the index among the available actions, and what the trace keeps of how it came about. */
export type Act = Pick<
  AgentTrace,
  'distribution' | 'mass' | 'advice' | 'policy' | 'confidence' | 'unparsable' | 'unread'
> & {
  readonly pick: number;
  /** What a sampled answer named, as an index among the available actions. */
  readonly answered?: number;
};

/**
 * What several answers to the same question come to: exact probabilities; the shares of actions where answers are
 * counted for advice; else the most frequent action (self-consistency, Wang et al. 2022, arXiv 2203.11171), of equals
 * the first.
 *
 * @param count how many actions are available
 */
export function readAnswers(decisions: readonly Decision[], { kind }: AdviceForm, count: number): Reading {
  const [{ distribution, mass }] = decisions;
  if (distribution) return { distribution, ...(mass !== undefined && { mass }), exact: true };
  const answers = decisions.flatMap(({ action }) => (action === undefined ? [] : [action]));
  if (answers.length === 0) return { unparsable: true };
  const wrong = answers.find((action) => !(Number.isInteger(action) && action >= 0 && action < count));
  if (wrong !== undefined) throw new RangeError(`A model answered with action ${wrong} of ${count}.`);
  const confidence = decisions.find(({ action }) => action !== undefined)?.confidence;
  const unread = decisions.length - answers.length;
  const kept = {
    ...(confidence !== undefined && { confidence }),
    ...(unread > 0 && { unread }),
  };
  if (kind !== 'samples' || decisions.length === 1)
    return { ...kept, answered: mostFrequent(answers, String) };
  const shares = Array.from(
    { length: count },
    (_, k) => answers.filter((action) => action === k).length / answers.length,
  );
  return { ...kept, distribution: shares, answered: answers[0] };
}

/**
 * What an agent does, given the answers to one question.
 *
 * - Exact probabilities p: a draw from p(a) exp(advice(a)), or from p where the advice is told in words.
 * - Sampled answers: what the model answered; of several the most frequent one, of equals the first.
 * - Sampled answers with `samples`: a draw from q(a) exp(advice(a)), q(a) the share of answers that named a. What
 *   was never answered is never done, whatever is advised. The draw keeps the first answer as often as it can, so the
 *   agent parts from its answer only where advice moves it.
 * - No answer that can be read: a draw from exp(advice(a)), whatever the form.
 *
 * @param advice log-weights in nats, one per available action
 * @param count how many actions are available
 * @param draw uniform in [0, 1)
 */
export function actOn(
  reading: Reading,
  advice: readonly number[] | undefined,
  { kind }: AdviceForm,
  count: number,
  draw: number,
): Act {
  const { distribution, mass, answered, unparsable, exact } = reading;
  const exactly = { distribution, ...(mass !== undefined && { mass }) };
  if (exact && !advice) return { ...exactly, pick: drawFrom(distribution!, draw) };
  const advised = advice && { advice };
  const drawnFrom = (from: readonly number[], policy: readonly number[], pick = drawFrom(policy, draw)) => ({
    ...advised,
    ...(policy !== from && { policy }),
    pick,
  });
  if (unparsable) {
    const even = evenly(count);
    return { ...drawnFrom(even, fuse(even, advice)), unparsable };
  }
  if (!distribution) return { ...reading, ...advised, pick: answered! };
  if (exact) {
    const policy = kind === 'words' ? distribution : fuse(distribution, advice);
    return { ...exactly, ...drawnFrom(distribution, policy) };
  }
  const policy = fuse(distribution, advice);
  return { ...reading, ...drawnFrom(distribution, policy, moved(distribution, policy, answered!, draw)) };
}

export function evenly(count: number): readonly number[] {
  return Array.from({ length: count }, () => 1 / count);
}

/**
 * A draw from `to` by somebody who drew `drawn` from `from` already, parting from it as seldom as can be (maximal
 * coupling): it is kept with probability min(1, to/from), else the draw is from what `to` has more of.
 */
function moved(from: readonly number[], to: readonly number[], drawn: number, draw: number): number {
  const keep = Math.min(1, to[drawn] / from[drawn]);
  const more = to.map((p, k) => Math.max(0, p - from[k]));
  if (draw < keep || more.every((p) => p === 0)) return drawn;
  return drawFrom(more, (draw - keep) / (1 - keep));
}
