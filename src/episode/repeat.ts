import { affordable, type Model, sumUsage, type Usage } from '../contracts/index.ts';
import { askModel, type Decision, type DecisionRequest } from './asking/index.ts';
import { randomStream } from '../core/index.ts';

/** The question again, as another sample: the first is asked as it is, the others with seeds of their own. */
export function repetition<Request extends Pick<DecisionRequest, 'seed' | 'call'>>(
  request: Request,
  number: number,
): Request {
  if (number === 0) return request;
  const seed = randomStream('repetition', request.seed, number).integer(0, 2 ** 31 - 1);
  const call = request.call && `${request.call}, repetition ${number + 1}`;
  return { ...request, seed, ...(call !== undefined && { call }) };
}

/**
 * Asks once or several times, and as often again as the tokens pay for. What is made of several answers is
 * `readAnswers`'.
 *
 * @param least answers that are needed, at least 1
 * @param share tokens; undefined where nothing is to be spent beyond what is needed
 */
export async function askFor(
  least: number,
  share: number | undefined,
  model: Model,
  request: DecisionRequest,
  signal?: AbortSignal,
): Promise<readonly Decision[]> {
  // Most questions are asked once.
  if (least === 1 && share === undefined) return [await askModel(model, request, signal)];
  const ask = (from: number, to: number) =>
    Promise.all(
      Array.from({ length: to - from }, (_, k) => askModel(model, repetition(request, from + k), signal)),
    );
  const first = await ask(0, least);
  return [...first, ...(await ask(least, Math.max(least, affordable(share, first[0].usage))))];
}

/** What the trace keeps of a call. */
export type Together = Readonly<Told>;
interface Told {
  usage: Usage;
  answer?: string;
  message?: string;
  calls?: number;
  sent?: readonly string[];
}

/** What the trace keeps of all answers to one question together. */
export function together(decisions: readonly Decision[]): Together {
  const [first] = decisions;
  if (decisions.length === 1) {
    const { usage, answer, message, sent } = first;
    const told: Told = { usage };
    if (answer !== undefined) told.answer = answer;
    if (message !== undefined) told.message = message;
    if (sent) told.sent = sent;
    return told;
  }
  const message = decisions.find((decision) => decision.message !== undefined)?.message;
  return {
    ...(first.answer !== undefined && {
      answer: decisions.map(({ answer = '' }) => answer).join('\n[another sample]\n'),
    }),
    ...(message !== undefined && { message }),
    usage: sumUsage(decisions.map(({ usage }) => usage)),
    calls: decisions.length,
    ...(first.sent && { sent: decisions.flatMap(({ sent = [] }) => sent) }),
  };
}
