import type { EstimatorId, NamedWeights, Tuner } from '../../contracts/index.ts';
import { Critic, joined } from './critic.ts';
import type { Node } from './rollout.ts';

/** The critics of a team: one per agent, which reads what its agent makes of a question or what all make of theirs. */
export interface Critics {
  /** For each agent, what it expects of each of these questions. */
  expect(acting: readonly Tuner[], nodes: readonly Node[]): Promise<readonly ((node: Node) => number)[]>;
  /** What these questions came to. */
  learn(nodes: readonly Node[], cameTo: (node: Node, agent: number) => number): void;
  snapshots(): readonly NamedWeights[];
}

/** Which critics an estimator has; undefined where it has none. */
const reads: Partial<Record<EstimatorId, 'own' | 'all'>> = { iac: 'own', maac: 'all' };

export const hasCritics = (estimator: EstimatorId): boolean => reads[estimator] !== undefined;

export function criticsFor(
  estimator: EstimatorId,
  agents: number,
  from: readonly NamedWeights[] = [],
): Critics | undefined {
  const read = reads[estimator];
  if (!read) return undefined;
  const critics = Array.from({ length: agents }, () => new Critic());
  from.forEach((snapshot, k) => critics[k].restore(snapshot));
  let states = new Map<Node, readonly Float32Array[]>();
  const stateOf = (node: Node, agent: number) => {
    const all = states.get(node)!;
    return read === 'own' ? all[agent] : joined(all);
  };
  return {
    expect: async (acting, nodes) => {
      const own: (readonly Float32Array[])[] = [];
      for (const [agent, tuner] of acting.entries())
        own.push(await tuner.states!(nodes.map(({ requests }) => requests[agent])));
      states = new Map(nodes.map((node, n) => [node, own.map((of) => of[n])]));
      const values = critics.map(
        (critic, agent) => new Map(nodes.map((node) => [node, critic.value(stateOf(node, agent))])),
      );
      return values.map((of) => (node) => of.get(node)!);
    },
    learn: (nodes, cameTo) =>
      critics.forEach((critic, agent) =>
        critic.teach(
          nodes.map((node) => stateOf(node, agent)),
          nodes.map((node) => cameTo(node, agent)),
        ),
      ),
    snapshots: () => critics.map((critic) => critic.snapshot()),
  };
}
