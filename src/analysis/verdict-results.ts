import type { Evidence, HowSettled, LevelChoice } from '../stats/index.ts';

/** What the analysis says of one level against the baseline at one place. */
export type Shown = 'gain shown' | 'harm shown' | 'not shown';

export interface Verdict {
  readonly level: string;
  /** Mean paired difference from the baseline, in response units; `null` when not estimable. */
  readonly estimate: number | null;
  /** The interval at the level of the verdict: it excludes 0 exactly when a gain or harm is shown. */
  readonly low: number | null;
  readonly high: number | null;
  /** Two-sided; adjusted for all levels and places of the family. */
  readonly p: number | null;
  readonly adjustedP: number | null;
  /** `null`: there is no verdict, and the reason says why. */
  readonly shown: Shown | null;
  /** Shown to lie within the margin on both sides. */
  readonly asGood: boolean;
  /** p of that, adjusted for all levels and places. */
  readonly equivalenceP: number | null;
  /** By sign flips of whole blocks, adjusted within the place: a check, at finest places only. */
  readonly signFlipP: number | null;
  /** Blocks with a difference, and blocks of the design at this place. */
  readonly blocks: number;
  readonly plannedBlocks: number;
  readonly reason?: string;
  /** What it rests on; absent where there are too few blocks. */
  readonly evidence?: Evidence;
  /** When and by what the level was settled, in a study that grows until it knows; absent where it is not. */
  readonly settled?: Pick<Settled, 'seeds' | 'how'>;
}

/** How a level of a growing study was settled, and the verdict of that look. */
export interface Settled {
  readonly seeds: number;
  readonly how: HowSettled;
  readonly verdict: Verdict;
}

/** One look at a growing study. */
export interface LookAt {
  /** Of each place, by then. */
  readonly seeds: number;
  /** Places with levels that are not settled after it. */
  readonly open: readonly OpenPlace[];
  /** Places at which every level is settled. */
  readonly known: readonly LevelChoice[];
}

/** A place of a growing study at which something is not settled. */
export interface OpenPlace {
  readonly at: LevelChoice;
  readonly levels: readonly string[];
  /** How many levels are compared with the baseline here. */
  readonly of: number;
  /** Half of the widest interval of those that are open, at the level of the look; `null` where there is none. */
  readonly halfWidth: number | null;
}

export interface PlaceVerdicts {
  readonly at: LevelChoice;
  /** Largest difference that counts as none here. */
  readonly margin: number;
  /** All levels here are shown to be as good as the baseline. */
  readonly allAsGood: boolean;
  /** Shares by which tasks are weighted, where these are not equal. */
  readonly weights?: readonly { readonly at: LevelChoice; readonly share: number }[];
  readonly verdicts: readonly Verdict[];
}

/** Verdicts that share an error rate. */
export interface VerdictFamily {
  /** `verdicts`: the first baseline at the finest places. `exploratory`: averages, and further baselines. */
  readonly role: 'verdicts' | 'exploratory';
  readonly baseline: string;
  /** The chance of any false gain or harm in the family is at most this, and so is that of any false "as good as". */
  readonly alpha: number;
  readonly places: readonly PlaceVerdicts[];
}

/** What to use at one place, in the order of `because`. */
export interface Recommendation {
  /** `{}` for everything together. */
  readonly at: LevelChoice;
  /** `null` when nothing can be recommended; the reason says why. */
  readonly use: string | null;
  readonly because: 'gain shown' | 'as good as' | 'no gain is shown' | null;
  /** The family that it rests on. */
  readonly role: VerdictFamily['role'];
  /** Every level with scores here, in the plan's order. */
  readonly levels: readonly {
    readonly level: string;
    readonly mean: number;
    /** Probability of being the best level here, by partial pooling over tasks; `null` with a single task. */
    readonly probabilityBest: number | null;
  }[];
  /** The level with the highest expected score under partial pooling, or the highest mean with a single task. */
  readonly guess: string | null;
  /** Levels without scores in some cell here, which were not compared. */
  readonly leftOut: readonly string[];
  readonly reason?: string;
}
