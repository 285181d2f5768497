export * from './program.ts';
export * from './thread.ts';
export * from './python/index.ts';
