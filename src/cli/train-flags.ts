import type { JsonObject, StrategyPart } from '../api/index.ts';

/** What `agentmesh train` is told, whatever it trains. */
export interface TrainFlags {
  readonly strategy: string;
  readonly task: string;
  readonly seed: number;
  readonly without: StrategyPart[];
  readonly param: JsonObject;
  readonly study?: string;
  readonly weights?: string;
  readonly json?: boolean;
  readonly agents?: string;
  readonly watch?: boolean;
  readonly samples?: string;
}
