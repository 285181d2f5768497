export * from './errors.ts';
export * from './memory.ts';
export * from './open-store.ts';
export * from './writer-lock.ts';
