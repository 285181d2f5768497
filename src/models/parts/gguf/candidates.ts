/**
 * How probable is each of some texts as the next one? Their tokens form a tree, and the model is asked for its
 * distribution only where they part: the probability of a text is the product of those of its tokens.
 */

/** The number of a token in the model's vocabulary. */
export type Token = number;

/** Which of a text's tokens count. */
export const countedTokens = ['telling', 'all', 'mean'] as const;
/**
 * `telling`: up to the first that no other candidate has there. `all`: all of them. `mean`: all, as their geometric
 * mean, so that long texts are not put at a disadvantage.
 */
export type CountedTokens = (typeof countedTokens)[number];

export interface CandidateScores {
  /** Natural logarithm of each candidate's probability; of `mean`, per token. */
  readonly logs: readonly number[];
  /** The probability that the answer begins with any of them, in [0, 1]. */
  readonly mass: number;
  /** How many distributions it took. */
  readonly asked: number;
}

/** A model gives probabilities as 32-bit numbers: below the smallest of them it gives 0. */
const smallest = 1e-45;

/** How many tokens all of these begin with. */
export function sharedStart(sequences: readonly (readonly Token[])[]): number {
  const [first = [], ...others] = sequences;
  let length = 0;
  while (length < first.length && others.every((other) => other[length] === first[length])) length++;
  return length;
}

/**
 * @param sequences each candidate's tokens after what all of them share
 * @param next the distribution over the vocabulary after these tokens; called once per place where candidates part
 *   (or, where all tokens count, where one goes on)
 */
export async function scoreCandidates(
  sequences: readonly (readonly Token[])[],
  counted: CountedTokens,
  next: (path: readonly Token[]) => Promise<(token: Token) => number>,
): Promise<CandidateScores> {
  const logs = new Array<number>(sequences.length);
  let mass = 0;
  let asked = 0;
  const settle = (candidates: readonly number[], probability: number, log: number, tokens: number) => {
    mass += probability;
    // Texts that are the same tokens share what these have.
    const each = log - Math.log(candidates.length);
    for (const k of candidates) logs[k] = counted === 'mean' && tokens > 0 ? each / tokens : each;
  };
  const visit = async (candidates: readonly number[], path: readonly Token[], log: number): Promise<void> => {
    const { ended, groups } = partedAt(candidates, sequences, path.length);
    const alone = candidates.length === 1 && path.length > 0;
    if (groups.size === 0 || (alone && counted === 'telling')) {
      settle(candidates, Math.exp(log), log, path.length);
      return;
    }
    const probabilityOf = await next(path);
    asked++;
    const children = [...groups].map(([token, group]) => ({ token, group, p: probabilityOf(token) }));
    if (ended.length > 0) {
      // One candidate begins another: it is meant wherever no other goes on.
      const rest = Math.max(smallest, 1 - children.reduce((sum, { p }) => sum + p, 0));
      const whole = log + Math.log(rest);
      settle(ended, Math.exp(whole), whole, path.length + 1);
    }
    for (const { token, group, p } of children)
      await visit(group, [...path, token], log + Math.log(Math.max(smallest, p)));
  };
  await visit([...sequences.keys()], [], 0);
  return { logs, mass: Math.min(1, mass), asked };
}

function partedAt(
  candidates: readonly number[],
  sequences: readonly (readonly Token[])[],
  depth: number,
): { readonly ended: readonly number[]; readonly groups: ReadonlyMap<Token, readonly number[]> } {
  const groups = new Map<Token, number[]>();
  const ended: number[] = [];
  for (const k of candidates) {
    if (sequences[k].length === depth) ended.push(k);
    else {
      const token = sequences[k][depth];
      groups.set(token, [...(groups.get(token) ?? []), k]);
    }
  }
  return { ended, groups };
}

/**
 * Probabilities in proportion to exp(log / temperature), divided by those of a question that shows nothing where
 * there are any (contextual calibration: Zhao et al. 2021, arXiv:2102.09690).
 *
 * @returns one per candidate, summing to 1
 */
export function distributionOf(
  logs: readonly number[],
  temperature: number,
  blank?: readonly number[],
): number[] {
  const evidence = logs.map((log, k) => (log - (blank?.[k] ?? 0)) / temperature);
  const largest = Math.max(...evidence);
  const weights = evidence.map((x) => Math.exp(x - largest));
  const total = weights.reduce((sum, w) => sum + w, 0);
  return weights.map((w) => w / total);
}
