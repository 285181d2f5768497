import type { z } from 'zod';
import type { Clock } from '../core/index.ts';
import type { JsonObject } from './json.ts';

/** What is known of a model. Unknown facts are undefined, never guessed. */
export interface ModelFacts {
  readonly parameters?: { readonly total?: number; readonly active?: number };
  readonly architecture?: 'dense' | 'moe';
  /** The longest prompt plus answer, in the model's own tokens. */
  readonly contextLength?: number;
}

/** What one call cost. What a provider does not report stays undefined; missing tokens are never 0. */
export interface Usage {
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly costUsd?: number;
}

/** A member of a team for whom somebody else decides. */
export interface TeamMember {
  readonly name: string;
  /** Its available actions as words, at least two. */
  readonly actions: readonly string[];
}

/** One question to a model: which of these actions? */
export interface DecisionRequest {
  /** The rules, shared by many requests; providers may cache it. */
  readonly prefix: string;
  /** The rest of the prompt: who the agent is, what it is told, what it sees, what it can choose. */
  readonly prompt: string;
  /** The available actions as words, at least two. */
  readonly actions: readonly string[];
  /** Softmax temperature of the distribution over actions; 1 leaves the model's own, must be above 0. */
  readonly temperature: number;
  /**
   * The seed of this decision, derived from the run's factors, agent and step, in [0, 2^31). Models that sample
   * use it; models that return exact probabilities need none.
   */
  readonly seed: number;
  /**
   * Instead of `actions`: those of every team member that has a choice, at least one, to be answered at once. Asked
   * only of models that decide for teams; `actions` is then empty.
   */
  readonly team?: readonly TeamMember[];
  /** The agent may also say something in free words, for its teammates to read; asked only of models that speak. */
  readonly speech?: true;
  /** What the decision is called in its study, for recordings and errors; no part of what is asked. */
  readonly call?: string;
}

/**
 * The model's answer: `distribution` of models that score exactly, `action` of all others. Neither is there when the
 * answer named no available action (unparsable); the agent then acts as one without preferences would.
 */
export interface Decision {
  /** One probability per offered action, summing to 1 within 1e-6. The agent draws from it. */
  readonly distribution?: readonly number[];
  /** Which of the offered actions a sampled answer names, from 0. The agent does it. */
  readonly action?: number;
  /** In place of `action`, one per member, for a question about a team. */
  readonly team?: readonly number[];
  /** How sure the model says it is, in [0, 1]. Data: nothing is decided by it. */
  readonly confidence?: number;
  /** The words the model answered, where there are any beyond the distribution. */
  readonly answer?: string;
  /** What it says to its teammates in free words, as written; absent when it was not asked or said nothing. */
  readonly message?: string;
  readonly usage: Usage;
  /** SHA-256 of each request as it was sent, address and body, keys left out; where the service is reached by us. */
  readonly sent?: readonly string[];
  /** True when the prompt did not fit and was cut: the run is then recorded as truncated. */
  readonly truncated?: boolean;
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
  /** SHA-256 of each request as it was sent; see `Decision.sent`. */
  readonly sent?: readonly string[];
}

/** The ways in which a model is asked for an action: two for its words, one for its exact probabilities. */
export const answerForms = ['structured', 'text', 'probabilities'] as const;
export type AnswerForm = (typeof answerForms)[number];

/**
 * Whether a model scores: its decisions are exact probabilities, and what an agent does is drawn from them. All others
 * answer with an action.
 */
export function scoresExactly({ answers = 'probabilities' }: Pick<Model, 'answers'>): boolean {
  return answers === 'probabilities';
}

/** What was found before a study asks a model in earnest. */
export interface ModelProbe {
  /** What keeps the model from doing what the study says, each with its remedy; empty when all is well. */
  readonly problems: readonly string[];
  /**
   * Set where no answer could be read, asked again as a decision would be: what it answered, in short, and the remedy.
   * A study with such a model measures chance.
   */
  readonly unreadable?: string;
  /** What reached the service and what it can do; kept with the study. */
  readonly found: JsonObject;
  readonly usage: Usage;
}

/** A language model, ready to decide. Many decisions may be under way at once. */
export interface Model {
  readonly facts: ModelFacts;
  /** Whatever else fixes its answers (weight checksum, prompt template, ...): part of every run's hash. */
  readonly fingerprint: JsonObject;
  /** How it is asked. Absent: it gives exact probabilities and nothing else. */
  readonly answers?: AnswerForm;
  /** True of models that can answer for a whole team at once. */
  readonly decidesForTeams?: true;
  /** True of models that can say something in free words beside their choice. */
  readonly speaks?: true;
  /**
   * The most that one call can use, the repair of a decision included and failed attempts apart; what is unknown is
   * undefined. Models of services have it, so that a budget holds for calls in flight too.
   */
  worstCase?(request: DecisionRequest | TextRequest): Usage;
  /**
   * Asks the service what it offers, which costs nothing. Models of services have it.
   * @returns what is wrong, each with its remedy: the service is down, refuses the key, or has no such model
   */
  check?(signal?: AbortSignal): Promise<readonly string[]>;
  /**
   * Puts one small question, to find out what reaches the service of what a study says. Models of services have it.
   */
  probe?(request: DecisionRequest, signal?: AbortSignal): Promise<ModelProbe>;
  /** @throws ProviderError when no answer could be had; the reason of `signal` when it aborts */
  decide(request: DecisionRequest, signal?: AbortSignal): Promise<Decision>;
  /** Writes text. @throws ProviderError when no answer could be had; the reason of `signal` when it aborts */
  generate?(request: TextRequest, signal?: AbortSignal): Promise<TextReply>;
  close(): Promise<void>;
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
  /** Once aborted, calls under way may end, but no service is waited for any more: such calls end with its reason. */
  readonly stop?: AbortSignal;
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
