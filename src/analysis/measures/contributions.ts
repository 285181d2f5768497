import { grouped, itemMean } from './cells.ts';
import type { Contribution } from './results.ts';

/** Scores of one episode with another text in place of one agent's; what was not tried is absent. */
export interface TextTrial {
  readonly item: string;
  readonly agent: string;
  /** As it was. */
  readonly whole: number;
  readonly stub: number;
  readonly other?: number;
  /** Of a failure: whether the agent's text from a success at the same item alone makes it one. */
  readonly mended?: boolean;
}

/** What each agent's text is worth. */
export function contributionsOf(trials: readonly TextTrial[]): readonly Contribution[] {
  return [...grouped(trials, ({ agent }) => agent)].flatMap(([agent, own]) => {
    // On the scale of scores: a text seldom does harm, and where it does the scale widens.
    const over = (value: (trial: TextTrial) => number | undefined) => itemMean(own, value);
    const whole = itemMean(own, (trial) => trial.whole);
    const overStub = over((trial) => trial.whole - trial.stub);
    if (!whole || !overStub) return [];
    const overOther = over(({ other, whole: score }) => (other === undefined ? undefined : score - other));
    const mends = itemMean(own, ({ mended }) => (mended === undefined ? undefined : Number(mended)));
    return [
      { agent, episodes: own.length, whole, overStub, overOther: overOther ?? null, mends: mends ?? null },
    ];
  });
}
