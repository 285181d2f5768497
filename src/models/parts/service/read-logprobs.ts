import { z } from 'zod';
import type { TokenCandidate } from './chat-service.ts';

/** A logarithm of a probability; rounding may leave one just above 0. */
const logprob = z.number().transform((value) => Math.min(value, 0));
const candidate = z.object({ token: z.string(), logprob });
const position = z.object({
  token: z.string().nullish().catch(undefined),
  logprob: z.unknown().optional(),
  top_logprobs: z.array(z.unknown()).nullish().catch(undefined),
});
const positions = z.array(position);

/**
 * The candidates of each token of an answer, each once, from a list such as OpenAI's and Ollama's. Whatever of it is
 * missing or null is left out: a token without alternatives is its own candidate, and one without a log-probability
 * is none. Undefined where there is no list.
 */
export function readLogprobs(list: unknown): readonly (readonly TokenCandidate[])[] | undefined {
  const parsed = positions.safeParse(list);
  if (!parsed.success) return undefined;
  return parsed.data.map(({ top_logprobs: top, ...own }) => {
    const alternatives = (top ?? []).flatMap(readCandidate);
    return distinct(alternatives.length > 0 ? alternatives : readCandidate(own));
  });
}

function readCandidate(value: unknown): TokenCandidate[] {
  const parsed = candidate.safeParse(value);
  return parsed.success ? [parsed.data] : [];
}

/** Some services list the token that was drawn a second time; its probability counts once. */
function distinct(candidates: readonly TokenCandidate[]): TokenCandidate[] {
  const byToken = new Map<string, TokenCandidate>();
  for (const next of candidates) {
    const known = byToken.get(next.token);
    if (!known || next.logprob > known.logprob) byToken.set(next.token, next);
  }
  return [...byToken.values()];
}
