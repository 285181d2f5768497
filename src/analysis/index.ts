export * from './score-table.ts';
