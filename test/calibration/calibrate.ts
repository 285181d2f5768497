import { randomStream } from '../../src/core/index.ts';
import {
  blockTests,
  cellEstimates,
  differenceWeights,
  factor,
  fitLinearModel,
  levelWeights,
  linearComparison,
  permutationTest,
  robustAnova,
  anova,
  strataTable,
} from '../../src/stats/index.ts';
import {
  defaultSize,
  nullStudy,
  studyTerms,
  type NullScenario,
  type StudySize,
  type StudyTerm,
} from './null-studies.ts';

/** How often something happened. */
export interface Tally {
  readonly hits: number;
  readonly of: number;
}

export interface TermCalibration {
  readonly term: string;
  /** p <= 0.05 of the primary test. */
  readonly primary: Tally;
  /** The same of the classical F with error strata, where blocks are complete. */
  readonly classical: Tally | null;
}

export interface StudyCalibration {
  readonly scenario: NullScenario;
  readonly size: StudySize;
  readonly terms: readonly TermCalibration[];
  /** 95% intervals of strategy contrasts that cover the truth: pooled, and per task. */
  readonly pooledCoverage: Tally;
  readonly taskCoverage: Tally;
}

class Count {
  hits = 0;
  of = 0;
  add(hit: boolean): void {
    this.of++;
    if (hit) this.hits++;
  }
}

/**
 * Null studies of one scenario, from streams named by scenario and number: the tests of every term, and the
 * coverage of contrast intervals.
 */
export function calibrateStudies(
  scenario: NullScenario,
  options: {
    readonly studies: number;
    readonly resamples: number;
    readonly size?: StudySize;
    readonly terms?: readonly StudyTerm[];
    /** Start at another study than the first. */
    readonly first?: number;
  },
): StudyCalibration {
  const size = options.size ?? defaultSize;
  const terms = (options.terms ?? studyTerms).filter((term) => size.tasks > 1 || !term.includes('task'));
  const primary = new Map(terms.map((term) => [term, new Count()]));
  const classical = new Map(terms.map((term) => [term, new Count()]));
  const pooled = new Count();
  const perTask = new Count();
  const first = options.first ?? 0;
  for (let study = first; study < first + options.studies; study++) {
    // With effects of the other terms there is one data set per tested term, with the same noise.
    const cases = scenario.otherEffects ? terms.map((term) => [term]) : [terms];
    for (const only of cases) {
      const stream = randomStream('verify-statistics', scenario.name, study);
      const design = nullStudy(scenario, stream, size, scenario.otherEffects ? only[0] : undefined);
      const estimates = design.groups.map((group) => cellEstimates(group, design.cells));
      const seed = `verify-statistics ${scenario.name} ${study}`;
      for (const test of blockTests(design, { seed, resamples: options.resamples, only }, estimates)) {
        primary.get(test.term as StudyTerm)?.add(test.p !== null && test.p <= 0.05);
      }
      if (design.complete) {
        for (const row of strataTable(design, estimates).terms) {
          if (only.includes(row.term as StudyTerm)) {
            classical.get(row.term as StudyTerm)?.add(row.p !== null && row.p <= 0.05);
          }
        }
      }
      if (scenario.otherEffects) continue;
      const places = [{}, ...(design.between[0]?.levels ?? []).map((task) => ({ task }))];
      for (const at of places) {
        for (const strategy of design.within[0].levels.slice(1)) {
          const weights = differenceWeights(
            levelWeights(design, { ...at, strategy }),
            levelWeights(design, { ...at, strategy: design.within[0].levels[0] }),
          );
          const { low, high } = linearComparison(estimates, weights);
          if (low === null || high === null) continue;
          (Object.keys(at).length === 0 ? pooled : perTask).add(low <= 0 && high >= 0);
        }
      }
    }
  }
  return {
    scenario,
    size,
    terms: terms.map((term) => {
      const own = classical.get(term)!;
      return { term, primary: primary.get(term)!, classical: own.of > 0 ? own : null };
    }),
    pooledCoverage: pooled,
    taskCoverage: perTask,
  };
}

export interface PlainCalibration {
  readonly term: string;
  readonly studentised: Tally;
  readonly hc3: Tally;
  readonly plainF: Tally;
}

/**
 * Null tables without blocks whose small cells are three times noisier: the studentised permutation (primary for
 * such tables), HC3, and the plain F for comparison.
 */
export function calibratePlainTables(options: {
  readonly tables: number;
  readonly resamples: number;
  readonly first?: number;
}): PlainCalibration[] {
  const sizes = [4, 3, 3];
  const names = ['strategy', 'model', 'task'];
  const counts = new Map<string, { studentised: Count; hc3: Count; plainF: Count }>();
  const rows: { levels: number[]; deviation: number }[] = [];
  let cell = 0;
  for (let a = 0; a < sizes[0]; a++)
    for (let b = 0; b < sizes[1]; b++)
      for (let c = 0; c < sizes[2]; c++) {
        // Sizes 4, 8, ..., 20 in a fixed scatter; the small cells are the noisy ones.
        const n = 4 * (1 + ((cell++ * 7) % 5));
        for (let i = 0; i < n; i++) rows.push({ levels: [a, b, c], deviation: n <= 8 ? 3 : 1 });
      }
  const columns = names.map((name, f) =>
    factor(
      name,
      rows.map(({ levels }) => String(levels[f])),
    ),
  );
  const first = options.first ?? 0;
  for (let table = first; table < first + options.tables; table++) {
    const stream = randomStream('verify-statistics', 'noisier-small-cells', table);
    const model = fitLinearModel(
      rows.map(({ deviation }) => deviation * stream.normal()),
      columns,
    );
    const seed = `verify-statistics noisier-small-cells ${table}`;
    const permuted = permutationTest(model, { seed, resamples: options.resamples, statistic: 'hc3' }).rows;
    const robust = robustAnova(model);
    const plain = anova(model, 'III').rows;
    model.terms.forEach(({ name }, t) => {
      const own = counts.get(name) ?? { studentised: new Count(), hc3: new Count(), plainF: new Count() };
      counts.set(name, own);
      const [a, b, c] = [permuted[t], robust[t], plain[t]];
      own.studentised.add(a.estimable && a.p <= 0.05);
      own.hc3.add(b.estimable && b.p.p <= 0.05);
      own.plainF.add(c.estimable && c.p.p <= 0.05);
    });
  }
  return [...counts].map(([term, own]) => ({ term, ...own }));
}

/** Two-sided exact binomial p: the probability of all counts no likelier than the one seen. */
export function binomialP({ hits, of }: Tally, share: number): number {
  const log: number[] = [];
  let current = of * Math.log1p(-share);
  for (let k = 0; k <= of; k++) {
    log.push(current);
    current += Math.log((of - k) / (k + 1)) + Math.log(share / (1 - share));
  }
  const limit = log[hits] + 1e-9;
  return log.reduce((sum, x) => (x <= limit ? sum + Math.exp(x) : sum), 0);
}
