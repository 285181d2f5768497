export * from './bootstrap.ts';
export * from './require-finite.ts';
export * from './distributions/index.ts';
