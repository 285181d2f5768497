import type { JsonObject, MeasureFacts } from '../../contracts/index.ts';

/** A mean over items with a 95% interval that takes items for independent; bounds are `null` for one item. */
export interface ItemEstimate {
  readonly estimate: number;
  readonly low: number | null;
  readonly high: number | null;
  /** Items it rests on. */
  readonly items: number;
}

/** How good the best of k attempts at one item is. */
export interface BestOf {
  /** `pass`, `accuracy` or `cooperation`. */
  readonly name: string;
  readonly measure: string;
  readonly k: number;
  readonly value: ItemEstimate;
  /** Items that were attempted fewer than k times, and are left out. */
  readonly leftOut: number;
}

/** Of things of which exactly one is the case, how often each is. */
export interface KindShares {
  /** What they are kinds of. */
  readonly name: string;
  readonly shares: readonly {
    readonly measure: string;
    readonly kind: string;
    readonly value: ItemEstimate;
  }[];
  /** The same of each seed alone: teams that learn settle on different kinds, and their mean is nobody's. */
  readonly seeds: readonly { readonly seed: number; readonly shares: readonly number[] }[];
  /** In bits, of the mean shares; and the mean within a seed: what is between the two is between the seeds. */
  readonly entropy: number;
  readonly entropyWithinSeeds: number;
}

/** What a team made of what a baseline did with the same items. */
export interface Turned {
  readonly baseline: string;
  /** Pairs of episodes that played the same item by the same seed. */
  readonly pairs: number;
  /** Of what the baseline had right, the share that is wrong here; `null` where it had nothing right. */
  readonly toWrong: ItemEstimate | null;
  /** Of what it had wrong, the share that is right here. */
  readonly toRight: ItemEstimate | null;
  /** Mean differences (here − baseline) of the score and of measures of which more is better. */
  readonly gains: readonly {
    readonly measure: string;
    readonly says: string;
    readonly rewarded: boolean;
    readonly success: boolean;
    readonly value: ItemEstimate;
  }[];
}

/** How agents that answered again changed their minds. */
export interface Talk {
  /** Steps in which somebody answered again. */
  readonly talks: number;
  /** The share of them in which nobody's answer changed. */
  readonly still: ItemEstimate;
  /** The share of second answers that differ from the first. */
  readonly changed: ItemEstimate;
  /** Of steps in which several answered again, those in which all agreed, before and after. */
  readonly agreedBefore: ItemEstimate | null;
  readonly agreedAfter: ItemEstimate | null;
}

/** What an agent's text is worth, by what comes of the same step with another in its place. */
export interface Contribution {
  readonly agent: string;
  readonly episodes: number;
  /** The score as it was. */
  readonly whole: ItemEstimate;
  /** How far it falls with a text that does nothing in its place. */
  readonly overStub: ItemEstimate;
  /** How far it falls with the agent's own text for another item; `null` where it played no other. */
  readonly overOther: ItemEstimate | null;
  /** Of failures, the share that the agent's text from a success at the same item alone would mend; `null` where there is none. */
  readonly mends: ItemEstimate | null;
}

export interface CellMeasures {
  readonly model: string;
  readonly strategy: string;
  readonly task: string;
  readonly factors: JsonObject;
  readonly episodes: number;
  readonly items: number;
  /** Episodes without a score, because a judge that was asked twice gave no verdict: they are in no mean. */
  readonly notJudged: number;
  /** Episodes in which tokens paid for no further round, and the strategy acted on what it had. */
  readonly short: number;
  readonly measures: readonly (MeasureFacts & { readonly name: string; readonly value: ItemEstimate })[];
  readonly best: readonly BestOf[];
  readonly kinds: readonly KindShares[];
  readonly turned: readonly Turned[];
  readonly talk: Talk | null;
  readonly contributions: readonly Contribution[];
}

/** Something to be wary of, in one sentence. */
export interface Alarm {
  readonly monitor: string;
  readonly text: string;
}

/** What a study's tasks measured beside the score, and what to be wary of. */
export interface StudyMeasures {
  readonly cells: readonly CellMeasures[];
  readonly alarms: readonly Alarm[];
}
