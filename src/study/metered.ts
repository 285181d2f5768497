import type { DecisionRequest, Model, Usage } from '../contracts/index.ts';
import { type Amount, amountOf, type EpisodeAccount, nothing } from './budget.ts';

export interface MeteringOptions {
  /** Whether anything has to be set aside. */
  readonly limited: boolean;
  readonly costs: CallCosts;
  /** Told what each call reported. */
  readonly onUsage: (usage: Usage) => void;
}

/**
 * The model at the expense of one episode: what a call can come to at most is set aside before it is sent, so calls
 * in flight cannot overrun a limit together.
 */
export function metered(
  model: Model,
  account: EpisodeAccount,
  { limited, costs, onUsage }: MeteringOptions,
): Model {
  const decide: Model['decide'] = async (request, signal) => {
    if (!limited) {
      const decision = await model.decide(request, signal);
      account.add(amountOf(decision.usage));
      onUsage(decision.usage);
      return decision;
    }
    const most = worstCase(model, request);
    const reservation = await account.call(amountOf(most), signal);
    let used = nothing;
    try {
      const decision = await model.decide(request, signal);
      used = charged(decision.usage, model.worstCase ? most : {});
      costs.note(model, used);
      onUsage(decision.usage);
      return decision;
    } finally {
      reservation.settle(used);
    }
  };
  return { ...model, decide };
}

/** Every token takes at least a byte, so a text has at most as many tokens as bytes in UTF-8. */
export function worstCase(model: Model, request: DecisionRequest): Usage {
  if (model.worstCase) return model.worstCase(request);
  const bytes = Buffer.byteLength(request.prefix) + Buffer.byteLength(request.prompt);
  return { inputTokens: bytes + 64, outputTokens: 64 };
}

/** What a service does not report is charged as the most that it can have been. */
function charged(usage: Usage, most: Usage): Amount {
  return amountOf({
    inputTokens: usage.inputTokens ?? most.inputTokens,
    outputTokens: usage.outputTokens ?? most.outputTokens,
    costUsd: usage.costUsd ?? most.costUsd,
  });
}

/** What calls and episodes have cost so far, by model and by cell: what the next ones are expected to cost. */
export interface CallCosts {
  note(model: Model, used: Amount): void;
  episode(cell: string, spent: Amount): void;
  /** The dearest episode of the cell so far; before there is one, that many calls at the model's mean. */
  expected(cell: string, model: Model, calls: number): Amount | undefined;
}

export function callCosts(): CallCosts {
  const calls = new Map<Model, { count: number; tokens: number; usd: number }>();
  const episodes = new Map<string, Amount>();
  return {
    note: (model, used) => {
      const sum = calls.get(model) ?? { count: 0, tokens: 0, usd: 0 };
      calls.set(model, { count: sum.count + 1, tokens: sum.tokens + used.tokens, usd: sum.usd + used.usd });
    },
    episode: (cell, spent) => {
      const most = episodes.get(cell) ?? nothing;
      episodes.set(cell, { tokens: Math.max(most.tokens, spent.tokens), usd: Math.max(most.usd, spent.usd) });
    },
    expected: (cell, model, count) => {
      const known = episodes.get(cell);
      if (known) return known;
      const sum = calls.get(model);
      return sum && { tokens: (count * sum.tokens) / sum.count, usd: (count * sum.usd) / sum.count };
    },
  };
}
