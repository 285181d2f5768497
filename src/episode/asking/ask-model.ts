import {
  askingOf,
  type JsonObject,
  type Model,
  type ModelRequest,
  type ScoreRequest,
  type TextReply,
  type TextRequest,
  totalUsage,
} from '../../contracts/index.ts';
import { InputError } from '../../core/index.ts';
import { answerTemplatesRevision, echoedAnswer, longestEcho } from '../../prompt/index.ts';
import type { Decision, DecisionRequest } from './decision.ts';
import { inWords, readWords, repairWords } from './forms.ts';

/**
 * The one place in which a model is asked to choose: by its exact probabilities where it scores, else in words, once
 * more where the first answer cannot be read. Free words beside a choice and choices for several members at once are
 * always asked for in words.
 *
 * @throws ProviderError when no answer could be had; the reason of `signal` when it aborts
 */
export async function askModel(
  model: Model,
  request: DecisionRequest,
  signal?: AbortSignal,
): Promise<Decision> {
  if (scores(model, request)) {
    const { answer, ...scored } = await model.score!(scoreRequest(request), signal);
    return { ...scored, ...(answer !== undefined && { answer }) };
  }
  const first = inWords(askingOf(model), request);
  const reply = await write(model, first, signal);
  const costs = costsOf(reply);
  if (reply.truncated) return { ...costs, truncated: true };
  const read = readWords(reply.text, request);
  if (read) return { ...read, answer: reply.text, ...costs };

  const second = await write(model, askedAgain(first, reply.text, request), signal);
  const both = costsOf(reply, second);
  if (second.truncated) return { ...both, truncated: true };
  return {
    ...readWords(second.text, request),
    answer: `${reply.text}\n[asked again]\n${second.text}`,
    ...both,
  };
}

function scores(model: Model, { speech, team }: DecisionRequest): boolean {
  return model.score !== undefined && !speech && !team;
}

function scoreRequest({ prefix, prompt, actions, temperature, seed, call }: DecisionRequest): ScoreRequest {
  return { prefix, prompt, candidates: actions, temperature, seed, ...(call !== undefined && { call }) };
}

function write(model: Model, request: TextRequest, signal?: AbortSignal): Promise<TextReply> {
  if (model.generate) return model.generate(request, signal);
  throw new InputError(
    `A model was asked to choose that neither scores nor writes${request.call === undefined ? '' : ` (${request.call})`}. ` +
      'Give it `score` or `generate`.',
  );
}

/** The question again, after an answer that could not be read, with what is said to it. */
export function askedAgain(first: TextRequest, answer: string, request: DecisionRequest): TextRequest {
  return { ...first, turns: [{ answer: echoedAnswer(answer), reply: repairWords(request) }] };
}

/** The first call of a decision. */
export function firstCall(model: Model, request: DecisionRequest): ModelRequest {
  return scores(model, request) ? scoreRequest(request) : inWords(askingOf(model), request);
}

/** All calls that a decision can come to, the longest answer between them. */
export function mostCalls(model: Model, request: DecisionRequest): readonly ModelRequest[] {
  const first = firstCall(model, request);
  if ('candidates' in first) return [first];
  // Read again, an answer may fall into other tokens than it was written in; not into twice as many. Each takes at least
  // a byte, and a character at most four.
  const answer = 'x'.repeat(Math.min(4 * longestEcho, 2 * first.maxTokens));
  return [first, askedAgain(first, answer, request)];
}

/** Whatever fixes the answers of a model beside its options, the way of asking included: part of every run's hash. */
export function fingerprintOf(model: Model): JsonObject {
  const { fingerprint } = model;
  if (model.score) return fingerprint;
  return { ...fingerprint, answer: askingOf(model).form, answerTemplates: answerTemplatesRevision };
}

function costsOf(...replies: readonly TextReply[]): Pick<Decision, 'usage' | 'sent'> {
  const sent = replies.flatMap((reply) => reply.sent ?? []);
  return { usage: totalUsage(replies.map(({ usage }) => usage)), ...(sent.length > 0 && { sent }) };
}
