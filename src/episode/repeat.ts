import { type Decision, type DecisionRequest, type Model, sumUsage, type Usage } from '../contracts/index.ts';
import { askModel } from './asking/ask-model.ts';
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
 * Asks once or several times, and as often again as the tokens pay for. What is made of several answers is
 * `actOn`'s: the most frequent one counts (self-consistency, Wang et al. 2022, arXiv 2203.11171).
 *
 * @param least answers that are needed, at least 1
 * @param share tokens; undefined where nothing is to be spent beyond what is needed
 */
export async function askFor(
  { least, share }: { readonly least: number; readonly share?: number },
  model: Model,
  request: DecisionRequest,
  signal?: AbortSignal,
): Promise<readonly Decision[]> {
  const ask = (from: number, to: number) =>
    Promise.all(
      Array.from({ length: to - from }, (_, k) => askModel(model, repetition(request, from + k), signal)),
    );
  const first = await ask(0, least);
  return [...first, ...(await ask(least, Math.max(least, affordable(share, first[0].usage))))];
}

/** What the trace keeps of all answers to one question together. */
export function together(decisions: readonly Decision[]) {
  const [first] = decisions;
  const message = decisions.find((decision) => decision.message !== undefined)?.message;
  return {
    ...(first.answer !== undefined && {
      answer: decisions.map(({ answer = '' }) => answer).join('\n[another sample]\n'),
    }),
    ...(message !== undefined && { message }),
    usage: sumUsage(decisions.map(({ usage }) => usage)),
    ...(decisions.length > 1 && { calls: decisions.length }),
    ...(first.sent && { sent: decisions.flatMap(({ sent = [] }) => sent) }),
  };
}
