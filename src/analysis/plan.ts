import { InputError, type NamePart } from '../core/index.ts';
import {
  fewestModelsForScaling,
  matchArchitectures,
  minimumDetectableContrast,
  type Ablation,
  type Alternative,
  type FamilyMethod,
  type LevelChoice,
  type ModelPair,
} from '../stats/index.ts';
import type { AnalysisDescription, DescribedFactor } from './description.ts';
import { finestPlaces, placeGroups } from './places.ts';
import { percent, sidesOf, tooFewBlocks } from './plan-words.ts';
import { plannedMargin, type PlannedMargin } from './plan-margin.ts';

export interface PlanOptions {
  /** Default 0.95. */
  readonly confidence?: number;
  /** Sign flips and permutations, default 10,000. */
  readonly resamples?: number;
  /** Names the random streams; default `analysis`. */
  readonly seed?: NamePart;
  /** Correction of every family of contrasts; default Dunnett for pooled contrasts, Holm for the others. */
  readonly correction?: FamilyMethod;
  /** Highest order of interactions in the plain fixed-effects model; default 2. Blocked designs test all. */
  readonly order?: number;
  /** Percentages only where the baseline's lower bound exceeds this; default 0.1. */
  readonly percentFloor?: number;
  /** Largest difference that counts as none, in units of the response; default what the study and its tasks declare. */
  readonly margin?: number;
  /** One-sided verdicts; two-sided when absent. */
  readonly alternative?: Alternative;
  /** Ids of further statistics, see `furtherStatistics`; `all` for each. */
  readonly also?: readonly string[];
  /** Own contrasts, such as `debate=0.5,discussion=0.5,none=-1`. */
  readonly ownContrasts?: readonly string[];
}

export interface PlannedFactor extends DescribedFactor {
  readonly place: 'within blocks' | 'between blocks' | 'no blocks';
}

/** One family of contrasts: p-values are adjusted within it. */
export interface PlannedFamily {
  readonly title: string;
  readonly baseline: string;
  /** Factors at whose levels it is compared; none for "over everything else". */
  readonly by: readonly string[];
  /** Where each level is compared with the baseline; `{}` averages over everything else. */
  readonly places: readonly LevelChoice[];
  readonly method: FamilyMethod;
}

export interface PlannedTest {
  readonly term: string;
  readonly test: string;
}

export interface PlannedPower {
  /** What the contrast is: one place, all places together, or the difference between two places. */
  readonly contrast: string;
  /** Smallest true contrast found with 80% power, in standard deviations of the paired difference. */
  readonly detectable: number;
}

/** Everything that will be computed, fixed before the scores are looked at. JSON. */
export interface AnalysisPlan {
  readonly format: 1;
  readonly responseName: string;
  /** Ablated variants are no levels here: they are compared with their intact strategy only. */
  readonly factors: readonly PlannedFactor[];
  readonly block: readonly string[];
  readonly blocksPerGroup: number;
  /** Combinations of the between-block factors. */
  readonly groups: number;
  readonly comparedFactor?: string;
  readonly baselines: readonly string[];
  readonly modelFactor?: string;
  /** How advice reached the models: named beside every gain. */
  readonly advice?: string;
  readonly ceiling?: number;
  /** Highest order of interactions in the plain fixed-effects model. */
  readonly order: number;
  readonly tests: readonly PlannedTest[];
  readonly families: readonly PlannedFamily[];
  /** Asked for by name; absent: each family's own. */
  readonly correction?: FamilyMethod;
  /** Factors at whose levels the compared factor's joint effect is tested. */
  readonly simpleEffects: readonly string[];
  readonly scaling: { readonly models: number; readonly estimable: boolean } | null;
  readonly architecture: {
    readonly pairs: readonly ModelPair[];
    readonly leftOut: readonly { readonly model: string; readonly reason: string }[];
  } | null;
  readonly ablations: readonly Ablation[];
  readonly power: readonly PlannedPower[];
  readonly multiplicity: string;
  readonly margin: PlannedMargin;
  /** One-sided verdicts; absent for two-sided ones. */
  readonly alternative?: Alternative;
  /** Further statistics and own contrasts that were asked for. */
  readonly also?: readonly string[];
  readonly ownContrasts?: readonly string[];
  /** Seeds by each look of a study that grows until it knows. */
  readonly until?: { readonly looks: readonly number[] };
  readonly confidence: number;
  readonly resamples: number;
  readonly seed: NamePart;
  readonly percentFloor: number;
  /** What so few blocks cannot show, however clear it is; absent where there are enough. */
  readonly tooFewBlocks?: string;
  readonly notes: readonly string[];
}

/** With fewer, the smallest p would be no smaller than 1%. */
const fewestResamples = 99;

/**
 * Derives the analysis from what is compared, before any score is seen: blocks and factors, tests, families of
 * contrasts with their corrections, scaling, ablations, and what the design can detect.
 */
export function planAnalysis(description: AnalysisDescription, options: PlanOptions = {}): AnalysisPlan {
  const { block, comparedFactor, baselines, modelFactor } = description;
  const { resamples = 10_000, order = 2, confidence = description.until?.confidence ?? 0.95 } = options;
  if (!Number.isInteger(resamples) || resamples < fewestResamples) {
    throw new InputError(`resamples is ${resamples}; give a whole number of at least ${fewestResamples}.`);
  }
  if (block.length === 0 && options.alternative !== undefined && options.alternative !== 'two-sided') {
    throw new InputError(
      'A one-sided alternative needs blocks, since tests without them have no side. Name the block columns with --block.',
    );
  }
  const place = (name: string) =>
    block.length === 0 ? 'no blocks' : block.includes(name) ? 'between blocks' : 'within blocks';
  const ablated = new Set(description.ablations.map((ablation) => ablation.ablated));
  const factors = description.factors.map(({ name, levels }): PlannedFactor => {
    const intact = levels.filter((level) => !ablated.has(level) || baselines.includes(level));
    const restricted = name === comparedFactor && intact.length > 1;
    return { name, levels: restricted ? intact : levels, place: place(name) };
  });
  const groups = factors
    .filter((factor) => factor.place === 'between blocks')
    .reduce((product, { levels }) => product * levels.length, 1);
  const others = factors.filter(({ name }) => name !== comparedFactor);
  const comparedLevels = factors.find(({ name }) => name === comparedFactor)?.levels ?? [];
  // A table without blocks has a model with pairwise interactions only, which says nothing of its own on pairs.
  const everywhere = placeGroups(others).filter(({ by }) => block.length > 0 || by.length < 2);
  const finest = block.length > 0 && baselines.length > 0 ? finestPlaces(others).length : 0;
  const tooFew = tooFewBlocks(
    description.blocksPerGroup,
    Math.max(1, comparedLevels.length - 1),
    finest,
    1 - confidence,
  );
  const families = baselines.flatMap((baseline) =>
    everywhere.map(({ by, places }): PlannedFamily => ({
      title: `${comparedFactor} against ${baseline}, ${by.length > 0 ? `by ${by.join(' and ')}` : 'over everything else'}`,
      baseline,
      by,
      places,
      method: options.correction ?? (by.length > 0 ? 'holm' : 'dunnett'),
    })),
  );
  const sized = modelFactor === undefined ? [] : Object.entries(description.models);
  const known = sized.filter(
    ([, size]) => size.totalParameters !== undefined || size.activeParameters !== undefined,
  );
  const architectures = matchArchitectures(
    sized.map(([model, { architecture, activeParameters }]) => ({ model, architecture, activeParameters })),
  );
  const comparisons = Math.max(1, comparedLevels.length - 1);
  return {
    format: 1,
    responseName: description.responseName,
    factors,
    block,
    blocksPerGroup: description.blocksPerGroup,
    groups,
    comparedFactor,
    baselines,
    modelFactor,
    ...(description.advice !== undefined && { advice: description.advice }),
    ceiling: description.ceiling,
    order,
    tests: plannedTests(factors, order),
    families,
    ...(options.correction !== undefined && { correction: options.correction }),
    simpleEffects: comparedFactor === undefined || block.length === 0 ? [] : others.map(({ name }) => name),
    scaling:
      modelFactor !== undefined && baselines.length > 0 && block.length > 0
        ? { models: known.length, estimable: known.length >= fewestModelsForScaling }
        : null,
    architecture:
      architectures.pairs.length > 0 && baselines.length > 0 && block.length > 0 ? architectures : null,
    ablations: description.ablations,
    power: block.length > 0 ? plannedPower(description.blocksPerGroup, groups, comparisons) : [],
    multiplicity:
      `p-values of the tests are adjusted over all terms (${block.length > 0 ? 'Holm' : 'max-T'}); ` +
      (finest > 0
        ? `verdicts over all levels (max-T) and places (Holm, ${finest}), ${percent(1 - confidence)} in all and ` +
          `${sidesOf(options.alternative)}; averages over places are a second, exploratory family; `
        : '') +
      'other contrasts within their family, named with it',
    margin: plannedMargin(description, options.margin),
    ...(options.alternative && options.alternative !== 'two-sided' && { alternative: options.alternative }),
    ...(options.also && { also: options.also }),
    ...(options.ownContrasts && { ownContrasts: options.ownContrasts }),
    ...(description.until && { until: { looks: description.until.looks } }),
    confidence,
    resamples,
    seed: options.seed ?? 'analysis',
    percentFloor: options.percentFloor ?? 0.1,
    ...(tooFew !== undefined && { tooFewBlocks: tooFew }),
    notes: [
      ...description.notes,
      ...designNotes(description, factors),
      ...(tooFew === undefined ? [] : [tooFew]),
    ],
  };
}

function plannedTests(factors: readonly PlannedFactor[], plainOrder: number): PlannedTest[] {
  const plain = factors.some(({ place }) => place === 'no blocks');
  const order = plain ? Math.min(plainOrder, factors.length) : factors.length;
  const tests: PlannedTest[] = [];
  for (let size = 1; size <= order; size++) {
    for (const chosen of subsets(factors, size)) {
      const within = chosen.some(({ place }) => place === 'within blocks');
      tests.push({
        term: chosen.map(({ name }) => name).join(':'),
        test: plain
          ? 'wild bootstrap of HC3 Wald statistics'
          : within
            ? 'sign flips of whole blocks'
            : 'studentised permutation and sign flips of block means',
      });
    }
  }
  return tests;
}

function subsets<T>(items: readonly T[], size: number): T[][] {
  if (size === 0) return [[]];
  return items.flatMap((item, i) => subsets(items.slice(i + 1), size - 1).map((rest) => [item, ...rest]));
}

function plannedPower(blocks: number, groups: number, comparisons: number): PlannedPower[] {
  const design = { blocksPerGroup: blocks, deviation: 1, comparisons };
  const detectable = (contrast: string, value: number): PlannedPower => ({ contrast, detectable: value });
  return [
    ...(groups > 1
      ? [
          detectable('in one group of blocks', minimumDetectableContrast(design)),
          detectable('over all groups', minimumDetectableContrast({ ...design, groups })),
          // The difference of two independent contrasts: twice the variance, both groups' degrees of freedom.
          detectable(
            'difference between two groups (an interaction)',
            2 * minimumDetectableContrast({ ...design, groups: 2 }),
          ),
        ]
      : [detectable('over all blocks', minimumDetectableContrast(design))]),
  ];
}

function designNotes(
  { block, blocksPerGroup, baselines }: AnalysisDescription,
  factors: readonly PlannedFactor[],
) {
  const notes: string[] = [];
  if (block.length > 0 && blocksPerGroup < 20 && factors.length > 1) {
    notes.push(
      `with ${blocksPerGroup} blocks per group, interactions are found only when they are large: ` +
        'a missing one is no evidence that there is none',
    );
  }
  if (baselines.length === 0) notes.push('there is no baseline, so no contrasts, gains or scaling');
  if (block.length === 0) {
    notes.push('there are no blocks: every row counts as independent of every other');
  }
  return notes;
}
