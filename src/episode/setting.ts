import { type Model, type Strategy, type Task } from '../contracts/index.ts';
import type { Clock, NamePart } from '../core/index.ts';
import type { AdviceForm } from './advice.ts';

/** What of a task its agents' decisions depend on: all of it but the simulator. */
export type TaskWords = Pick<Task, 'agentNames' | 'actions' | 'rules' | 'horizon'>;

/** Questions that one agent is asked in one step, at most, where nobody says otherwise. */
export const usualQuestions = 256;

/** How long a strategy may await something other than its questions, where nobody says otherwise. */
export const usualIdleTimeoutMs = 60_000;

export interface DeciderSetting {
  readonly task: TaskWords;
  /** One for all agents, or one per agent. */
  readonly model: Model | readonly Model[];
  /** Models that play no agent, by name: those that the strategy and the task may ask. */
  readonly judges?: ReadonlyMap<string, Model>;
  readonly strategy: Strategy;
  /** What people call it, for errors. */
  readonly strategyName?: string;
  readonly temperature: number;
  /** How advice reaches the models; what each of them gives decides when absent. */
  readonly advice?: AdviceForm;
  /** Attempts at the one instance, of which the last one scores; 1 when absent. */
  readonly attempts?: number;
  /** Tokens for the whole episode, spread evenly over its steps. Undefined: nothing is asked again. */
  readonly tokens?: number;
  /** False: where the tokens are gone, each step may still ask once. Else the episode ends there; see TruncatedError. */
  readonly capped?: boolean;
  /** Questions that one agent may be asked in one step: a strategy that would ask forever ends with an error. */
  readonly questionsPerDecision?: number;
  /** The longest that a strategy may go in a step without deciding while no question of it is under way, in ms. */
  readonly idleTimeoutMs?: number;
  /** Told after each step how long a question to each agent was under way in it, in ms. */
  readonly onTimes?: (ms: readonly number[]) => void;
  /** Measures that, and nothing that a result depends on; the system's when absent. */
  readonly clock?: Clock;
  /** Names all random streams of the episode; two settings with the same name draw the same numbers. */
  readonly streamName: readonly NamePart[];
  /** What people call the episode; its decisions are named after it. */
  readonly name?: string;
}

/** @param by an agent, or a judge that is there */
export function modelOf(
  { model, judges }: Pick<DeciderSetting, 'model' | 'judges'>,
  by: number | string,
): Model {
  if (typeof by === 'string') return judges!.get(by)!;
  return Array.isArray(model) ? (model as readonly Model[])[by] : (model as Model);
}
