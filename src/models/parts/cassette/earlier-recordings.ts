import { type AnswerForm, type Decision, type DecisionRequest, scoresExactly } from '../../../contracts/index.ts';
import { answerFormats } from '../answer/formats.ts';

type Shares = readonly number[];

/** A decision as a cassette of any age holds it. */
export type StoredDecision = Omit<Decision, 'team'> & { readonly team?: readonly (number | Shares)[] };

/**
 * A recorded decision as it is made today. Until play revision 2 a sampled answer was recorded as a distribution: the
 * action that it named got the confidence that it stated, all others the rest. The words stand beside it and are read
 * again; where they cannot be, the action is the one with the largest share.
 */
export function asAnswered(
  stored: StoredDecision,
  answers: AnswerForm | undefined,
  request: DecisionRequest,
): Decision {
  const { distribution, team, ...rest } = stored;
  const earlier = answers !== undefined && !scoresExactly({ answers }) && (distribution ?? team?.some(Array.isArray));
  if (!earlier) return stored as Decision;
  // What was asked again counts by its second answer.
  const text = rest.answer?.split('\n[asked again]\n').at(-1);
  const read = text === undefined ? undefined : answerFormats[answers].read({ text, usage: {} }, request);
  if (read) return { ...rest, ...read };
  return {
    ...rest,
    ...(distribution && { action: largest(distribution) }),
    ...(team && { team: team.map((share) => (typeof share === 'number' ? share : largest(share))) }),
  };
}

function largest(shares: Shares): number {
  return shares.indexOf(Math.max(...shares));
}
