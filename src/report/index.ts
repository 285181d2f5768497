export * from './escape.ts';
export * from './score-report.ts';
