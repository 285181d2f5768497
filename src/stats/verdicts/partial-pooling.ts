import { InputError, type RandomStream } from '../../core/index.ts';

/** What one task says of all levels. */
export interface TaskMeans {
  /** Mean score per level, over the same blocks. */
  readonly means: ArrayLike<number>;
  /** Variance of such a mean apart from what all levels of a block share, pooled over levels. */
  readonly variance: number;
  /** Degrees of freedom of that variance. */
  readonly df: number;
}

/** What is believed of the levels of one task, or of their average over tasks. */
export interface PooledBeliefs {
  /** Posterior mean per level, as a difference from the mean of all levels. */
  readonly means: readonly number[];
  /** Posterior probability of being the best level; they add up to 1. */
  readonly best: readonly number[];
}

export interface PartialPooling {
  readonly tasks: readonly PooledBeliefs[];
  /** Of the average over the tasks, each with equal weight. */
  readonly average: PooledBeliefs;
}

/** Draws of the error variances, grid points per variance of effects, and draws of the effects. */
const errorDraws = 100;
const gridPoints = 16;
const effectDraws = 2000;

/**
 * Which level is best, task by task and on average, when each task's evidence is drawn towards that of the others
 * as far as the data say that tasks agree (partial pooling; Gelman & Hill 2007, chapter 12).
 *
 *   mean_ti = task_t + a_i + b_ti + e_ti,  a_i ~ N(0, A),  b_ti ~ N(0, B),  e_ti ~ N(0, v_t)
 *
 * Nothing is plugged in: v_t has its posterior (scaled inverse chi-square), and A and B have priors that are
 * uniform on how far they shrink, v / (v + B) and v / (v + T A), with v the harmonic mean of the v_t over T tasks
 * (the uniform shrinkage prior: Christiansen & Morris 1997, Daniels 1999), so that no unit of the score matters.
 * Given the variances everything is normal. The variances are summed over a grid, weighted by their marginal
 * likelihood, and the effects drawn from what is left.
 *
 * @param tasks at least two, all with the same levels; finite
 * @throws InputError with fewer than two tasks or levels, or when a number is not finite
 */
export function partialPooling(tasks: readonly TaskMeans[], stream: RandomStream): PartialPooling {
  const levels = checked(tasks);
  const centred = tasks.map(({ means }) => centre(means));
  const errors = tasks.map(({ variance }) => variance);
  if (errors.every((variance) => variance === 0)) return certain(centred);
  // A task without any error would outweigh all others by infinity.
  const least = 1e-9 * Math.max(...errors);
  const typical = tasks.length / errors.reduce((sum, v) => sum + 1 / Math.max(least, v), 0);
  const shrink = Array.from({ length: gridPoints }, (_, g) => (g + 0.5) / gridPoints);
  const between = shrink.map((share) => (typical * (1 - share)) / share);
  const shared = between.map((variance) => variance / tasks.length);

  const draws = Array.from({ length: errorDraws }, () =>
    tasks.map(({ df }, t) => (Math.max(least, errors[t]) * df) / chiSquare(df, stream)),
  );
  const logWeights = new Float64Array(errorDraws * gridPoints * gridPoints);
  draws.forEach((variances, d) => {
    between.forEach((b, i) => {
      const fit = fitGiven(centred, variances, b);
      shared.forEach((a, j) => {
        logWeights[(d * gridPoints + i) * gridPoints + j] = fit.logLikelihood(a);
      });
    });
  });
  const chosen = systematicSample(logWeights, effectDraws, stream.next());
  const tally = new Tally(tasks.length, levels);
  for (const index of chosen) {
    const a = shared[index % gridPoints];
    const b = between[Math.floor(index / gridPoints) % gridPoints];
    drawEffects(centred, draws[Math.floor(index / gridPoints ** 2)], a, b, stream, tally);
  }
  return tally.beliefs();
}

function checked(tasks: readonly TaskMeans[]): number {
  if (tasks.length < 2) throw new InputError(`Pooling needs two tasks; there are ${tasks.length}.`);
  const levels = tasks[0].means.length;
  if (levels < 2) throw new InputError(`Pooling needs two levels; there are ${levels}.`);
  tasks.forEach(({ means, variance, df }, t) => {
    if (means.length !== levels) {
      throw new InputError(`Task ${t + 1} has ${means.length} levels, the first has ${levels}.`);
    }
    const numbers = [...Array.from(means), variance, df];
    if (!numbers.every(Number.isFinite) || variance < 0 || df < 1) {
      throw new InputError(`Task ${t + 1} has a mean, variance or df that is no number it can have.`);
    }
  });
  return levels;
}

function centre(values: ArrayLike<number>): number[] {
  const own = Array.from(values);
  const mean = own.reduce((sum, x) => sum + x, 0) / own.length;
  return own.map((x) => x - mean);
}

/**
 * The likelihood of the centred means as a function of A. Each of the L - 1 orthogonal contrasts among the levels
 * is, over tasks, normal with covariance A 11' + diag(B + v_t); Sherman & Morrison (1950) invert it.
 */
function fitGiven(centred: readonly (readonly number[])[], variances: readonly number[], b: number) {
  const levels = centred[0].length;
  const sums = new Float64Array(levels);
  let weight = 0;
  let squares = 0;
  let logDeterminant = 0;
  centred.forEach((means, t) => {
    const own = 1 / (b + variances[t]);
    weight += own;
    logDeterminant -= Math.log(own);
    for (let i = 0; i < levels; i++) {
      sums[i] += own * means[i];
      squares += own * means[i] * means[i];
    }
  });
  const pooled = sums.reduce((sum, x) => sum + x * x, 0);
  const logLikelihood = (a: number) =>
    -0.5 *
    ((levels - 1) * (logDeterminant + Math.log1p(a * weight)) + squares - (a * pooled) / (1 + a * weight));
  return { sums, weight, logLikelihood };
}

/** One draw of all effects given the variances; their common level is arbitrary and does not matter. */
function drawEffects(
  centred: readonly (readonly number[])[],
  variances: readonly number[],
  a: number,
  b: number,
  stream: RandomStream,
  tally: Tally,
): void {
  const { sums, weight } = fitGiven(centred, variances, b);
  const shrunk = a / (1 + a * weight);
  for (let i = 0; i < sums.length; i++) {
    const centreOfMain = shrunk * sums[i];
    const main = centreOfMain + Math.sqrt(shrunk) * stream.normal();
    centred.forEach((means, t) => {
      const kept = b / (b + variances[t]);
      const effect = main + kept * (means[i] - main) + Math.sqrt(kept * variances[t]) * stream.normal();
      tally.set(t, i, effect, kept * means[i] + (1 - kept) * centreOfMain);
    });
  }
  tally.close();
}

/** Counts who is best, draw by draw. */
class Tally {
  private readonly current: Float64Array;
  private readonly means: Float64Array;
  private readonly wins: Float64Array;
  private readonly tasks: number;
  private readonly levels: number;
  private draws = 0;

  constructor(tasks: number, levels: number) {
    this.tasks = tasks;
    this.levels = levels;
    // The last row is the average over tasks.
    this.current = new Float64Array((tasks + 1) * levels);
    this.means = new Float64Array((tasks + 1) * levels);
    this.wins = new Float64Array((tasks + 1) * levels);
  }

  set(task: number, level: number, effect: number, mean: number): void {
    const last = this.tasks * this.levels + level;
    this.current[task * this.levels + level] = effect;
    this.current[last] += effect;
    this.means[task * this.levels + level] += mean;
    this.means[last] += mean / this.tasks;
  }

  close(): void {
    for (let row = 0; row <= this.tasks; row++) {
      let best = row * this.levels;
      for (let at = best + 1; at < (row + 1) * this.levels; at++) {
        if (this.current[at] > this.current[best]) best = at;
      }
      this.wins[best]++;
    }
    this.current.fill(0);
    this.draws++;
  }

  beliefs(): PartialPooling {
    const row = (values: Float64Array, r: number) =>
      Array.from(values.subarray(r * this.levels, (r + 1) * this.levels), (x) => x / this.draws);
    const of = (r: number): PooledBeliefs => ({ means: row(this.means, r), best: row(this.wins, r) });
    return { tasks: Array.from({ length: this.tasks }, (_, t) => of(t)), average: of(this.tasks) };
  }
}

/** Scores without error leave nothing to believe; equal levels share the probability. */
function certain(centred: readonly (readonly number[])[]): PartialPooling {
  const of = (means: readonly number[]): PooledBeliefs => {
    const top = Math.max(...means);
    const best = means.map((x) => (x >= top - 1e-12 * Math.abs(top) ? 1 : 0));
    const ties = best.reduce<number>((sum, x) => sum + x, 0);
    return { means, best: best.map((x) => x / ties) };
  };
  const average = centred[0].map((_, i) => centred.reduce((sum, own) => sum + own[i] / centred.length, 0));
  return { tasks: centred.map(of), average: of(average) };
}

/** Chi-square: squares of normals, or Wilson & Hilferty's cube (1931) where these would be many. */
function chiSquare(df: number, stream: RandomStream): number {
  if (df > 30 || !Number.isInteger(df)) {
    const c = 2 / (9 * df);
    return df * Math.max(1e-3, 1 - c + Math.sqrt(c) * stream.normal()) ** 3;
  }
  let sum = 0;
  for (let i = 0; i < df; i++) sum += stream.normal() ** 2;
  return sum;
}

/** Indices drawn in proportion to exp(log weight), with one random number for all of them. */
function systematicSample(logWeights: Float64Array, count: number, offset: number): number[] {
  const top = logWeights.reduce((most, x) => Math.max(most, x), -Infinity);
  const weights = logWeights.map((x) => Math.exp(x - top));
  const step = weights.reduce((sum, x) => sum + x, 0) / count;
  const chosen: number[] = [];
  let passed = 0;
  for (let i = 0; i < weights.length && chosen.length < count; i++) {
    passed += weights[i];
    while (chosen.length < count && passed > (chosen.length + offset) * step) chosen.push(i);
  }
  while (chosen.length < count) chosen.push(weights.length - 1);
  return chosen;
}
