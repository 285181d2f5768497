import { aroundCalls, type Model, type Usage } from '../contracts/index.ts';
import { BudgetReachedError, InputError } from '../core/index.ts';

/** What a team may spend in its life, all models together. */
export interface TeamBudget {
  /** Questions to models. */
  readonly calls?: number;
  /** Input and output tokens. */
  readonly tokens?: number;
  readonly usd?: number;
}

export type Spent = Readonly<Required<TeamBudget>>;

/** Counts what models spend, and stops asking them when nothing is left. */
export interface SpendingMeter {
  readonly spent: Spent;
  /** The model, asked only while the budget lasts. At most the calls under way can go over tokens and dollars. */
  metered(model: Model): Model;
}

/** @throws InputError when a limit is not above 0 */
export function spendingMeter(budget: TeamBudget): SpendingMeter {
  const spent = { calls: 0, tokens: 0, usd: 0 };
  const limits = Object.entries(budget).filter(([, limit]) => limit !== undefined);
  for (const [name, limit] of limits) {
    if (!(limit > 0)) throw new InputError(`The budget's ${name} are ${limit}. A limit is a number above 0.`);
  }
  const check = () => {
    for (const [name, limit] of limits) {
      const used = spent[name as keyof Spent];
      if (used >= limit)
        throw new BudgetReachedError(
          `The team's budget is reached: ${+used.toFixed(4)} of ${limit} ${name}. Make a team with a larger budget to go on.`,
        );
    }
  };
  const add = ({ inputTokens, outputTokens, costUsd }: Usage) => {
    if (budget.tokens !== undefined && inputTokens === undefined && outputTokens === undefined)
      throw unreported('tokens', 'Limit `calls` instead.');
    if (budget.usd !== undefined && costUsd === undefined)
      throw unreported('costs', 'Limit `tokens` or `calls` instead, or tell the model its prices.');
    spent.tokens += (inputTokens ?? 0) + (outputTokens ?? 0);
    spent.usd += costUsd ?? 0;
  };
  return {
    get spent() {
      return { ...spent };
    },
    metered: (model) =>
      aroundCalls(model, async (_, send) => {
        check();
        spent.calls++;
        const reply = await send();
        add(reply.usage);
        return reply;
      }),
  };
}

/** A limit that can never be reached would be no limit. */
function unreported(what: string, remedy: string): InputError {
  return new InputError(`The team has a budget of ${what}, but its model reports no ${what}. ${remedy}`);
}
