/** Trained teams without a language model: greedy play of every shipped training on fresh instances. */
import {
  type ExecutionNetwork,
  type Json,
  measureReferences,
  type References,
  scoreOf,
  type StrategyDefinition,
  type StrategyPart,
  type Simulator,
  type AnyTaskDefinition,
  createTask,
  simulatorOf,
  teamShape,
} from '../../src/contracts/index.ts';
import { randomStream } from '../../src/core/index.ts';
import * as strategies from '../../src/strategies/index.ts';
import { readWeights, trainingSeeds } from '../../src/strategies/parts/network/weight-files.ts';
import * as tasks from '../../src/tasks/index.ts';
import { greedyReturn } from '../../src/training/index.ts';
import { average, meanInterval } from './interval.ts';

export const teamTasks = ['coverage', 'foraging', 'assembly', 'hidden-profile'] as const;

/** Instances that no training, calibration or study meets, with their references. */
export interface FreshInstances {
  readonly task: Simulator;
  readonly definition: AnyTaskDefinition;
  readonly instances: readonly Json[];
  readonly references: readonly References[];
}

export function freshInstances(taskId: string, count: number): FreshInstances {
  const definition = Object.values<AnyTaskDefinition>(tasks).find(({ id }) => id === taskId)!;
  const task = simulatorOf(createTask(definition, definition.optionsSchema.parse({})), 'A verification');
  const stream = randomStream('verification of trained teams', taskId);
  const instances = Array.from({ length: count }, () => task.generate(stream));
  const references = instances.map((instance, k) =>
    measureReferences(task, instance, randomStream('verification of trained teams', taskId, 'references', k)),
  );
  return { task, definition, instances, references };
}

export function meanScore(
  { task, instances, references }: FreshInstances,
  network: ExecutionNetwork,
): number {
  let total = 0;
  instances.forEach((instance, k) => {
    total += scoreOf(greedyReturn(task, network, instance), references[k]);
  });
  return total / instances.length;
}

interface Variant {
  readonly label: string;
  readonly definition: StrategyDefinition;
  readonly without: readonly StrategyPart[];
}

/** All trained variants: the strategies, and each without one of its parts; vdn-credit and qmix-credit once. */
export function teamVariants(): Variant[] {
  const trained = Object.values<StrategyDefinition>(strategies).filter(({ training }) => training);
  return trained.flatMap((definition) => [
    { label: definition.id, definition, without: [] },
    ...definition.parts
      .filter((part) => part !== 'credit' || definition.id === 'coma')
      .map((part) => ({ label: `${definition.id}-${part}`, definition, without: [part] })),
  ]);
}

/** The mean greedy score of each training seed that ships. */
export function teamScores(fresh: FreshInstances, { definition, without }: Variant): number[] {
  const training = definition.training!;
  const options = training.trainingSchema.parse({});
  const { task } = fresh;
  const scores: number[] = [];
  for (let trainingSeed = 0; trainingSeed < trainingSeeds; trainingSeed++) {
    const found = readWeights({
      strategy: training,
      options,
      without,
      task,
      taskId: fresh.definition.id,
      taskOptions: fresh.definition.optionsSchema.parse({}),
      trainingSeed,
    });
    if (found) scores.push(meanScore(fresh, training.network(options, teamShape(task), found.weights)));
  }
  return scores;
}

/** What the trained teams are asked to reach on coverage, the mean over training seeds. */
const goals: Readonly<Record<string, number>> = { vdn: 0.8, qmix: 0.75, commnet: 0.75, coma: 0.6 };

/** One row per task and variant: mean over training seeds with its interval, and how many beat random play. */
export function teamTable(count: number): { readonly rows: string[]; readonly missed: boolean } {
  const rows: string[] = [];
  let missed = false;
  for (const taskId of teamTasks) {
    const fresh = freshInstances(taskId, count);
    for (const variant of teamVariants()) {
      const scores = teamScores(fresh, variant);
      if (scores.length === 0) continue;
      const mean = average(scores);
      const goal = taskId === 'coverage' ? goals[variant.label] : undefined;
      if (goal !== undefined && mean < goal) missed = true;
      const verdict = goal === undefined ? '' : `${goal} ${mean >= goal ? 'reached' : 'missed'}`;
      rows.push(
        `| ${taskId} | ${variant.label} | ${mean.toFixed(3)} | ${interval(scores)} | ` +
          `${Math.min(...scores).toFixed(2)} to ${Math.max(...scores).toFixed(2)} | ` +
          `${scores.filter((score) => score > 0).length} of ${scores.length} | ${verdict} |`,
      );
    }
  }
  return { rows, missed };
}

/** The interval as text; nothing for a single training seed. */
function interval(scores: readonly number[]): string {
  return (
    meanInterval(scores)
      ?.map((x) => x.toFixed(3))
      .join(' to ') ?? ''
  );
}
