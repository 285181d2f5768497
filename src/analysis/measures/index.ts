export { cellKey, type PlayedRun } from './cells.ts';
export { contributionsOf, type TextTrial } from './contributions.ts';
export { studyMeasures } from './measures.ts';
export * from './monitors.ts';
export { renderMeasures } from './render.ts';
export type * from './results.ts';
