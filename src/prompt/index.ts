export * from './compose.ts';
export * from './wording.ts';
