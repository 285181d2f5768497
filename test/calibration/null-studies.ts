import type { RandomStream } from '../../src/core/index.ts';
import type { BlockDesign, Factor } from '../../src/stats/index.ts';
import { standardNoise, type NoiseKind } from './noise.ts';

/** How the scores of a study without any effect scatter. */
export interface NullScenario {
  readonly name: string;
  readonly title: string;
  /** False positives of every term between 4% and 6%, coverage between 94% and 96%; others are only reported. */
  readonly promised: boolean;
  /** Standard deviation of the noise of one run. */
  readonly noise: (strategy: number, model: number, task: number) => number;
  /** Default `normal`. */
  readonly distribution?: NoiseKind;
  /** Variance of block x strategy deviations, in units of the noise variance of the task. */
  readonly blockStrategy?: number;
  /** Share of runs that are missing at random. */
  readonly missing?: number;
  /** All other terms than the tested one have large effects. */
  readonly otherEffects?: boolean;
  /** Default `defaultSize`. */
  readonly size?: StudySize;
}

/** Sizes of the simulated studies. */
export interface StudySize {
  readonly strategies: number;
  readonly models: number;
  readonly tasks: number;
  readonly seeds: number;
}

/** The default study. */
export const defaultSize: StudySize = { strategies: 6, models: 7, tasks: 4, seeds: 10 };

const noisyStrategy = (strategy: number) => (strategy === 2 ? 3 : 1);
const spreadByTask = (_strategy: number, _model: number, task: number) => [0.5, 1, 1, 2][task % 4];
const equal = () => 1;

/** Fixed before any was run. */
export const nullScenarios: readonly NullScenario[] = [
  { name: 'homoscedastic', title: 'equal variances', promised: true, noise: equal },
  { name: 'noisy-strategy', title: 'one strategy three times noisier', promised: true, noise: noisyStrategy },
  { name: 'spread-by-task', title: 'spread by task: 0.5, 1, 1, 2', promised: true, noise: spreadByTask },
  { name: 't3', title: 't(3) noise', promised: true, noise: equal, distribution: 't3' },
  {
    name: 'block-strategy-quarter',
    title: 'block × strategy variance, a quarter of the noise',
    promised: true,
    noise: equal,
    blockStrategy: 0.25,
  },
  {
    name: 'block-strategy-half',
    title: 'block × strategy variance, half of the noise',
    promised: true,
    noise: equal,
    blockStrategy: 0.5,
  },
  {
    name: 'missing',
    title: '5% of the runs missing, one strategy three times noisier (4 strategies, 3 models)',
    promised: false,
    noise: noisyStrategy,
    missing: 0.05,
    size: { strategies: 4, models: 3, tasks: 4, seeds: 10 },
  },
  {
    name: 'other-effects',
    title: 'large effects of all other terms, spread by task (4 strategies, 4 models)',
    promised: false,
    noise: spreadByTask,
    otherEffects: true,
    size: { strategies: 4, models: 4, tasks: 4, seeds: 10 },
  },
  {
    name: 'skewed',
    title: 'skewed (exponential) noise',
    promised: false,
    noise: equal,
    distribution: 'exponential',
  },
  {
    name: 'skewed-spread',
    title: 'skewed noise, spread by task',
    promised: false,
    noise: spreadByTask,
    distribution: 'exponential',
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
export function nullStudy(scenario: NullScenario, stream: RandomStream, nullTerm?: StudyTerm): BlockDesign {
  const size = scenario.size ?? defaultSize;
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
          const noise = scenario.noise(s, m, task) * standardNoise(scenario.distribution ?? 'normal', stream);
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

/** Codes that sum to zero over the first four levels of a factor, so it needs four; further levels have none. */
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
