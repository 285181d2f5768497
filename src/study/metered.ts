import { type DecisionRequest, type Model, ProviderError, type Usage } from '../contracts/index.ts';
import { type Amount, amountOf, atLeastNothing, type EpisodeAccount, nothing } from './budget.ts';

export interface MeteringOptions {
  /** Whether anything has to be set aside. */
  readonly limited: boolean;
  readonly costs: CallCosts;
  /** Told what each call reported. */
  readonly onUsage: (usage: Usage) => void;
  /** Holds the calls that have not ended. */
  readonly underWay?: Set<Promise<unknown>>;
}

/**
 * The model at the expense of one episode: what a call can come to at most is set aside before it is sent, so calls
 * in flight cannot overrun a limit together.
 */
export function metered(
  model: Model,
  account: EpisodeAccount,
  { limited, costs, onUsage, underWay }: MeteringOptions,
): Model {
  /** Models of services say what they can use at most, and should say what they used. */
  const noteUncounted = ({ inputTokens, outputTokens }: Usage) => {
    if (model.worstCase && (inputTokens === undefined || outputTokens === undefined)) account.noteUncounted();
  };
  const ask: Model['decide'] = async (request, signal) => {
    if (!limited) {
      const paid = (usage: Usage) => {
        account.add(amountOf(usage));
        onUsage(usage);
      };
      const decision = await model.decide(request, signal).catch((error: unknown) => {
        paid(usageOf(error));
        throw error;
      });
      paid(decision.usage);
      noteUncounted(decision.usage);
      return decision;
    }
    const most = worstCase(model, request);
    const reservation = await account.call(amountOf(most), signal);
    let decision;
    try {
      decision = await model.decide(request, signal);
    } catch (error) {
      onUsage(usageOf(error));
      // A service may have been paid for an answer that nobody waited for.
      if (signal?.aborted && model.worstCase) reservation.lose();
      else reservation.settle(amountOf(usageOf(error)));
      throw error;
    }
    const used = charged(decision.usage, model.worstCase ? most : {});
    reservation.settle(used, atLeastNothing(used, amountOf(decision.usage)));
    noteUncounted(decision.usage);
    costs.note(model, used);
    onUsage(decision.usage);
    return decision;
  };
  if (!underWay) return { ...model, decide: ask };
  return {
    ...model,
    decide: (request, signal) => {
      const call = ask(request, signal);
      const ended = () => underWay.delete(call);
      underWay.add(call);
      call.then(ended, ended);
      return call;
    },
  };
}

/** Every token takes at least a byte, so a text has at most as many tokens as bytes in UTF-8. */
export function worstCase(model: Model, request: DecisionRequest): Usage {
  if (model.worstCase) return model.worstCase(request);
  const bytes = Buffer.byteLength(request.prefix) + Buffer.byteLength(request.prompt);
  return { inputTokens: bytes + 64, outputTokens: 64 };
}

/** What a call cost that failed in the end. */
function usageOf(error: unknown): Usage {
  return (error instanceof ProviderError && error.usage) || {};
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
