// What `import ... from 'agentmesh-stm/stats'` can reach, one block per file or folder: pure functions, usable alone.

// Designs with blocks: what studies are analysed with.
export {
  type Ablation,
  ablationAnalysis,
  againstBaseline,
  atLevel,
  type Block,
  blockDesign,
  type BlockDesign,
  type BlockDesignInput,
  type BlockGroup,
  type BlockTest,
  type BlockTestOptions,
  blockTests,
  cellEstimates,
  type CellEstimates,
  cellLabel,
  cellsWith,
  type CellWeights,
  type Comparison,
  comparisonCorrelations,
  comparisonMargin,
  type ContrastFamily,
  contrastFamily,
  type ContrastOptions,
  type ContrastRequest,
  differenceInDifferences,
  differenceWeights,
  type Factor,
  type FamilyMethod,
  gainDesign,
  groupLabel,
  headroomGain,
  type HeadroomGain,
  type LevelChoice,
  type LevelContrast,
  levelWeights,
  linearComparison,
  missingBounds,
  type MissingBounds,
  type PartContribution,
  percentChange,
  type PercentChange,
  type StrataTable,
  strataTable,
  type StratumTerm,
  tukeyPairwise,
  whyNotEstimable,
} from './blocks/index.ts';

// Linear models of any table.
export {
  anova,
  type AnovaEffect,
  type AnovaRow,
  type AnovaTable,
  type AnovaType,
  type Codes,
  type ContrastAdjustment,
  contrastsAgainst,
  type CovarianceKind,
  type EffectSizes,
  effectSizes,
  factor,
  type FactorColumn,
  factorialTerms,
  fitLinearModel,
  type Interval,
  type Levels,
  type LinearModel,
  type LinearModelOptions,
  type MarginalMean,
  type MarginalMeanOptions,
  marginalMeans,
  type ModelContrast,
  type ModelContrastOptions,
  namedTerms,
  type NotEstimable,
  pairwiseContrasts,
  robustAnova,
  type RobustEffect,
  type RobustRow,
  type Term,
} from './linear-model/index.ts';
export {
  formatPermutationP,
  type PermutationEffect,
  type PermutationRow,
  type PermutationScheme,
  type PermutationStatistic,
  type PermutationTable,
  permutationTest,
  type PermutationTestOptions,
  wildBootstrapTest,
} from './permutation/index.ts';

// Verdicts: how sure a comparison is, over places that share strength.
export {
  decide,
  type Decision,
  equivalenceP,
  type Evidence,
  holmOverPlaces,
  meanCorrelation,
  oneSidedP,
  pairedEvidence,
  type PartialPooling,
  partialPooling,
  type PlaceDecision,
  type PlaceEvidence,
  type PooledBeliefs,
  signFlipCheck,
  type TaskMeans,
} from './verdicts/index.ts';

// Samples and paired differences: the tests that papers report.
export {
  cliffsDelta,
  cohensDz,
  equivalenceTest,
  type EquivalenceTest,
  friedmanTest,
  type FriedmanTest,
  hedgesG,
  signedRankTest,
  type SignedRankTest,
  smallSampleFactor,
  type StandardisedEffect,
} from './samples/index.ts';
export { type Alternative, alternatives, pOfAlternative } from './alternative.ts';

// Models with random effects.
export {
  type FixedColumn,
  type Groupings,
  linearMixedModel,
  type LinearMixedInput,
  type LinearMixedModel,
  type MixedCoefficient,
  ordinalMixedModel,
  type OrdinalMixedInput,
  type OrdinalMixedModel,
} from './mixed/index.ts';

// Looking at a study while it grows.
export { type HowSettled, lookLevels, settledBy } from './sequential/index.ts';

// Distributions.
export {
  dunnettCritical,
  dunnettUpperTail,
  fLowerTail,
  formatP,
  fQuantile,
  fUpperTail,
  maxAbsTCritical,
  maxAbsTUpperTail,
  maxTAdjusted,
  maxTLevel,
  type MaxTOptions,
  type MaxTProbability,
  noncentralFTails,
  noncentralityInterval,
  normalCdf,
  normalQuantile,
  normalTwoSided,
  normalUpperTail,
  type Probability,
  studentizedRangeCritical,
  studentizedRangeUpperTail,
  tLowerTail,
  tQuantile,
  tTwoSided,
  tUpperTail,
} from './distributions/index.ts';

// Single measures and tests.
export { adjustP, type AdjustMethod } from './adjust-p.ts';
export {
  bootstrapMeanInterval,
  type BootstrapMethod,
  type BootstrapOptions,
  type IntervalEstimate,
} from './bootstrap.ts';
export {
  kendall,
  pearson,
  type PearsonResult,
  type RankCorrelation,
  slope,
  type SlopeResult,
  spearman,
} from './correlation.ts';
export { pairedDifference, type PairedDifference } from './paired-difference.ts';
export { paretoFront } from './pareto-front.ts';
export {
  type ContrastDesign,
  minimumDetectableContrast,
  powerOfContrast,
  powerOfF,
  requiredBlocks,
} from './power.ts';
export {
  interquartileMean,
  optimalityGap,
  performanceProfile,
  probabilityOfImprovement,
  resampledImprovement,
  resampledInterquartileMean,
  stratifiedBootstrap,
} from './rl-aggregates.ts';
export {
  fewestModelsForScaling,
  matchArchitectures,
  type ModelFacts,
  type ModelPair,
  scaling,
  type ScalingPoint,
  type ScalingResult,
} from './scaling.ts';
export { scoreInterval } from './score-interval.ts';
export { breuschPagan, brownForsythe, type VarianceTest } from './variance-tests.ts';
export { bestOfK, overItems } from './over-items.ts';
export { jackknife } from './jackknife.ts';
export { actionsOf, type JointParts, jointParts, type JointTable, mainEffects } from './joint-table.ts';
