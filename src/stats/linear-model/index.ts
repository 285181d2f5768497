export * from './anova.ts';
export {
  contrastsAgainst,
  pairwiseContrasts,
  type ContrastAdjustment,
  type ModelContrast,
  type ModelContrastOptions,
} from './contrasts.ts';
export type { CovarianceKind, Levels } from './functional.ts';
export { marginalMeans, type MarginalMean, type MarginalMeanOptions } from './marginal-means.ts';
export { effectSizes, type EffectSizes, type Interval } from './effect-sizes.ts';
export { factor, type Codes, type FactorColumn } from './factor.ts';
export { robustAnova, type RobustEffect, type RobustRow } from './hc3.ts';
export { fitLinearModel, type LinearModel, type LinearModelOptions } from './model.ts';
export { factorialTerms, namedTerms, type Term } from './terms.ts';
