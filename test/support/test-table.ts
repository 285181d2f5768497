import { randomStream } from '../../src/core/index.ts';

export interface MadeStudy {
  readonly strategies: readonly string[];
  readonly models: readonly string[];
  readonly tasks: readonly string[];
  readonly seeds: number;
  /** True mean of a cell. */
  readonly mean: (strategy: string, model: string, task: string) => number;
  readonly noise?: number;
  /** Runs without a score, with their kind. */
  readonly missing?: (strategy: string, model: string, task: string, seed: number) => string | undefined;
  /** Parameters of a model, total. */
  readonly parameters?: (model: string) => number | undefined;
}

/** A study's table as comma-separated text: true means, a level per block, noise per run. */
export function madeStudy(study: MadeStudy): string {
  const stream = randomStream('made study');
  const lines = ['strategy,model,task,seed,score,status,parametersTotal,parametersActive,architecture'];
  for (const task of study.tasks)
    for (let seed = 0; seed < study.seeds; seed++) {
      const level = 0.1 * stream.normal();
      for (const model of study.models)
        for (const strategy of study.strategies) {
          const score = study.mean(strategy, model, task) + level + (study.noise ?? 0.05) * stream.normal();
          const kind = study.missing?.(strategy, model, task, seed);
          const size = study.parameters?.(model) ?? '';
          const facts = `${size},${size},${size === '' ? '' : model.startsWith('e') ? 'moe' : 'dense'}`;
          lines.push(
            `${strategy},${model},${task},${seed},${kind ? '' : score.toFixed(6)},${kind ?? 'done'},${facts}`,
          );
        }
    }
  return lines.join('\n');
}
