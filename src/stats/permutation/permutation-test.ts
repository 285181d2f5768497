import { once } from 'node:events';
import { InputError } from '../../core/errors.ts';
import type { NamePart } from '../../core/random.ts';
import { startWorker } from '../../core/worker.ts';
import type { NotEstimable } from '../linear-model/anova.ts';
import type { LinearModel } from '../linear-model/model.ts';
import {
  planPermutations,
  type PermutationPlan,
  type PermutationScheme,
  type PermutationStatistic,
  type PlannedTerms,
} from './plan.ts';
import { blockSize, runBlocks, statisticsOf, type ResampleCounts } from './resample.ts';

export interface PermutationTestOptions {
  /** Names the random streams: the same seed gives the same result, whatever the number of threads. */
  readonly seed: NamePart;
  /** Default 10,000, at least 99. */
  readonly resamples?: number;
  /** Default `F`. */
  readonly statistic?: PermutationStatistic;
  /** Default `freedman-lane`. */
  readonly scheme?: PermutationScheme;
}

export interface PermutationEffect {
  readonly term: string;
  readonly estimable: true;
  readonly df: number;
  /** The observed statistic (per degree of freedom). */
  readonly F: number;
  /** Resamples at least as extreme as the data. */
  readonly exceeding: number;
  /** (exceeding + 1) / (resamples + 1): never 0. */
  readonly p: number;
  /** The same for the largest statistic of all terms (max-T): controls the chance of any false claim. */
  readonly adjustedP: number;
}

export type PermutationRow = PermutationEffect | NotEstimable;

export interface PermutationTable {
  readonly rows: readonly PermutationRow[];
  readonly resamples: number;
  readonly statistic: PermutationStatistic;
  readonly scheme: PermutationScheme;
  readonly seed: NamePart;
}

/**
 * Permutation tests of every term (Type III) of a linear model.
 *
 * For each term the residuals of the model without it are shuffled over the rows and the F statistic is taken
 * anew (Freedman & Lane 1983; adding the reduced model's fit back would change nothing). All terms share the
 * shuffles, which also gives max-T adjusted p-values (Westfall & Young 1993).
 *
 * Exchangeability needs equal variances: with unequal ones `statistic: 'hc3'` keeps the level approximately
 * (Janssen 1997; DiCiccio & Romano 2017), the plain F does not.
 *
 * Only sums per cell of the shuffled residuals matter, so a resample costs one pass over the rows and small
 * triangular products.
 *
 * @throws InputError when resamples is not a whole number of at least 99
 * @example permutationTest(fitLinearModel(score, [strategy, task]), { seed: 1 }).rows
 */
export function permutationTest(model: LinearModel, options: PermutationTestOptions): PermutationTable {
  const { planned, observed, blocks, resamples } = prepare(model, options);
  return tabulate(model, options, planned, observed, runBlocks(planned.plan, observed, blocks, resamples));
}

/** What a worker gets. */
export interface PermutationJob {
  readonly plan: PermutationPlan;
  readonly observed: Float64Array;
  readonly blocks: readonly number[];
  readonly resamples: number;
}

/**
 * permutationTest on worker threads; the same result to the last bit.
 *
 * @param options.threads at least 1
 */
export async function permutationTestOnThreads(
  model: LinearModel,
  options: PermutationTestOptions & { readonly threads: number },
): Promise<PermutationTable> {
  const { threads } = options;
  if (!Number.isInteger(threads) || threads < 1) {
    throw new InputError(`threads is ${threads}; give a whole number of at least 1.`);
  }
  if (threads === 1) return permutationTest(model, options);
  const { planned, observed, blocks, resamples } = prepare(model, options);
  const used = Math.min(threads, blocks.length);
  const parts = await Promise.all(
    Array.from({ length: used }, async (_, k) => {
      const own = blocks.filter((block) => block % used === k);
      const workerData: PermutationJob = { plan: planned.plan, observed, blocks: own, resamples };
      const worker = startWorker(import.meta.url, './permutation-worker', { workerData });
      try {
        const [counts] = (await once(worker, 'message')) as [ResampleCounts];
        return counts;
      } finally {
        await worker.terminate();
      }
    }),
  );
  const total = (pick: (part: ResampleCounts) => Float64Array) =>
    observed.map((_, t) => parts.reduce((sum, part) => sum + pick(part)[t], 0));
  const counts = { exceeding: total((p) => p.exceeding), exceedingMax: total((p) => p.exceedingMax) };
  return tabulate(model, options, planned, observed, counts);
}

/**
 * Prints a permutation p-value: at the floor, where no resample reached the data, as the bound it is.
 *
 * @example formatPermutationP(1 / 10001, 10000) // '<= 1e-4'
 */
export function formatPermutationP(p: number, resamples: number): string {
  const floor = 1 / (resamples + 1);
  if (p > floor * 1.000001) return String(Number(p.toPrecision(4)));
  const exponent = Math.floor(Math.log10(floor));
  // Rounded up to two digits, so that the bound holds.
  const mantissa = Math.ceil((floor / 10 ** exponent) * 10 - 1e-9) / 10;
  return mantissa >= 10 ? `<= 1e${exponent + 1}` : `<= ${mantissa}e${exponent}`;
}

function prepare(model: LinearModel, options: PermutationTestOptions) {
  const resamples = options.resamples ?? 10_000;
  if (!Number.isInteger(resamples) || resamples < 99) {
    throw new InputError(`resamples is ${resamples}; give a whole number of at least 99.`);
  }
  const planned = planPermutations(model, options);
  const [observed] = statisticsOf(planned.plan, [planned.plan.labels]);
  // Without a term that can be tested there is nothing to resample.
  const count = planned.plan.terms.length === 0 ? 0 : Math.ceil(resamples / blockSize);
  const blocks = Array.from({ length: count }, (_, block) => block);
  return { planned, observed, blocks, resamples };
}

function tabulate(
  model: LinearModel,
  options: PermutationTestOptions,
  { plan, places }: PlannedTerms,
  observed: Float64Array,
  counts: ResampleCounts,
): PermutationTable {
  const resamples = options.resamples ?? 10_000;
  const rows = places.map((place, t): PermutationRow => {
    if (typeof place !== 'number') return place;
    return {
      term: model.terms[t].name,
      estimable: true,
      df: plan.terms[place].df,
      F: observed[place],
      exceeding: counts.exceeding[place],
      p: (counts.exceeding[place] + 1) / (resamples + 1),
      adjustedP: (counts.exceedingMax[place] + 1) / (resamples + 1),
    };
  });
  return {
    rows,
    resamples,
    statistic: plan.statistic,
    scheme: options.scheme ?? 'freedman-lane',
    seed: options.seed,
  };
}
