import { type Alternative, pOfAlternative } from '../alternative.ts';
import { maxTAdjusted, maxTLevel, tQuantile } from '../distributions/index.ts';
import { requireShare } from '../require-finite.ts';
import { equivalenceP, oneSidedP, type Evidence } from './evidence.ts';
import { holmOverPlaces } from './holm-over-places.ts';

/** One place at which several levels are compared with a baseline. */
export interface PlaceEvidence {
  /** One per compared level; undefined where there is no evidence. */
  readonly comparisons: readonly (Evidence | undefined)[];
  /** Common correlation of the comparisons, see `meanCorrelation`. */
  readonly correlation: number;
  /** Largest difference that counts as none, in units of the score. */
  readonly margin: number;
  /** The largest difference that two scores can have. */
  readonly range: number;
}

/** What a family of comparisons says of one level at one place. */
export interface Decision {
  /** p of this comparison alone; two-sided: twice the smaller one-sided p. */
  readonly p: number;
  /** The same, adjusted for all levels and places; the verdict is this p at the family's alpha. */
  readonly adjustedP: number;
  readonly shown: 'gain' | 'harm' | undefined;
  /**
   * The interval at the level of the verdict: it excludes 0 exactly when a gain or harm is shown. `null` where all
   * differences are equal, since these do not say how much others would differ, and on a side that was not asked for.
   */
  readonly low: number | null;
  readonly high: number | null;
  /** p of "as good as", adjusted for all levels and places. */
  readonly equivalenceP: number;
  readonly asGood: boolean;
}

export interface PlaceDecision {
  /** One per comparison; undefined where there is no evidence. */
  readonly comparisons: readonly (Decision | undefined)[];
  /** One-sided levels of the intervals' lower and upper ends, for all comparisons of the place together. */
  readonly lowLevel: number;
  readonly highLevel: number;
  /** p of "all levels here are as good as the baseline", adjusted over places. */
  readonly allEquivalentP: number;
  readonly allEquivalent: boolean;
}

/**
 * Decides a family of comparisons with a baseline: which gains and harms are shown, and which levels are as good.
 *
 * **Gain and harm** are two families of one-sided hypotheses (difference at most 0; at least 0), each at half of
 * alpha. In each, a comparison's p is adjusted within its place by `maxTAdjusted` and over places by
 * `holmOverPlaces`, so the chance of any false gain is at most alpha / 2, and that of any false harm too, whatever
 * is true and however places depend on each other.
 *
 * **As good as** is claimed by two one-sided tests against the margin at alpha, adjusted in the same way. Within a
 * place the largest p of all its levels serves every one of them, too: that all levels are as good as the baseline
 * needs no allowance for their number (intersection-union, Berger 1982).
 *
 * @param alpha in (0, 1), default 0.05
 * @param alternative `greater` spends all of alpha on gains and shows no harm, `less` the reverse
 * @param equivalenceAlpha level of "as good as", where it is not that of gains and harms together
 * @throws InputError when a level is no probability
 */
export function decide(
  places: readonly PlaceEvidence[],
  alpha = 0.05,
  equivalenceAlpha = alpha,
  alternative: Alternative = 'two-sided',
): PlaceDecision[] {
  requireShare('alpha', alpha);
  requireShare('alpha of "as good as"', equivalenceAlpha);
  // What was not asked for has no error to spend, and is never shown.
  const upAlpha = { 'two-sided': alpha / 2, greater: alpha, less: 0 }[alternative];
  const downAlpha = { 'two-sided': alpha / 2, greater: 0, less: alpha }[alternative];
  const sides = places.map(({ comparisons }) => comparisons.map((own) => own && oneSidedP(own)));
  const singleStep = (p: number | undefined, { comparisons, correlation }: PlaceEvidence) =>
    // Beyond a half nothing is ever shown, and the quadrature would be in vain.
    p === undefined || p > 0.5 ? 1 : maxTAdjusted(p, comparisons.length, correlation);
  const adjust = (side: 'above' | 'below', level: number) =>
    holmOverPlaces(
      places.map((place, q) => sides[q].map((p) => singleStep(p?.[side], place))),
      level,
    );
  const gains = adjust('above', upAlpha);
  const harms = adjust('below', downAlpha);
  const equivalence = holmOverPlaces(
    places.map((place) => {
      const p = place.comparisons.map((own) => (own ? equivalenceP(own, place.margin, place.range) : 1));
      const all = Math.max(...p);
      return p.map((own) => Math.min(all, singleStep(own, place)));
    }),
    equivalenceAlpha,
  );
  const lowLevel = upAlpha / gains.open;
  const highLevel = downAlpha / harms.open;
  return places.map(({ comparisons, correlation }, q): PlaceDecision => {
    const end = (level: number) => (level === 0 ? 0 : maxTLevel(level, comparisons.length, correlation));
    const lowEnd = end(lowLevel);
    const highEnd = highLevel === lowLevel ? lowEnd : end(highLevel);
    const critical = criticalValues();
    const allEquivalentP = Math.max(...equivalence.adjusted[q]);
    return {
      comparisons: comparisons.map((evidence, i): Decision | undefined => {
        const own = sides[q][i];
        if (!evidence || !own) return undefined;
        const [up, down] = [gains.adjusted[q][i], harms.adjusted[q][i]];
        const { estimate, standardError, df } = evidence;
        const spread = standardError > 0;
        return {
          p: pOfAlternative(own.above, own.below, alternative),
          adjustedP: pOfAlternative(up, down, alternative),
          shown: up <= upAlpha ? 'gain' : down <= downAlpha ? 'harm' : undefined,
          low: spread && lowEnd > 0 ? estimate - critical(lowEnd, df) * standardError : null,
          high: spread && highEnd > 0 ? estimate + critical(highEnd, df) * standardError : null,
          equivalenceP: equivalence.adjusted[q][i],
          asGood: equivalence.adjusted[q][i] <= equivalenceAlpha,
        };
      }),
      lowLevel,
      highLevel,
      allEquivalentP,
      allEquivalent: allEquivalentP <= equivalenceAlpha,
    };
  });
}

/** Upper quantiles of t, each computed once: comparisons of a place share their level and, as a rule, their df. */
function criticalValues(): (level: number, df: number) => number {
  const known = new Map<string, number>();
  return (level, df) => {
    const key = `${level} ${df}`;
    const value = known.get(key) ?? -tQuantile(level, df);
    known.set(key, value);
    return value;
  };
}
