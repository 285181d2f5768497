export type { FixedColumn, MixedCoefficient } from './coefficients.ts';
export { linearMixedModel, type LinearMixedInput, type LinearMixedModel } from './linear-mixed.ts';
export { ordinalMixedModel, type OrdinalMixedInput, type OrdinalMixedModel } from './ordinal-mixed.ts';
export type { Groupings } from './random-intercepts.ts';
