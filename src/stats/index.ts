export * from './adjust-p.ts';
export * from './blocks/index.ts';
export * from './bootstrap.ts';
export * from './distributions/index.ts';
export * from './linear-model/index.ts';
export * from './permutation/index.ts';
export * from './require-finite.ts';
export * from './symmetric.ts';
