export * from './adam.ts';
export * from './dense.ts';
export * from './engine.ts';
export * from './weights.ts';
