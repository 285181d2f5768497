import type { RandomStream } from '../../src/core/index.ts';
import type { BlockDesign, Factor } from '../../src/stats/index.ts';

/** How the scores of a study without any effect scatter. */
export interface NullScenario {
  readonly name: string;
  readonly title: string;
  /** Standard deviation of the noise of one run; its distribution is normal unless `heavyTails`. */
  readonly noise: (strategy: number, model: number, task: number) => number;
  /** t(3) noise, scaled to unit variance. */
  readonly heavyTails?: boolean;
  /** Variance of block x strategy deviations, in units of the noise variance of the task. */
  readonly blockStrategy?: number;
  /** Share of runs that are missing at random. */
  readonly missing?: number;
  /** All other terms than the tested one have large effects. */
  readonly otherEffects?: boolean;
}

/** Sizes of the simulated studies: the default study. */
export interface StudySize {
  readonly strategies: number;
  readonly models: number;
  readonly tasks: number;
  readonly seeds: number;
}

export const defaultSize: StudySize = { strategies: 6, models: 7, tasks: 4, seeds: 10 };

/** Fixed before any was run. */
export const nullScenarios: readonly NullScenario[] = [
  { name: 'homoscedastic', title: 'equal variances', noise: () => 1 },
  {
    name: 'noisy-strategy',
    title: 'one strategy three times noisier',
    noise: (strategy) => (strategy === 2 ? 3 : 1),
  },
  {
    name: 'spread-by-task',
    title: 'spread by task: 0.5, 1, 1, 2',
    noise: (_strategy, _model, task) => [0.5, 1, 1, 2][task % 4],
  },
  { name: 't3', title: 't(3) noise', noise: () => 1, heavyTails: true },
  {
    name: 'block-strategy-quarter',
    title: 'block × strategy variance, a quarter of the noise',
    noise: () => 1,
    blockStrategy: 0.25,
  },
  {
    name: 'block-strategy-half',
    title: 'block × strategy variance, half of the noise',
    noise: () => 1,
    blockStrategy: 0.5,
  },
  {
    name: 'missing',
    title: '5% of the runs missing, one strategy three times noisier',
    noise: (strategy) => (strategy === 2 ? 3 : 1),
    missing: 0.05,
  },
  {
    name: 'other-effects',
    title: 'large effects of all other terms, spread by task',
    noise: (_strategy, _model, task) => [0.5, 1, 1, 2][task % 4],
    otherEffects: true,
  },
];

const levels = (count: number, prefix: string) => Array.from({ length: count }, (_, i) => `${prefix}${i}`);

/** The terms of a study: every non-empty set of its factors. */
export const studyTerms = [
  'strategy',
  'model',
  'task',
  'strategy:model',
  'strategy:task',
  'model:task',
  'strategy:model:task',
] as const;
export type StudyTerm = (typeof studyTerms)[number];

/** A study in which nothing matters (or everything but one term); strategies and models within blocks. */
export function nullStudy(
  scenario: NullScenario,
  stream: RandomStream,
  size: StudySize = defaultSize,
  nullTerm?: StudyTerm,
): BlockDesign {
  const within: Factor[] = [
    { name: 'strategy', levels: levels(size.strategies, 's') },
    { name: 'model', levels: levels(size.models, 'm') },
  ];
  const between: Factor[] = size.tasks > 1 ? [{ name: 'task', levels: levels(size.tasks, 't') }] : [];
  let complete = true;
  const groups = Array.from({ length: size.tasks }, (_, task) => ({
    levels: size.tasks > 1 ? [task] : [],
    blocks: Array.from({ length: size.seeds }, (_, seed) => {
      const scale = scenario.noise(0, 0, task);
      const level = scale * stream.normal();
      const cells = new Float64Array(size.strategies * size.models);
      for (let s = 0; s < size.strategies; s++) {
        const shared = scale * Math.sqrt(scenario.blockStrategy ?? 0) * stream.normal();
        for (let m = 0; m < size.models; m++) {
          const noise = scenario.noise(s, m, task) * (scenario.heavyTails ? t3(stream) : stream.normal());
          const effect = scenario.otherEffects ? effects(s, m, task, nullTerm) : 0;
          const missing = scenario.missing !== undefined && stream.next() < scenario.missing;
          if (missing) complete = false;
          cells[s * size.models + m] = missing ? NaN : level + shared + noise + effect;
        }
      }
      return { label: `${task}/${seed}`, cells };
    }),
  }));
  return {
    order: ['strategy', 'model', ...between.map(({ name }) => name)],
    within,
    between,
    groups,
    cells: size.strategies * size.models,
    blockCount: size.tasks * size.seeds,
    complete,
    runs: size.tasks * size.seeds * size.strategies * size.models,
  };
}

/** Student's t with 3 degrees of freedom over sqrt(3), so with variance 1. */
function t3(stream: RandomStream): number {
  const z = stream.normal();
  const chi = stream.normal() ** 2 + stream.normal() ** 2 + stream.normal() ** 2;
  return z / Math.sqrt(chi);
}

/** Codes that sum to zero over the first four levels of a factor; further levels have none. */
const code = [1, -1, 0.5, -0.5];

/** Effects of every term but one, each a product of codes. */
function effects(s: number, m: number, task: number, without: StudyTerm | undefined): number {
  const [a, b, c] = [code[s] ?? 0, code[m] ?? 0, code[task] ?? 0];
  const parts: Record<StudyTerm, number> = {
    strategy: a,
    model: b,
    task: c,
    'strategy:model': a * b,
    'strategy:task': a * c,
    'model:task': b * c,
    'strategy:model:task': a * b * c,
  };
  return studyTerms.reduce((sum, term) => (term === without ? sum : sum + parts[term]), 0);
}
