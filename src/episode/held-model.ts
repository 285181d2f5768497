import {
  aroundCalls,
  type Model,
  type ModelRequest,
  ProviderError,
  type ScoreReply,
  type TextReply,
} from '../contracts/index.ts';
import { AgentMeshError, InputError, reasonOf } from '../core/index.ts';

const precision = 1e-6;

/**
 * The model with every reply held to its contract: what breaks it fails the run with what is wrong, before it can
 * spoil a result or a store. What it throws gets its name.
 *
 * @throws InputError when it is no model, with what it lacks
 */
export function heldModel(name: string, model: Model): Model {
  const lacking = lackOf(model);
  if (lacking !== undefined) throw new InputError(`The model "${name}" ${lacking}.`);
  return aroundCalls(model, async (request, send, signal) => {
    let reply;
    try {
      reply = await send();
    } catch (error) {
      if (error instanceof AgentMeshError || signal?.aborted) throw error;
      throw new ProviderError(`The model "${name}" failed with "${reasonOf(error)}".`, { cause: error });
    }
    const wrong = oddReply(reply, request);
    if (wrong === undefined) return reply;
    const call = request.call === undefined ? '' : ` (${request.call})`;
    throw new ProviderError(`The model "${name}" breaks its contract: ${wrong}${call}.`);
  });
}

function lackOf(model: Partial<Model> | null | undefined): string | undefined {
  if (typeof model !== 'object' || model === null) return 'is none: its `create` gave no object';
  if (!model.generate && !model.score) return 'can do nothing: give it `generate`, `score`, or both';
  if (typeof model.facts !== 'object' || typeof model.fingerprint !== 'object')
    return 'lacks `facts` or `fingerprint`: an empty object says that nothing is known';
  return typeof model.close === 'function' ? undefined : 'lacks `close`';
}

function oddReply(reply: TextReply | ScoreReply | undefined, request: ModelRequest): string | undefined {
  if (typeof reply !== 'object' || reply === null) return 'it gave no reply';
  const { usage } = reply;
  if (typeof usage !== 'object' || usage === null) return 'its reply has no `usage`';
  for (const [part, value] of Object.entries(usage))
    if (value !== undefined && !(Number.isFinite(value) && value >= 0))
      return `its usage has ${part} ${value}`;
  if (!('candidates' in request))
    return 'text' in reply && typeof reply.text === 'string' ? undefined : 'its reply has no `text`';
  const { distribution } = reply as ScoreReply;
  return distribution && oddDistribution(distribution, request.candidates.length);
}

function oddDistribution(distribution: readonly number[], candidates: number): string | undefined {
  if (distribution.length !== candidates)
    return `it gave ${distribution.length} probabilities for ${candidates} candidates`;
  let sum = 0;
  for (const p of distribution) {
    if (!(p >= 0 && p <= 1 + precision)) return `it gave the probability ${p}`;
    sum += p;
  }
  return Math.abs(sum - 1) <= precision ? undefined : `its probabilities sum to ${sum}, not to 1`;
}
