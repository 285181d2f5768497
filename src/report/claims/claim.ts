/** Which of a study's estimates a claim is about. Ids and types are those of study files. */
export type ClaimTarget =
  /** Pearson r of the gain over a baseline with the logarithm of model size, over models. */
  | {
      readonly kind: 'scaling';
      readonly strategy: string;
      readonly baseline: string;
      /** A task type; absent for all tasks together. */
      readonly taskType?: string;
      /** Only models of this architecture; absent for all. */
      readonly architecture?: string;
    }
  /** Change of the mean score against a baseline, in percent of the baseline's. */
  | {
      readonly kind: 'percent';
      readonly strategy: string;
      readonly baseline: string;
      readonly taskType: string;
    }
  /** Partial η² of a factor. */
  | { readonly kind: 'partial-eta-squared'; readonly factor: string }
  /** A factor's partial η² is above that of every other factor. */
  | { readonly kind: 'strongest-factor'; readonly factor: string }
  /** No strategy gains over the baseline: the largest gain of any strategy that is no baseline. */
  | { readonly kind: 'baseline-best'; readonly baseline: string; readonly taskType: string }
  /** Something that studies here do not estimate, and why. */
  | { readonly kind: 'not-estimated'; readonly reason: string };

export interface PublishedClaim {
  readonly id: string;
  /** What was claimed, in a sentence. */
  readonly statement: string;
  /** The claimed value in the target's unit; absent for claims of a direction alone. */
  readonly value?: number;
  /** The claimed sign of the estimate. */
  readonly direction: 1 | -1;
  readonly target: ClaimTarget;
  /** How the sentence was read, where it leaves a choice. */
  readonly reading?: string;
}
