import type { Model, Usage } from '../contracts/index.ts';
import { AgentMeshError, exitCodes } from '../core/index.ts';
import type { StudySettings } from './schema.ts';

/** The study's budget is used up; what is in flight is dropped, what is finished is stored. */
export class BudgetReachedError extends AgentMeshError {
  override readonly exitCode = exitCodes.budgetReached;
}

/** Counts what a study spends against its limits. */
export interface BudgetMeter {
  readonly spent: { readonly tokens: number; readonly usd: number };
  add(usage: Usage): void;
  /** @throws BudgetReachedError when nothing more may be spent */
  check(): void;
}

/** @param already what earlier starts of the study have spent */
export function budgetMeter(budget: StudySettings['budget'], already: Usage): BudgetMeter {
  const spent = { tokens: 0, usd: 0 };
  const add = (usage: Usage) => {
    spent.tokens += (usage.inputTokens ?? 0) + (usage.outputTokens ?? 0);
    spent.usd += usage.costUsd ?? 0;
  };
  add(already);
  return {
    spent,
    add,
    check: () => {
      const { tokens = Infinity, usd = Infinity } = budget;
      if (spent.tokens >= tokens)
        throw new BudgetReachedError(reached(`${spent.tokens} of ${tokens} tokens`));
      if (spent.usd >= usd)
        throw new BudgetReachedError(reached(`${spent.usd.toFixed(2)} of ${usd} US dollars`));
    },
  };
}

const reached = (what: string) =>
  `The budget is reached: ${what}. Finished runs are stored. Raise \`budget\` in the study file and start again to go on.`;

/** The model, asked only while the budget lasts. At most the calls that are already under way can go over it. */
export function metered(model: Model, meter: BudgetMeter): Model {
  return {
    ...model,
    decide: async (request, signal) => {
      meter.check();
      const decision = await model.decide(request, signal);
      meter.add(decision.usage);
      return decision;
    },
  };
}
