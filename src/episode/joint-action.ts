import type { Action, Offer } from '../contracts/index.ts';
import { type Step, strategyError } from './step.ts';

/** No token of a usual tokeniser is longer, in characters. */
const longestToken = 64;

/** @throws StrategyError for what is no joint action that the agents can take, naming agent and action */
export function refuseOddActions(step: Step, actions: readonly Action[] | undefined): void {
  const { agentNames, actions: words } = step.setting.task;
  if (actions?.length !== agentNames.length)
    throw strategyError(
      step,
      `it decided for ${actions?.length ?? 'no'} agents. There are ${agentNames.length}: ` +
        `${agentNames.join(', ')}.`,
    );
  for (let agent = 0; agent < actions.length; agent++) {
    const { offer } = step.situations[agent];
    const wrong = oddAction(actions[agent], offer, words);
    if (wrong !== undefined) throw strategyError(step, `${agentNames[agent]} was to ${wrong}`);
  }
}

function oddAction(action: Action, offer: Offer, words: readonly string[]): string | undefined {
  if (offer.kind === 'choice') {
    if (offer.actions.includes(action as number)) return undefined;
    const named = typeof action === 'number' ? (words[action] ?? `action ${action}`) : written(action);
    return `do ${named}, which is not available. It has: ${offer.actions.map((a) => words[a]).join(', ')}.`;
  }
  if (typeof action !== 'string')
    return `do action ${written(action)}, but it has ${offer.kind === 'text' ? 'a text to write' : 'nothing to do but talk'}.`;
  if (offer.kind === 'none')
    return action === ''
      ? undefined
      : `act by ${quoted(action)}, but it has nothing to do but talk: its action is ''.`;
  return tooLong(action, offer.maxTokens)
    ? `write ${action.length} characters, which is more than ${offer.maxTokens} tokens, the limit of the task.`
    : undefined;
}

/**
 * A text as a task takes it. A model whose service keeps no limit may write more; what is certainly beyond it is cut off, and
 * the trace says so. It is the model's doing and no fault of the strategy.
 */
export function withinLimit(text: string, maxTokens: number): { readonly text: string; readonly cut?: true } {
  if (!tooLong(text, maxTokens)) return { text };
  const next = [...text.matchAll(/\S+/gu)][maxTokens];
  const end = Math.min(next?.index ?? text.length, longestToken * maxTokens);
  // Not in the middle of a character.
  return {
    text: text
      .slice(0, end)
      .replace(/[\uD800-\uDBFF]$/, '')
      .trimEnd(),
    cut: true,
  };
}

/** Certainly more than so many tokens, whoever counts them: a word takes one at least. */
function tooLong(text: string, maxTokens: number): boolean {
  if (text.length <= maxTokens) return false;
  return text.length > longestToken * maxTokens || (text.match(/\S+/gu)?.length ?? 0) > maxTokens;
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}

/** Whatever a strategy gave in the place of an action. */
function written(action: unknown): string {
  return typeof action === 'string' ? quoted(action) : String(action);
}
