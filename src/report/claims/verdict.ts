import { type AnalysisResults, type LevelChoice, verdictLookup } from '../../analysis/index.ts';
import { type Atlas, familyBy, isFactor, samePlace } from '../atlas/context.ts';
import type { ClaimTarget, PublishedClaim } from './claim.ts';

export interface ClaimEstimate {
  readonly estimate: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** Confidence of the interval, for example 0.95. */
  readonly confidence: number;
  readonly unit: 'r' | '%' | 'partial η²' | 'score';
  /** Why there is no estimate. */
  readonly reason?: string;
}

/** `cannot tell`: the study estimates it, and the estimate says neither. `not testable`: it does not estimate it. */
export const claimVerdicts = ['agrees', 'disagrees', 'cannot tell', 'not testable'] as const;

export interface ClaimVerdict {
  readonly claim: PublishedClaim;
  /** The task it was looked up at, where it names a type. */
  readonly task?: string;
  readonly estimate: ClaimEstimate | undefined;
  readonly verdict: (typeof claimVerdicts)[number];
  readonly why: string;
}

/** Every claim beside this study's estimate; one per task where several have the claimed type. */
export function judgeClaims(atlas: Atlas, claims: readonly PublishedClaim[]): ClaimVerdict[] {
  const population = otherPopulation(atlas);
  return claims.flatMap((claim) =>
    estimatesOf(atlas, claim.target).map(({ task, estimate }): ClaimVerdict => {
      const own = { claim, task, estimate };
      if (population) return { ...own, verdict: 'cannot tell', why: population };
      return { ...own, ...judge(claim, estimate) };
    }),
  );
}

/** A study of embedded or scripted models alone says nothing on the models of the claims. */
function otherPopulation({ models }: Atlas): string | undefined {
  if (models.length === 0 || models.some(({ population }) => population === undefined)) return undefined;
  return 'another population';
}

/**
 * Not testable: there is no interval. Agrees: the interval excludes 0 in the claimed direction and contains the claimed value. Disagrees: it excludes
 * the value. A claim of a direction alone disagrees when the interval lies on the other side of 0.
 */
export function judge(
  { value, direction }: Pick<PublishedClaim, 'value' | 'direction'>,
  estimate: ClaimEstimate | undefined,
): Pick<ClaimVerdict, 'verdict' | 'why'> {
  const { low = null, high = null } = estimate ?? {};
  if (low === null || high === null) {
    return { verdict: 'not testable', why: estimate?.reason ?? 'this study has no estimate of it' };
  }
  const beyondZero = direction > 0 ? low > 0 : high < 0;
  if (value === undefined) {
    if (beyondZero) return { verdict: 'agrees', why: 'the interval excludes 0 in the claimed direction' };
    const opposite = direction > 0 ? high < 0 : low > 0;
    if (opposite) return { verdict: 'disagrees', why: 'the interval lies on the other side of 0' };
    return { verdict: 'cannot tell', why: 'the interval contains 0' };
  }
  if (value < low || value > high) return { verdict: 'disagrees', why: 'the interval excludes the value' };
  if (beyondZero) {
    return {
      verdict: 'agrees',
      why: 'the interval excludes 0 in the claimed direction and contains the value',
    };
  }
  return {
    verdict: 'cannot tell',
    why: 'the interval contains both 0 and the value: this study is too small',
  };
}

interface Located {
  readonly task?: string;
  readonly estimate: ClaimEstimate | undefined;
}

function estimatesOf(atlas: Atlas, target: ClaimTarget): Located[] {
  const { results } = atlas;
  const missing = (reason: string): Located[] => [
    { estimate: { estimate: null, low: null, high: null, confidence: 0.95, unit: 'score', reason } },
  ];
  if (target.kind === 'not-estimated') return missing(target.reason);
  if (!results) return missing('nothing can be compared in this study yet');
  if (target.kind === 'partial-eta-squared') return [{ estimate: etaSquared(results, target.factor) }];
  if (target.kind === 'strongest-factor') return [{ estimate: etaDifference(results, target.factor) }];
  const baseline = labelOf(atlas, target.baseline);
  if (baseline === undefined || !atlas.baselines.includes(baseline)) {
    return missing(`this study has no runs of the strategy ${target.baseline}`);
  }
  const strategy = 'strategy' in target ? labelOf(atlas, target.strategy) : baseline;
  if (strategy === undefined && 'strategy' in target) {
    return missing(`this study has no runs of the strategy ${target.strategy}`);
  }
  const level = strategy ?? baseline;
  if (target.kind === 'scaling' && target.taskType === undefined) {
    return [{ estimate: scalingAt(atlas, results, target, level, baseline, {}) }];
  }
  const tasks = atlas.tasks.filter(
    ({ type, label }) => type === target.taskType && atlas.taskLabels.includes(label),
  );
  if (tasks.length === 0) return missing(`this study has no ${target.taskType} task`);
  return [...new Set(tasks.map(({ label }) => label))].map((task): Located => {
    const at: LevelChoice = isFactor(atlas, 'task') ? { task } : {};
    if (target.kind === 'scaling')
      return { task, estimate: scalingAt(atlas, results, target, level, baseline, at) };
    if (target.kind === 'percent') return { task, estimate: percentAt(atlas, level, baseline, at) };
    return { task, estimate: largestGainAt(atlas, baseline, at) };
  });
}

/** The label of the intact strategy with that id. */
function labelOf({ strategies }: Atlas, id: string): string | undefined {
  return strategies.find((level) => level.id === id && (level.without ?? []).length === 0)?.label;
}

function scalingAt(
  atlas: Atlas,
  { scaling, plan }: AnalysisResults,
  target: Extract<ClaimTarget, { kind: 'scaling' }>,
  level: string,
  baseline: string,
  at: LevelChoice,
): ClaimEstimate {
  const { confidence } = plan;
  const line = scaling.find(
    (own) =>
      own.level === level &&
      own.baseline === baseline &&
      own.parameters === 'total' &&
      own.measure === 'gain' &&
      own.architecture === (target.architecture ?? null) &&
      samePlace(own.at, at),
  );
  const reason = tooFewModels(atlas, target.architecture) ?? line?.result.reason ?? 'it is not estimable';
  const { r = null, low = null, high = null } = line?.result.pearson ?? {};
  return { estimate: r, low, high, confidence, unit: 'r', ...(r === null && { reason }) };
}

/** A correlation over models has an interval from four of known size on. */
const fewestModels = 4;

/** "one dense model", where there are too few models of this kind; undefined where there are enough. */
function tooFewModels({ models }: Atlas, architecture: string | undefined): string | undefined {
  const sized = new Map(
    models.flatMap(({ label, facts }) =>
      facts.parameters && (architecture === undefined || facts.architecture === architecture)
        ? [[label, facts.architecture ?? 'other']]
        : [],
    ),
  );
  if (sized.size >= fewestModels) return undefined;
  const kinds = [
    ['dense', 'dense model', 'dense models'],
    ['moe', 'mixture of experts', 'mixtures of experts'],
    ['other', 'model of unknown kind', 'models of unknown kind'],
  ] as const;
  const counted = kinds.flatMap(([kind, one, many]) => {
    const n = [...sized.values()].filter((own) => own === kind).length;
    return n === 0 ? [] : [n === 1 ? `one ${one}` : `${n} ${many}`];
  });
  const none = architecture === 'moe' ? 'no mixture of experts of known size' : 'no model of known size';
  return counted.length === 0 ? none : counted.join(' and ');
}

function percentAt(atlas: Atlas, level: string, baseline: string, at: LevelChoice): ClaimEstimate {
  const family = familyBy(atlas, baseline, Object.keys(at));
  const contrast = family?.contrasts.find((own) => own.level === level && samePlace(own.at, at));
  const { estimate = null, low = null, high = null, reason } = contrast?.percent ?? {};
  return {
    estimate,
    low,
    high,
    confidence: contrast?.confidence ?? 0.95,
    unit: '%',
    reason: reason ?? contrast?.reason,
  };
}

/**
 * The largest gain of any strategy that is no baseline itself. Where the simultaneous intervals hold all gains, the
 * largest gain lies between the largest lower and the largest upper end, whichever strategy it belongs to.
 */
function largestGainAt(atlas: Atlas, baseline: string, at: LevelChoice): ClaimEstimate {
  const { verdicts = [], plan } = atlas.results ?? {};
  const place = verdictLookup(verdicts, baseline)(at)?.place;
  const gains = (place?.verdicts ?? []).filter(({ level }) => !atlas.baselines.includes(level));
  const largest = (end: 'estimate' | 'low' | 'high') => {
    const values = gains.map((own) => own[end]).filter((x) => x !== null);
    return values.length === 0 || values.length < gains.length ? null : Math.max(...values);
  };
  const estimate = largest('estimate');
  return {
    estimate,
    low: largest('low'),
    high: largest('high'),
    confidence: plan?.confidence ?? 0.95,
    unit: 'score',
    ...(estimate === null && {
      reason: gains.find(({ reason }) => reason)?.reason ?? 'no strategy was compared with the baseline here',
    }),
  };
}

function etaSquared({ primary }: AnalysisResults, factor: string): ClaimEstimate {
  const term = primary.find((own) => own.term === factor);
  return {
    estimate: term?.partialEtaSquared ?? null,
    low: term?.partialEtaSquaredLow ?? null,
    high: term?.partialEtaSquaredHigh ?? null,
    confidence: 0.9,
    unit: 'partial η²',
    reason: term ? term.reason : `${factor} is no factor of this study`,
  };
}

/** A factor's partial eta squared minus the largest of another factor; the interval compares their ends, so it is wide. */
function etaDifference(results: AnalysisResults, factor: string): ClaimEstimate {
  const own = etaSquared(results, factor);
  const others = results.plan.factors
    .filter(({ name }) => name !== factor)
    .map(({ name }) => etaSquared(results, name));
  const largest = (end: 'estimate' | 'low' | 'high') => {
    const values = others.map((other) => other[end]);
    return values.length === 0 || values.includes(null) ? null : Math.max(...values.map((x) => x ?? NaN));
  };
  const [estimate, low, high] = [largest('estimate'), largest('low'), largest('high')];
  if (own.estimate === null || estimate === null) {
    const reason = own.reason ?? (others.length === 0 ? 'this study has no other factor' : 'not estimable');
    return { ...own, estimate: null, low: null, high: null, reason };
  }
  return {
    ...own,
    estimate: own.estimate - estimate,
    low: own.low === null || high === null ? null : own.low - high,
    high: own.high === null || low === null ? null : own.high - low,
  };
}
