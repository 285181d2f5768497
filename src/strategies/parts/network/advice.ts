import { InputError } from '../../../core/index.ts';

/** Scores of one agent's available actions in one situation. */
export type ScoreRow = readonly number[];

/** The row minus its mean. */
export function centred(row: ScoreRow): number[] {
  const mean = row.reduce((sum, x) => sum + x, 0) / row.length;
  return row.map((x) => x - mean);
}

/**
 * The root mean square of centred scores over all situations: the unit in which one strategy's advice is measured.
 * Raw spreads differ by far between strategies; one spread per strategy keeps its own sense of what matters.
 * 0 for no rows, or when every action is always scored alike.
 */
export function spreadOf(rows: readonly ScoreRow[]): number {
  let squares = 0;
  let count = 0;
  for (const row of rows) {
    for (const x of centred(row)) squares += x * x;
    count += row.length;
  }
  return count === 0 ? 0 : Math.sqrt(squares / count);
}

/** KL divergence of softmax(beta * row) from uniform, in nats: log n - entropy. Between 0 and log n. */
export function divergenceFromUniform(row: ScoreRow, beta: number): number {
  const top = Math.max(...row);
  const weights = row.map((x) => Math.exp(beta * (x - top)));
  const total = weights.reduce((sum, w) => sum + w, 0);
  let divergence = Math.log(row.length);
  for (const w of weights) if (w > 0) divergence += (w / total) * Math.log(w / total);
  return Math.max(0, divergence);
}

export function meanDivergence(rows: readonly ScoreRow[], beta: number): number {
  return rows.reduce((sum, row) => sum + divergenceFromUniform(row, beta), 0) / rows.length;
}

/**
 * The factor beta at which advice has the strength asked for: the mean over situations of
 * KL(softmax(beta * advice) || uniform) equals `strength` in nats. The mean grows with beta, so bisection finds it.
 *
 * @param rows advice of calibration situations with at least two actions
 * @throws InputError when no factor is strong enough, because the advice prefers too little too seldom
 */
export function solveStrength(rows: readonly ScoreRow[], strength: number): number {
  if (strength === 0) return 0;
  let high = 1;
  while (meanDivergence(rows, high) < strength) {
    high *= 2;
    if (high > 2 ** 24) {
      throw new InputError(
        `An advice strength of ${strength} nats cannot be reached: acting on the best advice alone comes to ` +
          `${meanDivergence(rows, high).toFixed(3)} nats. Choose a smaller adviceStrength.`,
      );
    }
  }
  let low = 0;
  for (let k = 0; k < 40; k++) {
    const middle = (low + high) / 2;
    if (meanDivergence(rows, middle) < strength) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** How far advice moves a uniform model, over the factor that it is multiplied by: enough to find any strength. */
export interface AdviceCurve {
  /** What scores are divided by. */
  readonly spread: number;
  /** The first factor. */
  readonly first: number;
  /** Factors from each to its double. */
  readonly perOctave: number;
  /** The mean divergence from uniform at every factor, in nats. */
  readonly divergence: readonly number[];
}

const grid = { first: 2 ** -5, perOctave: 8, octaves: 12 };

/** @param rows the network's scores in calibration situations */
export function adviceCurve(rows: readonly ScoreRow[]): AdviceCurve {
  const spread = spreadOf(rows);
  const advice = standardizedRows(rows, spread);
  const { first, perOctave, octaves } = grid;
  const divergence = Array.from({ length: octaves * perOctave + 1 }, (_, k) =>
    Number(meanDivergence(advice, first * 2 ** (k / perOctave)).toPrecision(7)),
  );
  return { spread, first, perOctave, divergence };
}

/** Centred rows in units of the spread. */
export function standardizedRows(rows: readonly ScoreRow[], spread: number): ScoreRow[] {
  return rows.map((row) => centred(row).map((x) => (spread > 0 ? x / spread : 0)));
}

/**
 * The factor for a strength, between its neighbours on the curve in logarithms: off by less than 0.3% of the strength.
 * Undefined where the curve does not reach that far, down or up.
 */
export function strengthOnCurve(
  { first, perOctave, divergence }: AdviceCurve,
  strength: number,
): number | undefined {
  if (strength === 0) return 0;
  const above = divergence.findIndex((x) => x >= strength);
  if (above < 1 || !(divergence[above - 1] > 0)) return undefined;
  const [low, high] = [divergence[above - 1], divergence[above]];
  const part = Math.log(strength / low) / Math.log(high / low);
  return first * 2 ** ((above - 1 + part) / perOctave);
}
