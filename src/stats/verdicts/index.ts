export * from './decide.ts';
export { holmOverPlaces } from './holm-over-places.ts';
export { equivalenceP, meanCorrelation, oneSidedP, pairedEvidence, type Evidence } from './evidence.ts';
export * from './partial-pooling.ts';
export * from './flip-check.ts';
