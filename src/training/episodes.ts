import type { Simulation, EpisodeBatch, NamedWeights, TeamShape } from '../contracts/index.ts';

/** Whole episodes in a ring of fixed size, the newest replacing the oldest. */
export interface EpisodeMemory {
  /** Episodes held. */
  readonly size: number;
  readonly capacity: number;
  /** Plays one episode and stores it. */
  record(environment: Simulation, choose: ChooseActions, settings?: RecordSettings): Recorded;
  /** The numbers of the `count` newest episodes, for `batch`. */
  newest(count: number): number[];
  /** A batch of these episodes, numbered from 0 (any order); rewards are multiplied by `rewardScale`. */
  batch(picked: readonly number[], rewardScale: number): EpisodeBatch;
  /** What was done in the episodes held, and what it paid, [episodes, ...]: enough to record them again. */
  log(): NamedWeights;
  /**
   * Records episode number `episode`, counted from 0 over all that were ever recorded, with the actions of the log and
   * in the place that it had.
   * @returns false when the environment goes another way than the log
   */
  recordAgain(episode: number, environment: Simulation, log: NamedWeights, settings: RecordSettings): boolean;
}

export interface RecordSettings {
  /** The probability of a random action; later batches note it. */
  readonly exploration?: number;
  /** Stores r + gamma potential(s') - potential(s) instead of r (Ng, Harada and Russell 1999), where there is one. */
  readonly shaping?: { readonly gamma: number };
}

export interface Recorded {
  /** The sum of the task's own rewards. */
  readonly episodeReturn: number;
  /** What was stored for learning, one number per step. */
  readonly rewards: Float32Array;
}

/**
 * Picks a joint action.
 * @param features [agents, featureLength]
 * @param available [agents, actions], 1 where available
 * @param jointAction written
 * @param state [stateLength]
 */
export type ChooseActions = (
  features: Float32Array,
  available: Float32Array,
  jointAction: number[],
  state: Float32Array,
) => void;

export function episodeMemory(shape: TeamShape, capacity: number): EpisodeMemory {
  const { agents, actions, featureLength, stateLength, horizon } = shape;
  const lengths = {
    features: horizon * agents * featureLength,
    states: horizon * stateLength,
    actions: horizon * agents,
    available: horizon * agents * actions,
    rewards: horizon,
    mask: horizon,
  };
  const features = new Float32Array(capacity * lengths.features);
  const states = new Float32Array(capacity * lengths.states);
  const taken = new Int32Array(capacity * lengths.actions);
  const available = new Float32Array(capacity * lengths.available);
  const rewards = new Float32Array(capacity * horizon);
  const mask = new Float32Array(capacity * horizon);
  let recorded = 0;
  let lastExploration = 0;

  const memory: EpisodeMemory = {
    get size() {
      return Math.min(recorded, capacity);
    },
    capacity,
    newest: (count) =>
      Array.from({ length: count }, (_, k) => (recorded - count + k) % capacity).sort((a, b) => a - b),
    record: (environment, choose, { exploration = 0, shaping } = {}) => {
      lastExploration = exploration;
      const slot = recorded++ % capacity;
      const at = (length: number) => [slot * length, (slot + 1) * length] as const;
      features.fill(0, ...at(lengths.features));
      states.fill(0, ...at(lengths.states));
      taken.fill(0, ...at(lengths.actions));
      available.fill(1, ...at(lengths.available));
      rewards.fill(0, ...at(horizon));
      mask.fill(0, ...at(horizon));
      const joint = new Array<number>(agents).fill(0);
      let t = slot * horizon;
      let episodeReturn = 0;
      const gamma = shaping && environment.potential ? shaping.gamma : undefined;
      let potential = gamma === undefined ? 0 : environment.potential!();
      while (!environment.done) {
        const ownFeatures = features.subarray(t * agents * featureLength, (t + 1) * agents * featureLength);
        const ownAvailable = available.subarray(t * agents * actions, (t + 1) * agents * actions);
        observeTeam(environment, shape, ownFeatures, ownAvailable);
        environment.state(states, t * stateLength);
        choose(ownFeatures, ownAvailable, joint, states.subarray(t * stateLength, (t + 1) * stateLength));
        taken.set(joint, t * agents);
        const reward = environment.step(joint);
        episodeReturn += reward;
        rewards[t] = reward;
        if (gamma !== undefined) {
          const next = environment.done ? 0 : environment.potential!();
          rewards[t] += gamma * next - potential;
          potential = next;
        }
        mask[t] = 1;
        t++;
      }
      return { episodeReturn, rewards: rewards.slice(slot * horizon, t) };
    },
    batch: (picked, rewardScale) => {
      const gather = <A extends Float32Array | Int32Array>(from: A, length: number, into: A): A => {
        picked.forEach((slot, k) => into.set(from.subarray(slot * length, (slot + 1) * length), k * length));
        return into;
      };
      const count = picked.length;
      const float = (from: Float32Array, length: number) =>
        gather(from, length, new Float32Array(count * length));
      return {
        episodes: count,
        steps: horizon,
        features: float(features, lengths.features),
        states: float(states, lengths.states),
        actions: gather(taken, lengths.actions, new Int32Array(count * lengths.actions)),
        available: float(available, lengths.available),
        rewards: float(rewards, horizon).map((r) => r * rewardScale),
        mask: float(mask, horizon),
        exploration: lastExploration,
      };
    },

    log: () => {
      const { size } = memory;
      return {
        actions: {
          shape: [size, lengths.actions],
          data: Float32Array.from(taken.subarray(0, size * lengths.actions)),
        },
        rewards: { shape: [size, horizon], data: rewards.slice(0, size * horizon) },
        mask: { shape: [size, horizon], data: mask.slice(0, size * horizon) },
      };
    },

    recordAgain: (episode, environment, log, settings) => {
      recorded = episode;
      const slot = episode % capacity;
      let at = slot * lengths.actions;
      memory.record(
        environment,
        (_, __, joint) => {
          for (let i = 0; i < agents; i++) joint[i] = log.actions.data[at++];
        },
        settings,
      );
      for (let t = slot * horizon; t < (slot + 1) * horizon; t++)
        if (rewards[t] !== log.rewards.data[t] || mask[t] !== log.mask.data[t]) return false;
      return true;
    },
  };
  return memory;
}

/** Writes every agent's features [agents, featureLength] and available actions [agents, actions] as 0 and 1. */
export function observeTeam(
  environment: Simulation,
  { agents, actions, featureLength }: TeamShape,
  features: Float32Array,
  available: Float32Array,
): void {
  available.fill(0);
  for (let i = 0; i < agents; i++) {
    environment.features(i, features, i * featureLength);
    for (const a of environment.availableActions(i)) available[i * actions + a] = 1;
  }
}
