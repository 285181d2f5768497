import type { AdviceStrength, FeedbackLevel } from '../contracts/index.ts';
import { type Remark, transcriptText } from './speech.ts';
import { briefText } from './writing.ts';
import { adviceText, broadcastText, choicesText, feedbackText } from './wording.ts';

/** All that one agent is told in one step. Actions are words here, not indices. */
export interface PromptParts {
  readonly agentName: string;
  /** The task's own words for what the agent sees. */
  readonly observation: string;
  readonly availableActions: readonly string[];
  /** What teammates announced in this step, in the order of the team. */
  readonly broadcasts?: readonly { readonly sender: string; readonly action: string }[];
  /** What was said in free words so far, the agent's own words included; absent or empty where nobody speaks. */
  readonly said?: readonly Remark[];
  /** A rating of the agent's last action, which is absent where that was a text. */
  readonly feedback?: { readonly lastAction?: string; readonly level: FeedbackLevel };
  /** What the strategy wants of it in this question. */
  readonly briefs?: readonly string[];
  /** What its coordinator advises it to do, where it is told in words. */
  readonly advice?: { readonly action: string; readonly strength: AdviceStrength };
}

/**
 * The variable part of a prompt: who the agent is, what it sees, what the strategy adds, what it can choose.
 * The task's rules go before it, as a prefix that all requests of a task share.
 */
export function composePrompt(parts: PromptParts): string {
  return composeWith(parts, choicesText(parts.availableActions));
}

/** The same with another ending: what is asked of the agent. */
export function composeWith(parts: Omit<PromptParts, 'availableActions'>, ending: string): string {
  const { said = [], briefs = [] } = parts;
  const sentences = [`You are ${parts.agentName}.`, parts.observation];
  for (const { sender, action } of parts.broadcasts ?? []) sentences.push(broadcastText(sender, action));
  if (parts.feedback) sentences.push(feedbackText(parts.feedback.lastAction, parts.feedback.level));
  if (parts.advice) sentences.push(adviceText(parts.advice.action, parts.advice.strength));
  if (said.length === 0 && briefs.length === 0) return [...sentences, ending].join(' ');
  // What others wrote stands on lines of its own, so that it cannot run into ours.
  return [
    sentences.join(' '),
    ...(said.length > 0 ? [transcriptText(said, parts.agentName)] : []),
    ...briefs.map(briefText),
    ending,
  ].join('\n');
}
