import type { z } from 'zod';
import type { Clock } from '../core/index.ts';
import type { JsonObject } from './json.ts';
import type { Tuner } from './tuner.ts';

/** What is known of a model. Unknown facts are undefined, never guessed. */
export interface ModelFacts {
  readonly parameters?: { readonly total?: number; readonly active?: number };
  readonly architecture?: 'dense' | 'moe';
  /** The longest prompt plus answer, in the model's own tokens. */
  readonly contextLength?: number;
  /** Of a mixture: how many experts each layer has, and how many of them a token passes. */
  readonly experts?: { readonly total: number; readonly active?: number };
  /** How its weights are stored, as in `Q4_1`. */
  readonly quantisation?: string;
}

/** What one call cost. What a provider does not report stays undefined; missing tokens are never 0. */
export interface Usage {
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly costUsd?: number;
}

/** Text that a model is asked to write. */
export interface TextRequest {
  /** The rules, shared by many requests; providers may cache it. */
  readonly prefix: string;
  readonly prompt: string;
  /** What it answered so far and what it was told then, oldest first: the conversation goes on. */
  readonly turns?: readonly { readonly answer: string; readonly reply: string }[];
  /** The most tokens that it may write, at least 1. */
  readonly maxTokens: number;
  /** Softmax temperature of its tokens, at least 0. */
  readonly temperature: number;
  /** In [0, 2^31), for models that sample. */
  readonly seed: number;
  /** JSON schema of what it writes: it is held to it where it can be, and asked to keep to it elsewhere. */
  readonly schema?: JsonObject;
  /** What the question is called in its study, for recordings and errors; no part of what is asked. */
  readonly call?: string;
}

/** What it wrote. */
export interface TextReply {
  readonly text: string;
  readonly usage: Usage;
  /** True when the prompt did not fit and was cut: the run is then recorded as truncated. */
  readonly truncated?: boolean;
  /** SHA-256 of each request as it was sent, where the service is reached by us; address and body, keys left out. */
  readonly sent?: readonly string[];
}

/** A question about some texts: how probable is each of them as the answer? */
export interface ScoreRequest {
  readonly prefix: string;
  readonly prompt: string;
  /** At least two, all different. */
  readonly candidates: readonly string[];
  /** Softmax temperature of the distribution over candidates; 1 leaves the model's own, must be above 0. */
  readonly temperature: number;
  /** In [0, 2^31). No probability depends on it, but what a service does at random may: its retries, its failures. */
  readonly seed: number;
  readonly call?: string;
}

/** What it gave. */
export interface ScoreReply {
  /** One probability per candidate, summing to 1 within 1e-6. Absent when what it answered was none of them. */
  readonly distribution?: readonly number[];
  /**
   * The probability that the model's own answer begins as one of the candidates does, in [0, 1]: where it is small, the
   * distribution says what the model prefers among answers that it would hardly give.
   */
  readonly mass?: number;
  /** The words it answered, where there are any beyond the distribution. */
  readonly answer?: string;
  readonly usage: Usage;
  readonly truncated?: boolean;
  readonly sent?: readonly string[];
}

/** One call of a model. */
export type ModelRequest = TextRequest | ScoreRequest;

/** The ways in which a model is asked for an action: two for its words, one for its exact probabilities. */
export const answerForms = ['structured', 'text', 'probabilities'] as const;
export type AnswerForm = (typeof answerForms)[number];

/** How a model is asked to choose in words. */
export interface ChoiceInWords {
  /** `structured`: JSON after a schema; `text`: lines of plain words. */
  readonly form: Exclude<AnswerForm, 'probabilities'>;
  /** The most tokens that such an answer may take, reasoning included. */
  readonly maxTokens: number;
}

/** How a model is asked that does not say it. */
const usualAsking: ChoiceInWords = { form: 'text', maxTokens: 1024 };

export function askingOf({ asking = usualAsking }: Pick<Model, 'asking'>): ChoiceInWords {
  return asking;
}

/**
 * Whether a model scores: its decisions are exact probabilities, and what an agent does is drawn from them. All others
 * answer with an action, in words.
 */
export function scoresExactly({ score }: Pick<Model, 'score'>): boolean {
  return score !== undefined;
}

export function answerFormOf(model: Pick<Model, 'score' | 'asking'>): AnswerForm {
  return scoresExactly(model) ? 'probabilities' : askingOf(model).form;
}

/** What one small call has found out about a service. */
export interface ServiceProbe {
  /** What keeps it from doing what the study says, each with its remedy; empty when all is well. */
  readonly problems: readonly string[];
  /** What reached the service and what it can do; kept with the study. */
  readonly found: JsonObject;
  /** Absent where there was no answer. */
  readonly reply?: TextReply | ScoreReply;
  readonly usage: Usage;
}

/** What only a model of a service can say. */
export interface ModelService {
  /** What the model is called in errors. */
  readonly name: string;
  /**
   * The most that one call can use, failed attempts apart, so that a budget holds for calls in flight too; what is
   * unknown is undefined.
   */
  worstCase(request: ModelRequest): Usage;
  /**
   * Asks the service what it offers, which costs nothing.
   * @returns what is wrong, each with its remedy: the service is down, refuses the key, or has no such model
   */
  check(signal?: AbortSignal): Promise<readonly string[]>;
  /** Makes one small call, to find out what reaches the service of what a study says. */
  probe(request: ModelRequest, signal?: AbortSignal): Promise<ServiceProbe>;
}

/** A language model: it writes, or scores, or both. Many calls may be under way at once. */
export interface Model {
  readonly facts: ModelFacts;
  /** Whatever else fixes its answers (weight checksum, prompt template, ...): part of every run's hash. */
  readonly fingerprint: JsonObject;
  /** How it is asked to choose, where it has no `score`; plain words when absent. */
  readonly asking?: ChoiceInWords;
  /** Writes text. @throws ProviderError when no answer could be had; the reason of `signal` when it aborts */
  generate?(request: TextRequest, signal?: AbortSignal): Promise<TextReply>;
  /**
   * Exact probabilities of given texts. A model that has it is never asked to choose in words.
   * @throws as `generate`
   */
  score?(request: ScoreRequest, signal?: AbortSignal): Promise<ScoreReply>;
  /**
   * What texts are about, as one vector each, all of one length of at least 1: texts that mean alike lie in like
   * directions. They need not be of length 1. The same text gives the same numbers, whatever is asked beside it.
   *
   * @throws as `generate`
   */
  embed?(texts: readonly string[], signal?: AbortSignal): Promise<readonly Float32Array[]>;
  /** Its weights can be trained. */
  tuner?(): Promise<Tuner>;
  /**
   * The same kind of model with weights that a tuner saved.
   * @throws InputError when they are missing or damaged
   */
  tuned?(folder: string): Promise<Model>;
  readonly service?: ModelService;
  /** About how much memory of this machine it takes, where it runs here and is large. */
  readonly memoryBytes?: number;
  close(): Promise<void>;
}

/** Makes a call, or does something before and after it. */
export type AroundCall = <Reply extends TextReply | ScoreReply>(
  request: ModelRequest,
  send: () => Promise<Reply>,
  signal?: AbortSignal,
) => Promise<Reply>;

/** The model with something around each of its calls. */
export function aroundCalls(model: Model, around: AroundCall): Model {
  const { facts, fingerprint, asking, service, memoryBytes } = model;
  return {
    facts,
    fingerprint,
    ...(asking && { asking }),
    ...(model.generate && {
      generate: (request, signal) => around(request, () => model.generate!(request, signal), signal),
    }),
    ...(model.score && {
      score: (request, signal) => around(request, () => model.score!(request, signal), signal),
    }),
    ...(model.embed && { embed: (texts, signal) => model.embed!(texts, signal) }),
    ...(model.tuner && { tuner: () => model.tuner!() }),
    ...(model.tuned && { tuned: async (folder) => aroundCalls(await model.tuned!(folder), around) }),
    ...(service && { service }),
    ...(memoryBytes !== undefined && { memoryBytes }),
    close: () => model.close(),
  };
}

/** What a model is built with besides its options. */
export interface ModelContext {
  readonly clock: Clock;
  /** Worker threads that embedded models may start, at least 1. */
  readonly workers: number;
  /** Told of every failed attempt to get an answer, those that a retry made up for included. */
  readonly onFault?: (model: string, kind: string) => void;
  /** Told of every long wait for a service. */
  readonly onWait?: (wait: ServiceWait) => void;
  /** Told while a large file is loaded. */
  readonly onLoad?: (load: ModelLoad) => void;
  /** Once aborted, calls under way may end, but no service is waited for any more: such calls end with its reason. */
  readonly stop?: AbortSignal;
}

/** How far a model in a file has been loaded. */
export interface ModelLoad {
  readonly file: string;
  /** In [0, 1]. */
  readonly share: number;
}

/** A service that has to be waited for. */
export interface ServiceWait {
  /** As in errors. */
  readonly model: string;
  readonly ms: number;
  /** What it said. */
  readonly why: string;
}

/** A kind of model: what a catalogue lists and a study file names. */
export interface ModelDefinition<Options extends JsonObject = JsonObject> {
  readonly id: string;
  readonly title: string;
  readonly revision: number;
  /**
   * What a result with it is about, where that is not language models at large: small transformers trained on this
   * project's tasks (`embedded`), or scripts (`scripted`).
   */
  readonly population?: 'embedded' | 'scripted';
  /** True of models that have a `tuner`. */
  readonly tunable?: true;
  /** True of models that have `embed`. */
  readonly embeds?: true;
  /** Every option has a default and a description; unknown options are errors. */
  readonly optionsSchema: z.ZodType<Options>;
  /**
   * The options that `argument` stands for when a study names the model `<id>:<argument>`, as in
   * `openai:gpt-5-mini`. Absent when the id takes no argument.
   * @throws InputError when the argument cannot be read, with the form that can
   */
  optionsFromArgument?(argument: string): JsonObject;
  /**
   * Options that change how the model is reached (limits, timeouts, prices) and never what it answers. They are no
   * part of a run's hash, so a study goes on after they were changed.
   */
  readonly operationalOptions?: readonly string[];
  /** @throws InputError when it cannot work here (missing key, missing or damaged weights), with the remedy */
  create(options: Options, context: ModelContext): Promise<Model>;
}
