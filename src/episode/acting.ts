import type { AgentTrace, Decision } from '../contracts/index.ts';
import type { AdviceForm } from './advice.ts';
import { fuse } from './fusion.ts';
import { drawFrom } from './draw-from.ts';

/** What came of one decision: the index among the available actions, and what the trace keeps of how it came about. */
export type Act = Pick<
  AgentTrace,
  'distribution' | 'advice' | 'policy' | 'confidence' | 'unparsable' | 'unread'
> & {
  readonly pick: number;
  /** What a sampled answer named, as an index among the available actions. */
  readonly answered?: number;
};

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
  decisions: readonly Decision[],
  advice: readonly number[] | undefined,
  { kind }: AdviceForm,
  count: number,
  draw: number,
): Act {
  const [{ distribution }] = decisions;
  const advised = advice && { advice };
  const drawnFrom = (from: readonly number[], policy: readonly number[], pick = drawFrom(policy, draw)) => ({
    ...advised,
    ...(policy !== from && { policy }),
    pick,
  });
  if (distribution)
    return {
      distribution,
      ...drawnFrom(distribution, kind === 'words' ? distribution : fuse(distribution, advice)),
    };

  const answers = decisions.flatMap(({ action }) => (action === undefined ? [] : [action]));
  if (answers.length === 0) {
    const even = Array.from({ length: count }, () => 1 / count);
    return { ...drawnFrom(even, fuse(even, advice)), unparsable: true };
  }
  const wrong = answers.find((action) => !(Number.isInteger(action) && action >= 0 && action < count));
  if (wrong !== undefined) throw new RangeError(`A model answered with action ${wrong} of ${count}.`);
  const confidence = decisions.find(({ action }) => action !== undefined)?.confidence;
  const unread = decisions.length - answers.length;
  const kept = {
    ...(confidence !== undefined && { confidence }),
    ...(unread > 0 && { unread }),
  };
  if (kind !== 'samples' || decisions.length === 1) {
    const answered = mostFrequent(answers, String);
    return { ...kept, ...advised, pick: answered, answered };
  }
  const [answered] = answers;
  const shares = Array.from(
    { length: count },
    (_, k) => answers.filter((action) => action === k).length / answers.length,
  );
  const policy = fuse(shares, advice);
  const pick = moved(shares, policy, answered, draw);
  return { ...kept, distribution: shares, ...drawnFrom(shares, policy, pick), answered };
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

/** The most frequent of these by their keys, of equals the first. */
export function mostFrequent<T>(items: readonly T[], keyOf: (item: T) => string): T {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1);
  const most = Math.max(...counts.values());
  return items.find((item) => counts.get(keyOf(item)) === most)!;
}
