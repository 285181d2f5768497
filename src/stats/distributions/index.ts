export * from './dunnett.ts';
export { maxTAdjusted, maxTLevel } from './equicorrelated.ts';
export { fLowerTail, fQuantile, fUpperTail } from './f.ts';
export {
  maxAbsTCritical,
  maxAbsTUpperTail,
  type MaxTOptions,
  type MaxTProbability,
} from './multivariate-t.ts';
export { noncentralFTails, noncentralityInterval } from './noncentral-f.ts';
export { normalCdf, normalQuantile, normalTwoSided, normalUpperTail } from './normal.ts';
export { formatP, probabilityFromLog, type Probability } from './probability.ts';
export { studentizedRangeCritical, studentizedRangeUpperTail } from './studentized-range.ts';
export { tLowerTail, tQuantile, tTwoSided, tUpperTail } from './student-t.ts';
