import { aroundCalls, type Model, type ModelRequest, ProviderError, type Usage } from '../contracts/index.ts';
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

/** One call of a model, whatever is asked, as far as its cost is concerned. */
export interface PayableCall<Reply extends { readonly usage: Usage }> {
  readonly model: Model;
  /** A service answers it: it may be paid for an answer that nobody waits for, and should say what it used. */
  readonly ofService: boolean;
  /** What it can use at most. Asked for only where something is limited. */
  readonly worstCase: () => Usage;
  readonly send: () => Promise<Reply>;
}

/** Sends calls at the expense of one episode. */
export type PayCall = <Reply extends { readonly usage: Usage }>(
  call: PayableCall<Reply>,
  signal?: AbortSignal,
) => Promise<Reply>;

/**
 * Pays for calls: what one can come to at most is set aside before it is sent, so calls in flight cannot overrun a
 * limit together.
 */
export function payingFor(
  account: EpisodeAccount,
  { limited, costs, onUsage, underWay }: MeteringOptions,
): PayCall {
  const noteUncounted = ({ inputTokens, outputTokens }: Usage, ofService: boolean) => {
    if (ofService && (inputTokens === undefined || outputTokens === undefined)) account.noteUncounted();
  };
  const free: PayCall = async ({ ofService, send }) => {
    const paid = (usage: Usage) => {
      account.add(amountOf(usage));
      onUsage(usage);
    };
    const reply = await send().catch((error: unknown) => {
      paid(usageOf(error));
      throw error;
    });
    paid(reply.usage);
    noteUncounted(reply.usage, ofService);
    return reply;
  };
  const setAside: PayCall = async ({ model, ofService, worstCase: worst, send }, signal) => {
    const most = worst();
    const reservation = await account.call(amountOf(most), signal);
    let reply;
    try {
      reply = await send();
    } catch (error) {
      onUsage(usageOf(error));
      if (signal?.aborted && ofService) reservation.lose();
      else reservation.settle(amountOf(usageOf(error)));
      throw error;
    }
    const used = charged(reply.usage, ofService ? most : {});
    reservation.settle(used, atLeastNothing(used, amountOf(reply.usage)));
    noteUncounted(reply.usage, ofService);
    costs.note(model, used);
    onUsage(reply.usage);
    return reply;
  };
  const pay = limited ? setAside : free;
  if (!underWay) return pay;
  return (call, signal) => {
    const sent = pay(call, signal);
    const ended = () => underWay.delete(sent);
    underWay.add(sent);
    sent.then(ended, ended);
    return sent;
  };
}

/** The model with its calls paid for. */
export function metered(model: Model, pay: PayCall): Model {
  const ofService = model.service !== undefined;
  return aroundCalls(model, (request, send, signal) =>
    pay({ model, ofService, worstCase: () => worstCase(model, request), send }, signal),
  );
}

/** Every token takes at least a byte, so a text has at most as many tokens as bytes in UTF-8. */
export function worstCase({ service }: Model, request: ModelRequest): Usage {
  if (service) return service.worstCase(request);
  const { prefix, prompt } = request;
  const [told, written] =
    'candidates' in request ? [[], 64] : [request.turns ?? [], Math.max(64, request.maxTokens)];
  const read = [prefix, prompt, ...told.flatMap(({ answer, reply }) => [answer, reply])];
  return { inputTokens: Buffer.byteLength(read.join('')) + 64, outputTokens: written };
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
  /**
   * The dearest episode of the cell so far; before there is one, that many calls at the model's mean, and undefined where
   * nobody can say how many and whose they are.
   */
  expected(cell: string, model: Model, calls: number | undefined): Amount | undefined;
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
      if (known || count === undefined) return known;
      const sum = calls.get(model);
      return sum && { tokens: (count * sum.tokens) / sum.count, usd: (count * sum.usd) / sum.count };
    },
  };
}
