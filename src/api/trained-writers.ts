import type { JsonObject, TeamPlan } from '../contracts/index.ts';
import type { Contribution, TeamResult } from '../tuning/team/index.ts';

/** What a training of language models came to. */
export interface TrainedWriters extends Omit<TeamResult, 'lines'> {
  readonly strategy: string;
  readonly task: string;
  readonly seed: number;
  readonly options: { readonly task: JsonObject; readonly plan: TeamPlan };
  readonly agents: readonly {
    readonly name: string;
    readonly model: string;
    readonly base: JsonObject;
    readonly weights: string;
  }[];
  /** What each agent adds, by the best version on validation; absent where the task has several turns. */
  readonly contributions?: readonly Contribution[];
  readonly jointEvaluations: number;
  readonly tokens: number;
  readonly updates: number;
  /** Of this program, as they were counted while it was trained; 0 where nobody knows. */
  readonly cpuSeconds: number;
  /** Where the weights are, and `report.md`: the learning curve, who contributes, texts before and after. */
  readonly folder: string;
  readonly cached: boolean;
}
