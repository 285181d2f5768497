export * from './answer-templates.ts';
export * from './compose.ts';
export * from './notes.ts';
export * from './quotable.ts';
export * from './single.ts';
export * from './speech.ts';
export * from './wording.ts';
export * from './writing.ts';
