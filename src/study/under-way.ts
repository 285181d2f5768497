import {
  lostSpending,
  type Spending,
  spendingTallies,
  spendingUnderWay,
  type StudyWriter,
} from '../contracts/index.ts';
import { nothing, plus } from './budget.ts';

/**
 * Keeps in the store, before anything is sent, the most that calls under way and unfinished episodes can come to: a
 * process that is killed takes the count of its spending with it, and this is what remains of it.
 */
export interface UnderWay {
  /** What earlier processes may have spent without hearing the answer. */
  readonly lost: Spending;
  /** Resolves when the store holds at least this much. */
  readonly cover: (most: Spending) => Promise<void>;
  /** Nothing is under way any more; so much was dropped without an answer. */
  readonly end: (lost: Spending) => Promise<void>;
}

/** Written ahead, so that not every call waits for the disk; that share of a limit at most. */
const aheadShare = 1 / 50;

/** @param limits of the study; Infinity where there is none, and nothing is kept of that */
export async function openUnderWay(
  store: Pick<StudyWriter, 'tallies' | 'addTallies'>,
  limits: Spending,
): Promise<UnderWay> {
  const tallies = await store.tallies();
  const left = spendingUnderWay(tallies);
  const earlier = lostSpending(tallies);
  // One process writes at a time: what is still under way was another one's, which is no more.
  if (left.tokens !== 0 || left.usd !== 0)
    await store.addTallies(spendingTallies(minus(nothing, left), left));
  let kept = nothing;
  let writing: Promise<void> = Promise.resolve();
  const keep = (next: Spending, lost: Spending) => {
    const by = minus(next, kept);
    // The sum that the store then has, rounded as the store rounds it, so that the last change leaves exactly 0.
    kept = plus(kept, by);
    writing = writing.then(() => store.addTallies(spendingTallies(by, lost)));
    return writing;
  };
  const ahead = (part: keyof Spending, most: number) => {
    if (limits[part] === Infinity) return 0;
    return most <= kept[part] ? kept[part] : most + Math.min(most, limits[part] * aheadShare);
  };
  return {
    lost: plus(earlier, left),
    cover: (most) => {
      const next = { tokens: ahead('tokens', most.tokens), usd: ahead('usd', most.usd) };
      return next.tokens === kept.tokens && next.usd === kept.usd ? writing : keep(next, nothing);
    },
    end: (lost) => keep(nothing, lost),
  };
}

function minus(a: Spending, b: Spending): Spending {
  return { tokens: a.tokens - b.tokens, usd: a.usd - b.usd };
}
