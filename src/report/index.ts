export * from './atlas/index.ts';
export * from './claims/claim.ts';
export * from './claims/published-claims.ts';
export * from './claims/verdict.ts';
export * from './escape.ts';
export * from './figures/index.ts';
export * from './format.ts';
export * from './page/page.ts';
