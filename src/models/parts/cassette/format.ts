import type {
  JsonObject,
  Model,
  ModelRequest,
  ScoreReply,
  TextReply,
  TextRequest,
} from '../../../contracts/index.ts';
import { contentHash } from '../../../core/index.ts';
import type { EarlierCall, EarlierTraits } from './earlier-format.ts';

/**
 * A cassette is a text file with one JSON value per line, in the order in which things happened:
 * a header; every shared text once, by its hash; every model that was asked; every call with its outcome.
 */
export const cassetteVersion = 3;
/** Versions 1 and 2 held decisions instead of calls; see `earlier-recordings`. A file may go on in today's version. */
export const readableVersions: readonly number[] = [1, 2, cassetteVersion];

export type CassetteLine =
  | { readonly cassette: number }
  | { readonly text: string; readonly value: string }
  | ({ readonly model: string } & RecordedModel)
  | RecordedVector
  | RecordedCall
  | EarlierCall;

/** What a model is, without its answers. */
export interface ModelTraits extends Pick<Model, 'facts' | 'fingerprint' | 'asking'> {
  readonly writes?: true;
  readonly scores?: true;
  readonly embeds?: true;
}

/** What a text is about, as a model says it. */
export interface RecordedVector {
  /** The hash of model and text; see `vectorKey`. */
  readonly embedded: string;
  /** 32-bit floats, lowest byte first, as base64. */
  readonly vector: string;
}

export function vectorKey(model: string, text: string): string {
  return contentHash({ model, text });
}

/** A model as it was recorded, with the options that fix its answers. */
export type RecordedModel = (ModelTraits | EarlierTraits) & {
  readonly id: string;
  /** Absent in recordings of version 1. */
  readonly options?: JsonObject;
};

export function traitsOf(model: Model): ModelTraits {
  const { facts, fingerprint, asking } = model;
  return {
    facts,
    fingerprint,
    ...(asking && { asking }),
    ...(model.generate && { writes: true }),
    ...(model.score && { scores: true }),
    ...(model.embed && { embeds: true }),
  };
}

/** One call: what was asked, with long texts by their hashes, and what came of it. */
export interface RecordedCall {
  /** The hash of all that identifies it: model, name, content and take. */
  readonly key: string;
  /** Which model, by the hash of its id, revision and options. */
  readonly of: string;
  /** What the call is called in its study; absent for calls without a name. */
  readonly call?: string;
  /** How many calls of the same model, name and content came before. */
  readonly take: number;
  /** Hash of the prefix. */
  readonly prefix: string;
  readonly prompt: string;
  readonly temperature: number;
  readonly seed: number;
  /** Of a call for text. */
  readonly maxTokens?: number;
  readonly turns?: TextRequest['turns'];
  /** Hash of the schema as JSON. */
  readonly schema?: string;
  /** Of a call for probabilities. */
  readonly candidates?: readonly string[];
  readonly reply?: TextReply | ScoreReply;
  /** The message of the failure, for calls that ended in one. */
  readonly error?: string;
}

/** What is asked, without what it is called. */
export function contentOf(request: ModelRequest): JsonObject {
  const { prefix, prompt, temperature, seed } = request;
  const common = { prefix, prompt, temperature, seed };
  if ('candidates' in request) return { ...common, candidates: request.candidates };
  const { maxTokens, turns, schema } = request;
  return {
    ...common,
    maxTokens,
    ...(turns && { turns: turns.map(({ answer, reply }) => ({ answer, reply })) }),
    ...(schema && { schema }),
  };
}

/**
 * What tells a call from all others but its own repetitions. An agent may be asked several things under one name, as in
 * the rounds of a discussion: what is asked tells them apart.
 */
export function slotOf(model: string, request: ModelRequest): string {
  const { call } = request;
  return contentHash({ model, ...(call !== undefined && { call }), ...contentOf(request) });
}

/** What calls of one name share, whatever they ask; text, every turn of it and probabilities are apart. */
export function nameOf(model: string, request: ModelRequest): string {
  const kind = 'candidates' in request ? 'score' : `text ${request.turns?.length ?? 0}`;
  return contentHash({ model, call: request.call ?? '', kind });
}

/** The request as it was recorded. */
export function requestOf(recorded: RecordedCall, texts: ReadonlyMap<string, string>): ModelRequest {
  const { call, prompt, temperature, seed, candidates, maxTokens = 0, turns, schema } = recorded;
  const text = (hash: string) => texts.get(hash) ?? '';
  const common = {
    prefix: text(recorded.prefix),
    prompt,
    temperature,
    seed,
    ...(call !== undefined && { call }),
  };
  if (candidates) return { ...common, candidates };
  return {
    ...common,
    maxTokens,
    ...(turns && { turns }),
    ...(schema !== undefined && { schema: JSON.parse(text(schema)) as JsonObject }),
  };
}
