export { compactSvg } from './canvas.ts';
export * from './cost.ts';
export * from './figure.ts';
export * from './forest.ts';
export * from './matrix.ts';
export * from './means.ts';
export * from './normal-plot.ts';
export * from './scaling.ts';
export * from './theme.ts';
