/** How a feedback phrase rates an agent's last action. */
export const feedbackLevels = ['good', 'fair', 'poor'] as const;
export type FeedbackLevel = (typeof feedbackLevels)[number];

/** How strongly advice is said, from 1 to 3. */
export const adviceStrengths = [1, 2, 3] as const;
export type AdviceStrength = (typeof adviceStrengths)[number];

/**
 * What a strategy may tell an agent: data, never a piece of prompt. How it is said, and how what others wrote is
 * quoted, is `prompt`'s. Agents are numbered from 0, actions are indices into the task's.
 */
export type Note =
  /** What a teammate plans to do in this step. An agent's own plan is no news to it, and is kept in the trace alone. */
  | { readonly kind: 'plan'; readonly from: number; readonly action: number }
  /** What one of the strategy's judges said, quoted under its name. */
  | { readonly kind: 'counsel'; readonly by: string; readonly round: number; readonly text: string }
  /**
   * What somebody said, as data that is quoted; its own words are marked as such. A program (`form: 'code'`) is shown as it
   * was written, all else on one line.
   */
  | {
      readonly kind: 'words';
      readonly from: number;
      readonly round: number;
      readonly text: string;
      readonly form?: 'code';
    }
  /** How its last action is rated; `privileged` where something rated it that reads the state of past steps. */
  | { readonly kind: 'feedback'; readonly level: FeedbackLevel; readonly privileged?: true }
  /** What it is advised to do, in words. */
  | { readonly kind: 'advice'; readonly action: number; readonly strength: AdviceStrength }
  /** What the strategy wants of it in this question: "Name one risk that nobody has named." */
  | { readonly kind: 'brief'; readonly text: string };

/** Whose words are among these notes; undefined where nobody's are. */
export function heardIn(notes: readonly Note[]): Heard | undefined {
  let round = 0;
  const from = new Set<number | string>();
  for (const note of notes) {
    if (note.kind !== 'words' && note.kind !== 'counsel') continue;
    round = Math.max(round, note.round);
    from.add(note.kind === 'words' ? note.from : note.by);
  }
  return from.size === 0 ? undefined : { round, from: [...from] };
}

/** Whose words an agent had read: the latest round of them, and agents by number and judges by name, each once. */
export interface Heard {
  readonly round: number;
  readonly from: readonly (number | string)[];
}
