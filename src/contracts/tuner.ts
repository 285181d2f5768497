import type { JsonObject } from './json.ts';
import type { NamedWeights } from './learner.ts';

/** A text that a model wrote while it is trained. */
export interface Sample {
  readonly text: string;
  /** Its tokens, the one that ends it included; without that where it was cut at its limit. */
  readonly tokens: readonly number[];
  /** Of each token, of the distribution at temperature 1, in nats. */
  readonly logProbabilities: Float32Array;
}

/** What is read of a question. */
export interface Read {
  /** The rules, shared by many requests. */
  readonly prefix: string;
  readonly prompt: string;
}

/** A question to sample answers to. */
export interface SampledRequest extends Read {
  /** The most tokens of an answer. */
  readonly maxTokens: number;
  readonly temperature: number;
  /** In [0, 2^31). */
  readonly seed: number;
}

/** A text to score. */
export interface ScoredText {
  readonly request: Read;
  readonly tokens: readonly number[];
}

/** A text to learn from: what it counts, as one number for all of its tokens or as one for each. */
export interface WeightedText extends ScoredText {
  readonly weight: number | Float32Array;
}

/** A language model whose weights are moved: sampled with its probabilities, then stepped along a gradient. */
export interface Tuner {
  /** The weights that it started from. */
  readonly base: JsonObject;
  /** So many texts for each request, at its temperature, seeded by its seed and their number. */
  sample(requests: readonly SampledRequest[], count: number): Promise<readonly (readonly Sample[])[]>;
  /** What the last layer makes of each question before a word is written; absent where a model does not tell. */
  states?(questions: readonly Read[]): Promise<readonly Float32Array[]>;
  /** Log-probabilities of given tokens, at temperature 1. */
  score(texts: readonly ScoredText[]): Promise<readonly Float32Array[]>;
  /**
   * Adds to the gradient of minus the sum of weight times log-probability over all tokens, the end included. Nothing
   * moves yet.
   * @returns the log-probabilities that it computed with
   */
  accumulate(texts: readonly WeightedText[]): Promise<readonly Float32Array[]>;
  /**
   * One step of the optimiser along the gradient, which is then 0 again.
   * @returns the gradient's norm before clipping; nothing has moved where it is 0 or not finite
   */
  step(learningRate: number): Promise<number>;
  /** All that it goes on from after a restart. */
  snapshot(): Promise<NamedWeights>;
  restore(snapshot: NamedWeights): Promise<void>;
  /** Writes the model as it is into a folder, which `Model.tuned` reads. @returns what identifies the weights */
  save(folder: string): Promise<JsonObject>;
  close(): Promise<void>;
}
