import type {
  ChoiceInWords,
  JsonObject,
  ModelRequest,
  ScoreReply,
  TextReply,
  Usage,
} from '../../../contracts/index.ts';
import { contentHash } from '../../../core/index.ts';
import type { EarlierCall, EarlierDecision, EarlierTraits, Shares } from './earlier-format.ts';
import type { ModelTraits, RecordedModel } from './format.ts';

/** What today's contract says of a model that was recorded. */
export function traitsToday(recorded: RecordedModel): ModelTraits {
  const { facts, fingerprint } = recorded;
  if ('writes' in recorded || 'scores' in recorded) return recorded;
  const { answers = 'probabilities' } = recorded as EarlierTraits;
  if (answers === 'probabilities') return { facts, fingerprint, scores: true };
  const { maxOutputTokens = 1024 } = (recorded.options ?? {}) as { readonly maxOutputTokens?: number };
  const asking: ChoiceInWords = { form: answers, maxTokens: maxOutputTokens };
  return { facts, fingerprint, asking, writes: true };
}

/** By its name, or by what both versions hold of a question without one. */
export function earlierSlot(
  model: string,
  { call, prompt, temperature, seed }: Pick<ModelRequest, 'call' | 'prompt' | 'temperature' | 'seed'>,
): string {
  return contentHash({
    model,
    earlier: true,
    ...(call === undefined ? { prompt, temperature, seed } : { call }),
  });
}

/** What today's call and the recorded question have in common, of either. */
export function commonContent(recorded: EarlierCall & { readonly prefix: string }, request: ModelRequest) {
  const { prefix, prompt, temperature, seed, actions } = recorded;
  const scored = 'candidates' in request;
  // The rules came first, then how to answer.
  const rules = !scored && request.prefix.startsWith(`${prefix}\n\n`) ? prefix : request.prefix;
  const now = { prefix: rules, prompt: request.prompt, temperature: request.temperature, seed: request.seed };
  const then: JsonObject = { prefix, prompt, temperature, seed };
  return scored
    ? { then: { ...then, candidates: actions }, now: { ...now, candidates: request.candidates } }
    : { then, now };
}

const again = '\n[asked again]\n';

/** What the model answered to this call of the decision. */
export function earlierReply(
  recorded: EarlierCall,
  request: ModelRequest,
): TextReply | ScoreReply | undefined {
  const { decision } = recorded;
  if (!decision) return undefined;
  const { distribution, answer, usage, sent, truncated } = decision;
  const more = { usage, ...(sent && { sent }), ...(truncated && { truncated }) };
  if ('candidates' in request) {
    return { ...(distribution && { distribution }), ...(answer !== undefined && { answer }), ...more };
  }
  if (truncated) return { text: '', ...more };
  const parted = answer?.lastIndexOf(again) ?? -1;
  const isSecond = (request.turns?.length ?? 0) > 0;
  if (answer === undefined || (isSecond && parted < 0)) {
    // Its words are not there, or are read otherwise today: what was made of them is said in words that can be read.
    return { text: choiceInWords(recorded, decision), ...(isSecond ? { usage: nothingOf(usage) } : more) };
  }
  if (parted < 0) return { text: answer, ...more };
  // All that both cost stands with the first of them.
  const first = { text: answer.slice(0, parted), usage, ...(sent && { sent: sent.slice(0, -1) }) };
  const second = {
    text: answer.slice(parted + again.length),
    usage: nothingOf(usage),
    ...(sent && { sent: sent.slice(-1) }),
  };
  return isSecond ? second : first;
}

/** 0 of what was counted, so that a sum with it is whole. */
function nothingOf(usage: Usage): Usage {
  return Object.fromEntries(Object.keys(usage).map((part) => [part, 0]));
}

/**
 * Until play revision 2 a sampled answer was recorded as a distribution: the action that it named got the confidence
 * that it stated, all others the rest. The largest share is the action's.
 */
function choiceInWords({ actions, team }: EarlierCall, decision: EarlierDecision): string {
  const { confidence, message, action = decision.distribution && largest(decision.distribution) } = decision;
  const chosen = team
    ? team.map(({ name, actions: own }, k) => [name, wordOf(own, decision.team?.[k])])
    : [['action', wordOf(actions, action)]];
  if (chosen.some(([, word]) => word === undefined)) return '';
  return JSON.stringify({
    ...(message !== undefined && { message }),
    ...(Object.fromEntries(chosen) as JsonObject),
    ...(confidence !== undefined && { confidence }),
  });
}

function wordOf(actions: readonly string[], choice: number | Shares | undefined): string | undefined {
  return choice === undefined ? undefined : actions[typeof choice === 'number' ? choice : largest(choice)];
}

function largest(shares: Shares): number {
  return shares.indexOf(Math.max(...shares));
}
