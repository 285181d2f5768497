import type { Spending, StudyWriter } from '../contracts/index.ts';
import { larger, nothing, plus } from './budget.ts';

/**
 * What this worker holds of the budget in the store, before anything is sent: the most that its unfinished episodes
 * and calls under way can come to. A process that is killed takes the count of its spending with it, and this remains.
 */
export interface BudgetLease {
  /**
   * Whether the store holds at least `most()`, now or after asking for more; a call waits for it before it is sent.
   * @param call the most of one call
   */
  readonly cover: (most: () => Spending, call: Spending) => Promise<boolean>;
  /** Nothing is under way any more; so much was dropped without an answer. */
  readonly end: (lost: Spending) => Promise<void>;
}

/** More than is needed is asked for, so that not every call waits for the disk: so many calls, or that share of a limit. */
const callsAhead = 100;
const shareAhead = 1 / 100;

/** @param limits of the study; Infinity where there is none, and nothing is held of that */
export function budgetLease(
  store: Pick<StudyWriter, 'reserve' | 'settle'>,
  worker: string,
  limits: Spending,
): BudgetLease {
  const limited = ({ tokens, usd }: Spending): Spending => ({
    tokens: limits.tokens === Infinity ? 0 : tokens,
    usd: limits.usd === Infinity ? 0 : usd,
  });
  const ahead = (call: Spending) =>
    limited({
      tokens: Math.min(callsAhead * call.tokens, shareAhead * limits.tokens),
      usd: Math.min(callsAhead * call.usd, shareAhead * limits.usd),
    });
  const within = (a: Spending, b: Spending) => a.tokens <= b.tokens && a.usd <= b.usd;
  let held = nothing;
  let asking: Promise<unknown> = Promise.resolve();
  const hold = async (next: Spending) => {
    if (!(await store.reserve(worker, next, limits))) return false;
    held = next;
    return true;
  };
  const ask = async (most: () => Spending, call: Spending): Promise<boolean> => {
    for (;;) {
      const needed = limited(most());
      if (within(needed, held)) return true;
      if (await hold(larger(held, plus(needed, ahead(call))))) return true;
      if (await hold(needed)) return true;
      // An episode that was saved meanwhile was counted twice: as used, and as held.
      const now = limited(most());
      if (within(needed, now)) return false;
    }
  };
  return {
    cover: (most, call) => {
      if (within(limited(most()), held)) return Promise.resolve(true);
      const answer = asking.then(() => ask(most, call));
      asking = answer.catch(() => {});
      return answer;
    },
    end: async (lost) => {
      await asking;
      await store.settle(worker, limited(lost));
    },
  };
}
