import type {
  PlannedRun,
  RunOutcome,
  StudyDefinition,
  StudyRecord,
  StudyWriter,
} from '../../src/contracts/index.ts';
import { randomStream, sha256 } from '../../src/core/index.ts';

export interface SyntheticOptions {
  readonly name?: string;
  /** Default 10. */
  readonly seeds?: number;
  /** Which of the seven models; default all. */
  readonly models?: number;
  /** Strategies without ablated variants; default false. */
  readonly intactOnly?: boolean;
  /** Share of runs that could not finish; default 0. */
  readonly failing?: number;
  /** Share of runs that have not been played yet, the last ones; default 0. */
  readonly unplayed?: number;
  /** Dollars per million tokens of the smallest model; undefined for models without a price. */
  readonly price?: number;
}

interface SyntheticModel {
  readonly label: string;
  readonly total: number;
  readonly active: number;
  readonly architecture: 'dense' | 'moe';
}

const families: readonly SyntheticModel[] = [
  { label: 'tiny-8b', total: 8e9, active: 8e9, architecture: 'dense' },
  { label: 'small-14b', total: 14e9, active: 14e9, architecture: 'dense' },
  { label: 'sparse-30b', total: 30e9, active: 9e9, architecture: 'moe' },
  { label: 'middle-32b', total: 32e9, active: 32e9, architecture: 'dense' },
  { label: 'large-70b', total: 70e9, active: 70e9, architecture: 'dense' },
  { label: 'sparse-400b', total: 400e9, active: 40e9, architecture: 'moe' },
  { label: 'huge-1t', total: 1e12, active: 60e9, architecture: 'dense' },
];

const tasks = [
  { label: 'coverage', type: 'dense', level: 0.62, spread: 0.08 },
  { label: 'foraging', type: 'sparse', level: 0.45, spread: 0.14 },
  { label: 'assembly', type: 'temporal', level: 0.5, spread: 0.1 },
  { label: 'hidden-profile', type: 'deliberative', level: 0.4, spread: 0.22 },
];

/** Gain over no coordination, per task in the order above. */
const strategies: readonly {
  readonly label: string;
  readonly id: string;
  readonly title: string;
  readonly gains: readonly number[];
  readonly without?: string;
  readonly baseline?: true;
  /** Further gain per tenfold of the parameters. */
  readonly scale?: number;
}[] = [
  {
    label: 'none',
    id: 'none',
    title: 'No coordination: the model alone',
    gains: [0, 0, 0, 0],
    baseline: true,
  },
  {
    label: 'independent',
    id: 'independent',
    title: 'Independent Q-learning',
    gains: [0.08, 0.05, 0.04, -0.02],
    baseline: true,
  },
  {
    label: 'vdn',
    id: 'vdn',
    title: 'VDN: value decomposition networks',
    gains: [0.16, 0.06, 0.05, -0.06],
    scale: 0.03,
  },
  {
    label: 'vdn-credit',
    id: 'vdn',
    title: 'VDN: value decomposition networks',
    gains: [0.09, 0.05, 0.05, -0.04],
    without: 'credit',
  },
  {
    label: 'vdn-shaping',
    id: 'vdn',
    title: 'VDN: value decomposition networks',
    gains: [0.13, 0.01, 0.04, -0.05],
    without: 'shaping',
  },
  {
    label: 'qmix',
    id: 'qmix',
    title: 'QMIX: monotonic mixing of utilities',
    gains: [0.13, 0.07, 0.15, -0.16],
  },
  {
    label: 'qmix-credit',
    id: 'qmix',
    title: 'QMIX: monotonic mixing of utilities',
    gains: [0.08, 0.05, 0.06, -0.1],
    without: 'credit',
  },
  {
    label: 'qmix-shaping',
    id: 'qmix',
    title: 'QMIX: monotonic mixing of utilities',
    gains: [0.12, 0.02, 0.11, -0.14],
    without: 'shaping',
  },
  {
    label: 'coma',
    id: 'coma',
    title: 'COMA: counterfactual policy gradients',
    gains: [0.07, 0.02, 0.05, -0.08],
  },
  {
    label: 'coma-credit',
    id: 'coma',
    title: 'COMA: counterfactual policy gradients',
    gains: [0.05, 0.02, 0.03, -0.07],
    without: 'credit',
  },
  {
    label: 'coma-shaping',
    id: 'coma',
    title: 'COMA: counterfactual policy gradients',
    gains: [0.06, -0.01, 0.04, -0.08],
    without: 'shaping',
  },
  {
    label: 'commnet',
    id: 'commnet',
    title: 'CommNet: a policy that communicates',
    gains: [0.1, 0.09, 0.08, 0.03],
  },
  {
    label: 'commnet-messages',
    id: 'commnet',
    title: 'CommNet: a policy that communicates',
    gains: [0.07, 0.04, 0.05, -0.04],
    without: 'messages',
  },
];

/**
 * A study with invented scores, the same every time: seven models, strategies with their ablated variants, four
 * tasks, ten seeds. For tests and benchmarks of what is made from a study; nothing in it was played.
 */
export function syntheticStudy(options: SyntheticOptions = {}): {
  study: StudyRecord;
  outcomes: readonly RunOutcome[];
} {
  const { name = 'synthetic', seeds = 10, intactOnly = false, failing = 0, unplayed = 0, price } = options;
  const models = families.slice(0, options.models ?? families.length);
  const arms = strategies.filter((strategy) => !intactOnly || strategy.without === undefined);
  const runs: PlannedRun[] = [];
  const outcomes: RunOutcome[] = [];
  for (const [m, model] of models.entries()) {
    for (const arm of arms) {
      for (const [t, task] of tasks.entries()) {
        for (let seed = 0; seed < seeds; seed++) {
          const hash = sha256(`${name} ${model.label} ${arm.label} ${task.label} ${seed}`);
          runs.push({ hash, model: model.label, strategy: arm.label, task: task.label, seed, factors: {} });
          const noise = randomStream('synthetic run', hash);
          const block = randomStream('synthetic block', task.label, seed).normal() * task.spread * 0.7;
          const size = Math.log10(model.total / 8e9);
          const gain = arm.gains[t] + (arm.scale ?? 0) * size * (model.architecture === 'moe' ? -1 : 1);
          const score = task.level + 0.06 * size + gain + block + noise.normal() * task.spread * 0.8;
          const broken = noise.next() < failing;
          const inputTokens = Math.round(5400 + (arm.id === 'none' ? 0 : 500) + 200 * noise.next());
          const outputTokens = 36 + noise.integer(0, 20);
          outcomes.push({
            hash,
            status: broken ? 'provider-failure' : 'done',
            ...(!broken && { score: Math.min(1.05, score), return: 10 * score - 12 }),
            episodes: broken ? 0 : 1,
            steps: 12,
            decisions: 36,
            unparsable: noise.next() < 0.02 ? 1 : 0,
            usage: {
              inputTokens,
              outputTokens,
              ...(price !== undefined && {
                costUsd: ((inputTokens + 4 * outputTokens) / 1e6) * price * 2 ** m,
              }),
            },
            ...(broken && { error: 'The service answered 503 five times.' }),
          });
        }
      }
    }
  }
  const definition: StudyDefinition = {
    seeds: Array.from({ length: seeds }, (_, seed) => seed),
    episodes: 1,
    maxInteractions: 20,
    temperature: 1,
    adviceStrength: 'default',
    ablations: intactOnly ? [] : ['credit', 'shaping', 'messages'],
    factors: [],
    budget: {},
    promptRevision: 1,
    models: models.map(({ label, total, active, architecture }) => ({
      label,
      id: 'openai-compatible',
      title: 'A model behind any server',
      revision: 1,
      options: { model: label },
      facts: { parameters: { total, active }, architecture },
      fingerprint: {},
    })),
    strategies: arms.map(({ label, id, title, without, baseline }) => ({
      label,
      id,
      title,
      revision: 1,
      options: {},
      without: without === undefined ? [] : [without],
      ...(baseline && { baseline: true as const }),
    })),
    tasks: tasks.map(({ label, type }) => ({
      label,
      id: label,
      title: `The task ${label}`,
      revision: 1,
      options: {},
      type,
      actions: ['a', 'b'],
    })),
  };
  const played = Math.round(outcomes.length * (1 - unplayed));
  return { study: { name, definition, runs }, outcomes: outcomes.slice(0, played) };
}

/** Puts a study and its outcomes into a store. */
export async function fillStore(
  store: StudyWriter,
  { study, outcomes }: ReturnType<typeof syntheticStudy>,
): Promise<void> {
  await store.saveStudy(study);
  for (const outcome of outcomes) await store.saveOutcome(outcome);
}
