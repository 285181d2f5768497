export * from './program.ts';
export * from './thread.ts';
