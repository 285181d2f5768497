import type { Model, ScoreRequest } from '../../../contracts/index.ts';
import { contentHash, randomStream } from '../../../core/index.ts';
import { choicesText } from '../../../prompt/index.ts';
import {
  type CandidateScores,
  type CountedTokens,
  distributionOf,
  scoreCandidates,
  sharedStart,
  type Token,
} from './candidates.ts';
import type { Conversations } from './conversation.ts';
import type { Evaluator } from './evaluator.ts';

/** How probabilities of given texts are had of a model; see `docs/methods/scoring.md`. */
export interface ScoreSettings {
  /** What the answer is begun with for the model. */
  readonly answerPrefix: string;
  readonly counted: CountedTokens;
  readonly calibration: 'none' | 'contextual';
  readonly order: 'given' | 'rotated';
}

export interface Scoring {
  readonly conversations: Conversations;
  readonly evaluator: Evaluator;
  readonly settings: ScoreSettings;
  /** The most tokens of a prompt and a candidate. */
  readonly contextLength: number;
}

/** A question's scores, and the tokens of its prompt. */
type Scores = CandidateScores & { readonly tokens: number };

/** Most questions whose scores are kept: they depend on nothing else, and a vote asks the same several times. */
const mostKept = 4096;

export function scorerOf({
  conversations,
  evaluator,
  settings,
  contextLength,
}: Scoring): NonNullable<Model['score']> {
  const { answerPrefix, counted, calibration, order } = settings;
  const lead = leadOf(answerPrefix);

  type Asked = Pick<ScoreRequest, 'prefix' | 'prompt' | 'candidates'>;
  const scores = async ({ prefix, prompt, candidates }: Asked): Promise<Scores | undefined> => {
    const sequences = candidates.map((text) => conversations.tokens({ prefix, prompt }, lead + text));
    if (Math.max(...sequences.map(({ length }) => length)) >= contextLength) return undefined;
    const shared = sharedStart(sequences);
    const head: readonly Token[] = sequences[0].slice(0, shared);
    const rules = conversations.rulesLength(prefix, head);
    const tails = sequences.map((tokens) => tokens.slice(shared));
    const found = await evaluator.alone(head, rules, ({ next }) => scoreCandidates(tails, counted, next));
    return { ...found, tokens: shared };
  };

  // Many calls may wait for one evaluation, so the signal of one of them does not end it.
  const known = new Map<string, Promise<Scores | undefined>>();
  const scoresOf = (asked: Asked, signal?: AbortSignal): Promise<Scores | undefined> => {
    const key = contentHash([asked.prefix, asked.prompt, ...asked.candidates]);
    let found = known.get(key);
    if (!found) {
      if (known.size >= mostKept) known.delete(known.keys().next().value!);
      found = scores(asked);
      known.set(key, found);
      found.catch(() => known.delete(key));
    }
    return signal ? unlessAborted(found, signal) : found;
  };

  return async ({ prefix, prompt, candidates, temperature }, signal) => {
    signal?.throwIfAborted();
    const choices = choicesText(candidates);
    const shown = order === 'rotated' ? choicesText(rotated(candidates, prefix, prompt)) : choices;
    const asked = prompt.endsWith(choices) ? prompt.slice(0, prompt.length - choices.length) + shown : prompt;
    const blank =
      calibration === 'contextual'
        ? await scoresOf({ prefix, prompt: shown, candidates }, signal)
        : undefined;
    const found = await scoresOf({ prefix, prompt: asked, candidates }, signal);
    if (!found) return { usage: {}, truncated: true };
    return {
      distribution: distributionOf(found.logs, temperature, blank?.logs),
      mass: found.mass,
      usage: { inputTokens: found.tokens, outputTokens: found.asked },
    };
  };
}

/**
 * Another one first, drawn for this question: over many decisions, each stands in each place equally often.
 */
export function rotated(candidates: readonly string[], prefix: string, prompt: string): readonly string[] {
  const first = randomStream('order of choices', prefix, prompt).integer(0, candidates.length - 1);
  return [...candidates.slice(first), ...candidates.slice(0, first)];
}

/** What stands before a choice in an answer that is begun so. */
export function leadOf(answerPrefix: string): string {
  return answerPrefix === '' || /\s$/.test(answerPrefix) ? answerPrefix : `${answerPrefix} `;
}

function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason as Error);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
