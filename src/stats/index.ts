export * from './bootstrap.ts';
export * from './require-finite.ts';
