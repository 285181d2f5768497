export { cliffsDelta } from './cliffs-delta.ts';
export { equivalenceTest, type EquivalenceTest } from './equivalence.ts';
export { friedmanTest, type FriedmanTest } from './friedman.ts';
export { signedRankTest, type SignedRankTest } from './signed-rank.ts';
export { cohensDz, hedgesG, smallSampleFactor, type StandardisedEffect } from './standardised.ts';
