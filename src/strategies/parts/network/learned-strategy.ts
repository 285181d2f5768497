import { z } from 'zod';
import {
  type JsonObject,
  type NamedWeights,
  type StrategyDefinition,
  type StrategyPart,
  type Simulator,
  simulatorOf,
  type TeamShape,
  teamShape,
  type TrainableStrategy,
} from '../../../contracts/index.ts';
import { contentHash, InputError, sha256 } from '../../../core/index.ts';
import type { ScoreRow } from './advice.ts';
import { defaultShare } from './calibration.ts';
import { calibratedStrategy } from './trained-strategy.ts';

/** Situations that somebody logged, in which strength and spread of advice are measured. */
export interface LoggedSituations {
  readonly steps: number;
  /** [steps, agents, featureLength] */
  readonly features: Float32Array;
  /** [steps, agents, actions], 1 where the action was available */
  readonly available: Float32Array;
}

export interface Learned {
  /** The strategy that learned; parts and carrying over are its own. */
  readonly from: Pick<StrategyDefinition, 'id' | 'title' | 'revision' | 'parts'>;
  readonly training: TrainableStrategy;
  /** Resolved training options. */
  readonly options: JsonObject;
  readonly without: readonly StrategyPart[];
  readonly taskId: string;
  readonly task: Pick<Simulator, 'agentNames' | 'actions'>;
  readonly shape: TeamShape;
  readonly weights: NamedWeights;
  readonly situations: LoggedSituations;
}

/**
 * A strategy that has learned from logged episodes of one task: it serves that task and no other.
 *
 * Advice is calibrated as for strategies trained in a simulator, with the logged situations in place of calibration
 * instances.
 */
export function learnedStrategy(learned: Learned): StrategyDefinition {
  const { from, training, options, without, taskId, shape, weights, situations } = learned;
  const has = (part: StrategyPart) => from.parts.includes(part) && !without.includes(part);
  const checksum = checksumOf(weights);
  return {
    id: `${[from.id, ...without].join('-')}-logged`,
    title: `${from.title}, learned from logged episodes of ${taskId}`,
    revision: from.revision,
    parts: [],
    optionsSchema: z.strictObject({}),
    create: async (_, { task, taskId: wanted, adviceStrength, freeText }) => {
      refuseOtherTask(learned, simulatorOf(task, `This "${from.id}"`), wanted);
      const network = training.network(options, shape, weights);
      const rows = rowsOf(shape, situations, network);
      const strength =
        adviceStrength === 'default'
          ? (defaultShare * rows.reduce((sum, row) => sum + Math.log(row.length), 0)) /
            Math.max(1, rows.length)
          : adviceStrength;
      return calibratedStrategy(rows, strength, shape, network, {
        broadcast: has('messages'),
        feedback: has('credit') ? 'local' : 'none',
        freeText,
        fingerprint: { learnedFrom: 'log', weights: checksum },
      });
    },
  };
}

function rowsOf(
  { agents, actions, featureLength }: TeamShape,
  { steps, features, available }: LoggedSituations,
  network: ReturnType<TrainableStrategy['network']>,
): ScoreRow[] {
  const scores = new Float32Array(agents * actions);
  const rows: ScoreRow[] = [];
  for (let t = 0; t < steps; t++) {
    network.score(features.subarray(t * agents * featureLength, (t + 1) * agents * featureLength), scores);
    for (let i = 0; i < agents; i++) {
      const row = [...scores.subarray(i * actions, (i + 1) * actions)].filter(
        (_, a) => available[(t * agents + i) * actions + a] === 1,
      );
      if (row.length > 1) rows.push(row);
    }
  }
  return rows;
}

function refuseOtherTask({ from, taskId, task: known, shape }: Learned, task: Simulator, wanted: string) {
  const now = teamShape(task);
  const same =
    contentHash([known.agentNames.length, known.actions]) ===
      contentHash([task.agentNames.length, task.actions]) && shape.featureLength === now.featureLength;
  if (same) return;
  throw new InputError(
    `This "${from.id}" learned from logged episodes of "${taskId}" (${shape.agents} agents, ` +
      `${shape.featureLength} features, actions ${known.actions.join(', ')}), so it cannot serve "${wanted}" ` +
      `(${now.agents} agents, ${now.featureLength} features, actions ${task.actions.join(', ')}). Learn anew.`,
  );
}

function checksumOf(weights: NamedWeights): string {
  const names = Object.keys(weights).sort();
  const parts = names.map((name) => {
    const { shape, data } = weights[name];
    return `${name} ${shape.join('x')} ${sha256(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))}`;
  });
  return sha256(parts.join('\n'));
}
