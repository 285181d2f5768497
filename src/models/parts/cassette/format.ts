import type { DecisionRequest, JsonObject, Model } from '../../../contracts/index.ts';
import { contentHash } from '../../../core/index.ts';
import type { StoredDecision } from './earlier-recordings.ts';

/**
 * A cassette is a text file with one JSON value per line, in the order in which things happened:
 * a header; every shared prefix once, by its hash; every model that was asked; every call with its outcome.
 */
export const cassetteVersion = 2;
/** Version 1 held sampled answers as distributions; see `asAnswered`. */
export const readableVersions: readonly number[] = [1, cassetteVersion];

export type CassetteLine =
  | { readonly cassette: number }
  | { readonly text: string; readonly value: string }
  | ({ readonly model: string } & RecordedModel)
  | RecordedCall;

/** What a model is, without its answers. */
export type ModelTraits = Pick<Model, 'facts' | 'fingerprint' | 'answers' | 'speaks' | 'decidesForTeams'>;

/** A model as it was recorded, with the options that fix its answers. */
export interface RecordedModel extends ModelTraits {
  readonly id: string;
  /** Absent in recordings of earlier versions. */
  readonly options?: JsonObject;
}

export function traitsOf(model: ModelTraits): ModelTraits {
  const { facts, fingerprint, answers, speaks, decidesForTeams } = model;
  return {
    facts,
    fingerprint,
    ...(answers && { answers }),
    ...(speaks && { speaks }),
    ...(decidesForTeams && { decidesForTeams }),
  };
}

/** One call. `key` is the hash of all that identifies it: model, name, content and take. */
export interface RecordedCall {
  readonly key: string;
  /** Which model, by the hash of its id, revision and options. */
  readonly of: string;
  /** What the call is called in its study; absent for calls without a name. */
  readonly call?: string;
  /** How many calls of the same model and name (or content, without a name) came before. */
  readonly take: number;
  /** Hash of the prefix. */
  readonly prefix: string;
  readonly prompt: string;
  readonly actions: readonly string[];
  readonly temperature: number;
  readonly seed: number;
  readonly speech?: true;
  readonly team?: DecisionRequest['team'];
  readonly decision?: StoredDecision;
  /** The message of the failure, for calls that ended in one. */
  readonly error?: string;
}

/** What is asked, without what it is called. */
export function contentOf(request: DecisionRequest): JsonObject {
  const { prefix, prompt, actions, temperature, seed, speech, team } = request;
  return {
    prefix,
    prompt,
    actions,
    temperature,
    seed,
    ...(speech && { speech }),
    ...(team && { team: team.map(({ name, actions: own }) => ({ name, actions: own })) }),
  };
}

/** What tells a call from all others but its own repetitions. */
export function slotOf(model: string, request: DecisionRequest): string {
  return contentHash({ model, ...(request.call === undefined ? contentOf(request) : { call: request.call }) });
}
