export {
  formatPermutationP,
  permutationTest,
  permutationTestOnThreads,
  type PermutationEffect,
  type PermutationRow,
  type PermutationTable,
  type PermutationTestOptions,
} from './permutation-test.ts';
export type { PermutationScheme, PermutationStatistic } from './plan.ts';
export { wildBootstrapTest } from './wild-bootstrap.ts';
