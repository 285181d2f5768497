import {
  type Simulation,
  type ExecutionNetwork,
  type Json,
  type Learner,
  type Simulator,
  type TeamShape,
  teamShape,
} from '../contracts/index.ts';
import { greedyAction } from './choose.ts';
import { observeTeam } from './episodes.ts';

/** The undiscounted return of one episode in which every agent takes its highest-scored available action. */
export function greedyReturn(task: Simulator, network: ExecutionNetwork, instance: Json): number {
  const shape = teamShape(task);
  const { agents, actions, featureLength } = shape;
  const features = new Float32Array(agents * featureLength);
  const available = new Float32Array(agents * actions);
  const scores = new Float32Array(agents * actions);
  const environment = task.start(instance);
  let total = 0;
  while (!environment.done) {
    observeTeam(environment, shape, features, available);
    network.score(features, scores);
    total += environment.step(
      task.agentNames.map((_, agent) => greedyAction(scores, available, agent, actions)),
    );
  }
  return total;
}

/** What can be asked for its values. */
type Inspected = Pick<Learner, 'network' | 'jointValue'>;

/** What a learner has learned for one situation. */
export interface LearnedTable {
  /** The situation as the task puts it to the first agent. */
  readonly situation: string;
  /** Per agent and action; null where the action is not available. */
  readonly perAgent: readonly (readonly (number | null)[])[];
  /** The joint value by joint action, nested once per agent; absent where the learner has no joint value. */
  readonly joint?: Nested;
}
export type Nested = number | readonly Nested[];

/**
 * The learned tables of every situation that can arise from an instance, in order of first appearance.
 *
 * Situations are told apart by the state vector. For tasks with few of them.
 * @param options.unit what values are multiplied by: 1 / the scale that rewards had in training
 * @returns undefined when there are more than `limit`, 32 by default
 */
export function learnedTables(
  task: Simulator,
  learner: Inspected,
  instance: Json,
  { limit = 32, unit = 1 }: { readonly limit?: number; readonly unit?: number } = {},
): LearnedTable[] | undefined {
  const shape = teamShape(task);
  const start = task.start(instance);
  const seen = new Set<string>();
  const tables: LearnedTable[] = [];
  const queue: Simulation[] = [start];
  for (let environment = queue.shift(); environment; environment = queue.shift()) {
    if (environment.done) continue;
    const state = new Float32Array(shape.stateLength);
    environment.state(state);
    const key = JSON.stringify([environment.time, ...state]);
    if (seen.has(key)) continue;
    seen.add(key);
    if (seen.size > limit) return undefined;
    tables.push(tableOf(shape, learner, environment, state, unit));
    for (const joint of jointActions(environment, shape.agents)) {
      const next = environment.copy();
      next.step(joint);
      queue.push(next);
    }
  }
  return tables;
}

function tableOf(
  shape: TeamShape,
  learner: Inspected,
  environment: Simulation,
  state: Float32Array,
  unit: number,
): LearnedTable {
  const { agents, actions, featureLength } = shape;
  const features = new Float32Array(agents * featureLength);
  const available = new Float32Array(agents * actions);
  const scores = new Float32Array(agents * actions);
  observeTeam(environment, shape, features, available);
  learner.network.score(features, scores);
  const perAgent = Array.from({ length: agents }, (_, i) =>
    Array.from({ length: actions }, (__, a) =>
      available[i * actions + a] === 1 ? unit * scores[i * actions + a] : null,
    ),
  );
  const nested = (chosen: readonly number[]): Nested =>
    chosen.length === agents
      ? unit * learner.jointValue!(features, state, chosen)
      : environment.availableActions(chosen.length).map((a) => nested([...chosen, a]));
  return {
    situation: environment.observe(0),
    perAgent,
    ...(learner.jointValue && { joint: nested([]) }),
  };
}

function jointActions(environment: Simulation, agents: number): number[][] {
  let joints: number[][] = [[]];
  for (let agent = 0; agent < agents; agent++)
    joints = joints.flatMap((joint) => environment.availableActions(agent).map((a) => [...joint, a]));
  return joints;
}
