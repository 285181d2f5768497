import type { AdviceStrength, FeedbackLevel } from '../contracts/index.ts';

/**
 * The words in which a strategy speaks to an agent. Models are trained on exactly these forms, so a change
 * here raises `promptRevision`, invalidates stored runs and asks for new embedded models.
 */
export const promptRevision = 2;

/** The wording of prompts that may hold a line of advice; no embedded model was trained on it. */
export const advicePromptRevision = 3;

const adviceWords: Readonly<Record<AdviceStrength, string>> = { 1: 'slightly', 2: 'clearly', 3: 'strongly' };

/** Advice to a model that answers in words: what its coordinator would do, and how strongly. */
export function adviceText(action: string, strength: AdviceStrength): string {
  return `Your coordinator ${adviceWords[strength]} advises ${action}.`;
}

/** What an agent is told of what came of the step before, where its task divides that. */
export function ownGainText(gain: number): string {
  return `Your own share of the last step was ${Math.round(gain * 100) / 100 + 0}.`;
}

/** A teammate's broadcast: the action that it is most advised to take in this step. */
export function broadcastText(sender: string, action: string): string {
  return `${sender} plans ${action}.`;
}

/** Local feedback: how the agent's own advice rates its last action. Reads nothing but its own observation. */
export function feedbackText(lastAction: string | undefined, level: FeedbackLevel): string {
  if (lastAction === undefined) return `Your last text was ${level}.`;
  return `Your last choice, ${lastAction}, was ${level}.`;
}

/**
 * The choices, compactly: first the actions of one word, then those of several, in the order given; actions that
 * share a first word name it once ("start 1 or 4").
 */
export function choicesText(actions: readonly string[]): string {
  const single: string[] = [];
  const groups = new Map<string, string>();
  for (const action of actions) {
    const space = action.indexOf(' ');
    if (space < 0) {
      single.push(action);
      continue;
    }
    const head = action.slice(0, space);
    const rest = action.slice(space + 1);
    const before = groups.get(head);
    groups.set(head, before === undefined ? rest : `${before} or ${rest}`);
  }
  const parts = [...groups].map(([head, rests]) => `${head} ${rests}`);
  if (single.length > 0) parts.unshift(single.join(' or '));
  return `Choose ${parts.join(', ')}.`;
}
