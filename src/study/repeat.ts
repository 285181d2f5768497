import { type Decision, type DecisionRequest, type Model, sumUsage, type Usage } from '../contracts/index.ts';
import { randomStream } from '../core/index.ts';

/** More repetitions of one question than this tell nothing new. */
const mostRepetitions = 100;

/** The question again, as another sample: the first is asked as it is, the others with seeds of their own. */
export function repetition(request: DecisionRequest, number: number): DecisionRequest {
  if (number === 0) return request;
  const seed = randomStream('repetition', request.seed, number).integer(0, 2 ** 31 - 1);
  const call = request.call && `${request.call}, repetition ${number + 1}`;
  return { ...request, seed, ...(call !== undefined && { call }) };
}

/** How often something can be done for `share` tokens when it was done once for `used`; unknown costs buy nothing. */
export function affordable(share: number | undefined, used: Usage): number {
  const tokens = tokensOf(used);
  if (share === undefined || tokens === 0) return 1;
  return Math.max(1, Math.min(mostRepetitions, Math.floor(share / tokens)));
}

export function tokensOf({ inputTokens = 0, outputTokens = 0 }: Usage): number {
  return inputTokens + outputTokens;
}

/**
 * Asks once, and as often again as the tokens pay for. The answer is the mean of the distributions: as many votes as
 * samples, each weighted by its confidence (self-consistency, Wang et al. 2022, arXiv 2203.11171).
 *
 * @param share tokens; undefined for a single question
 */
export async function askFor(
  share: number | undefined,
  model: Model,
  request: DecisionRequest,
  signal?: AbortSignal,
): Promise<Decision & { readonly calls: number }> {
  const first = await model.decide(request, signal);
  const calls = affordable(share, first.usage);
  if (calls === 1) return { ...first, calls };
  const rest = Array.from({ length: calls - 1 }, (_, k) => model.decide(repetition(request, k + 1), signal));
  const all = [first, ...(await Promise.all(rest))];
  const read = all.flatMap(({ distribution }) => (distribution ? [distribution] : []));
  const message = all.find((decision) => decision.message !== undefined)?.message;
  return {
    calls,
    ...(read.length > 0 && {
      distribution: read[0].map((_, k) => read.reduce((sum, p) => sum + p[k], 0) / read.length),
    }),
    ...(first.answer !== undefined && {
      answer: all.map(({ answer = '' }) => answer).join('\n[another sample]\n'),
    }),
    ...(message !== undefined && { message }),
    usage: sumUsage(all.map(({ usage }) => usage)),
    ...(first.sent && { sent: all.flatMap(({ sent = [] }) => sent) }),
    ...(all.some(({ truncated }) => truncated) && { truncated: true }),
  };
}
