import { randomStream } from '../../src/core/index.ts';
import { beliefScenarios, calibrateBeliefs, type BeliefTally } from '../../test/calibration/beliefs.ts';
import { calibrateStudies } from '../../test/calibration/calibrate-studies.ts';
import { calibrateTables, nullTables } from '../../test/calibration/calibrate-tables.ts';
import { calibrateMargins, marginSettings } from '../../test/calibration/margins.ts';
import { nullScenarios } from '../../test/calibration/null-studies.ts';
import { calibrateSentences } from '../../test/calibration/sentences.ts';
import { seedCounts, settings } from '../../test/calibration/settings.ts';
import type { Tallies } from '../../test/calibration/tally.ts';

/** What one chunk of tables gave; plain data. */
export interface ChunkData {
  readonly tallies?: Tallies;
  readonly beliefs?: readonly BeliefTally[];
}

/** One row of the page's tables: tables of one kind, simulated in chunks. */
export interface Job {
  readonly name: string;
  /** Of the tables asked for, the share that this job simulates; what is slow and not new gets fewer. */
  readonly share: number;
  readonly run: (first: number, count: number) => ChunkData;
}

/** Sign flips and permutations per test: see the page's heading. */
export const resamples = { terms: 99, blockMeans: 999 };

const streams =
  (...name: readonly (string | number)[]) =>
  (table: number) =>
    randomStream('verify-statistics', ...name, table);

export const jobs: readonly Job[] = [
  ...settings.flatMap((setting) =>
    seedCounts.map((seeds): Job => ({
      name: `sentences ${setting.name} ${seeds}`,
      share: 1,
      run: (first, count) => ({
        tallies: calibrateSentences(
          setting,
          seeds,
          { first, count, resamples: resamples.terms },
          streams(setting.name, seeds),
        ),
      }),
    })),
  ),
  ...marginSettings.flatMap((setting) =>
    seedCounts.map((seeds): Job => ({
      name: `margin ${setting.name} ${seeds}`,
      share: 1,
      run: (first, count) => ({
        tallies: calibrateMargins(setting, seeds, { first, count }, streams('margin', setting.name, seeds)),
      }),
    })),
  ),
  ...beliefScenarios.map((scenario): Job => ({
    name: `beliefs ${scenario.name}`,
    share: 0.1,
    run: (first, count) => ({
      beliefs: calibrateBeliefs(scenario, { first, count }, streams('beliefs', scenario.name)),
    }),
  })),
  ...nullScenarios.map((scenario): Job => ({
    name: `study ${scenario.name}`,
    share: 0.1,
    run: (first, count) => ({ tallies: calibrateStudies(scenario, { first, count, resamples }) }),
  })),
  ...nullTables.map((scenario): Job => ({
    name: `table ${scenario.name}`,
    share: 0.1,
    run: (first, count) => ({ tallies: calibrateTables(scenario, { first, count, resamples }) }),
  })),
];
