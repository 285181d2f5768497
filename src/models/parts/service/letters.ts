import type { ScoreRequest } from '../../../contracts/index.ts';
import { echoedAnswer, letteredChoices, letterInstruction, repairRequest } from '../../../prompt/index.ts';
import type { ChatCall, ChatReply } from './chat-service.ts';
import { ServiceFault } from './fault.ts';
import { isBlankToken, letterLogWeights, tempered } from './letter-weights.ts';

const alphabet = [...'ABCDEFGHIJKLMNOPQRST'];

/**
 * The model's own probabilities: choices get letters, and the distribution is that of the first token of the answer over
 * the letters. Temperature T is applied here, as p^(1/T), to the probabilities at temperature 1: so nothing depends on
 * what was sampled, and what comes after the first token is neither read nor paid for. Services report at most 20
 * candidates, so at most 20 choices; letters that are not among the candidates have probability 0.
 */
export function letterCall({
  prefix,
  prompt,
  candidates,
}: ScoreRequest): Omit<ChatCall, 'temperature' | 'seed'> {
  return {
    messages: [
      { role: 'system', content: `${prefix}\n\n${letterInstruction}` },
      { role: 'user', content: prompt + letteredChoices(alphabet, candidates) },
    ],
    topLogprobs: 20,
    maxOutputTokens: 1,
  };
}

/** @throws ServiceFault for more choices than there are candidates */
export function refuseTooManyLetters({ candidates }: ScoreRequest): void {
  if (candidates.length <= alphabet.length) return;
  throw new ServiceFault(
    'refused',
    `${candidates.length} actions are available, but probabilities can be read for ${alphabet.length} at most. ` +
      'Set the model’s option `answer: structured`.',
  );
}

/** What came of a question about lettered choices. */
export interface LetterAnswer {
  /** Absent where no candidate was one of the letters, asked twice. */
  readonly distribution?: readonly number[];
  /** The probability that the first answer begins with one of the letters, or less: unlikely ones are not reported. */
  readonly mass?: number;
  /** The words of both answers. */
  readonly answer: string;
  readonly truncated: boolean;
}

/** Asks, and once more where no letter was answered: one answer of many may come without log-probabilities. */
export async function askLetters(
  request: ScoreRequest,
  call: ChatCall,
  send: (call: ChatCall) => Promise<ChatReply>,
): Promise<LetterAnswer> {
  const first = await send(call);
  const logs = logWeightsOf(first, request);
  const mass = logs && massOf(logs);
  const read = first.truncated ? undefined : logs && tempered(logs, request.temperature);
  if (read || first.truncated) return answered(read, mass, first.text, first);
  const second = await send({
    ...call,
    messages: [
      ...call.messages,
      { role: 'assistant', content: echoedAnswer(first.text) },
      { role: 'user', content: repairLetters(request) },
    ],
  });
  const again = logWeightsOf(second, request);
  return answered(
    again && tempered(again, request.temperature),
    mass,
    `${first.text}\n[asked again]\n${second.text}`,
    second,
  );
}

function answered(
  distribution: readonly number[] | undefined,
  mass: number | undefined,
  answer: string,
  { truncated = false }: ChatReply,
): LetterAnswer {
  if (!distribution || truncated) return { answer, truncated };
  return { distribution, ...(mass !== undefined && { mass }), answer, truncated };
}

const repairLetters = ({ candidates }: ScoreRequest) => repairRequest(alphabet.slice(0, candidates.length));

/** The most bytes that asking again adds to a question. */
export function longestLetterRepair(request: ScoreRequest): number {
  // The answer is one token, which may fall into two when it is read again.
  return Buffer.byteLength(repairLetters(request)) + 2;
}

/** Of the first token that says something; undefined where no candidates are reported. */
function logWeightsOf({ logprobs }: ChatReply, { candidates }: ScoreRequest): number[] | undefined {
  if (!logprobs) return undefined;
  const first = logprobs.find((some) => some.some(({ token }) => !isBlankToken(token))) ?? [];
  return letterLogWeights(first, alphabet.slice(0, candidates.length));
}

function massOf(logWeights: readonly number[]): number {
  return Math.min(
    1,
    logWeights.reduce((sum, x) => sum + Math.exp(x), 0),
  );
}
