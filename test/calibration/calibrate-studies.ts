import { randomStream } from '../../src/core/index.ts';
import {
  blockTests,
  cellEstimates,
  differenceWeights,
  levelWeights,
  linearComparison,
  strataTable,
  type BlockDesign,
  type CellEstimates,
} from '../../src/stats/index.ts';
import { nullStudy, studyTerms, type NullScenario, type StudyTerm } from './null-studies.ts';
import { Counter, type Tallies } from './tally.ts';

/** The studies of a scenario to simulate: numbers name their random streams. */
export interface Simulation {
  readonly first: number;
  readonly count: number;
  /**
   * Resamples per study. Of one set of resamples, p = (b + 1) / (m + 1) has the same level at 5% for every m with
   * m + 1 a multiple of 20. Block means are tested with two sets; their chance differences would lower the level
   * of a combined p, so they get more.
   */
  readonly resamples: { readonly terms: number; readonly blockMeans: number };
}

/**
 * Null studies of one scenario: how often p <= 0.05 in the primary test (`primary TERM`) and in the classical F
 * (`classical TERM`) of every term, and how often 95% intervals of contrasts against the first strategy cover
 * the truth: `pooled` over tasks, `per task`, and `one` pooled contrast per study, that of the noisy strategy.
 */
export function calibrateStudies(scenario: NullScenario, { first, count, resamples }: Simulation): Tallies {
  const counter = new Counter();
  for (let study = first; study < first + count; study++) {
    // With effects of the other terms there is one data set per tested term, with the same noise.
    const cases: readonly (readonly StudyTerm[])[] = scenario.otherEffects
      ? studyTerms.map((term) => [term])
      : [studyTerms];
    for (const only of cases) {
      const stream = randomStream('verify-statistics', scenario.name, study);
      const design = nullStudy(scenario, stream, scenario.otherEffects ? only[0] : undefined);
      const estimates = design.groups.map((group) => cellEstimates(group, design.cells));
      const seed = `verify-statistics ${scenario.name} ${study}`;
      const test = (terms: readonly StudyTerm[], own: number) => {
        for (const { term, p } of blockTests(design, { seed, resamples: own, only: terms }, estimates)) {
          counter.add(`primary ${term}`, p !== null && p <= 0.05);
        }
      };
      test(only.filter((term) => term !== 'task'), resamples.terms); // prettier-ignore
      test(only.filter((term) => term === 'task'), resamples.blockMeans); // prettier-ignore
      if (design.complete) {
        for (const { term, p } of strataTable(design, estimates).terms) {
          if (only.some((own) => own === term)) {
            counter.add(`classical ${term}`, p !== null && p <= 0.05);
          }
        }
      }
      if (!scenario.otherEffects) countCoverage(counter, design, estimates);
    }
  }
  return counter.tallies();
}

function countCoverage(counter: Counter, design: BlockDesign, estimates: readonly CellEstimates[]): void {
  const [baseline, ...strategies] = design.within[0].levels;
  const tasks = design.between[0].levels.map((task) => ({ task }));
  for (const at of [{}, ...tasks])
    for (const strategy of strategies) {
      const weights = differenceWeights(
        levelWeights(design, { ...at, strategy }),
        levelWeights(design, { ...at, strategy: baseline }),
      );
      const { low, high } = linearComparison(estimates, weights);
      if (low === null || high === null) continue;
      const covers = low <= 0 && high >= 0;
      counter.add('task' in at ? 'per task' : 'pooled', covers);
      if (!('task' in at) && strategy === strategies[1]) counter.add('one', covers);
    }
}
