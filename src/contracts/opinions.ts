import type { AgentTrace, QuestionTrace, StepTrace } from './episode.ts';

/** How agents that answered, heard others and answered again changed their minds. Counts over the steps of an episode. */
export type Opinions = {
  /** Steps in which somebody answered again. */
  readonly talks: number;
  /** Those of them in which nobody's answer changed. */
  readonly still: number;
  /** Agents who answered again, over all steps, and those of them who changed their answer. */
  readonly again: number;
  readonly changed: number;
  /** Steps in which several answered again; of them, those in which all agreed before, and in the end. */
  readonly shared: number;
  readonly agreedBefore: number;
  readonly agreedAfter: number;
};

/**
 * Compares each agent's first answer of a step with the one that it acted on, where it had read something else before it.
 * An answer is a choice (the action named, or the most probable one) or a text to hand in, spaces apart. Samples of one
 * question are no second thoughts.
 *
 * @returns undefined where nobody answered again
 */
export function opinionsOf(steps: readonly Pick<StepTrace, 'agents'>[]): Opinions | undefined {
  const counts = { talks: 0, still: 0, again: 0, changed: 0, shared: 0, agreedBefore: 0, agreedAfter: 0 };
  for (const { agents } of steps) {
    const minds = agents.flatMap((agent) => {
      const first = agent.questions?.find(
        (question) => isAnswer(question) && question.prompt !== agent.prompt,
      );
      const [before, after] = [first && answerIn(first), answerIn(agent)];
      return before === undefined || after === undefined ? [] : [{ before, after }];
    });
    if (minds.length === 0) continue;
    const changed = minds.filter(({ before, after }) => before !== after).length;
    counts.talks++;
    counts.still += changed === 0 ? 1 : 0;
    counts.again += minds.length;
    counts.changed += changed;
    if (minds.length < 2) continue;
    counts.shared++;
    counts.agreedBefore += minds.every(({ before }) => before === minds[0].before) ? 1 : 0;
    counts.agreedAfter += minds.every(({ after }) => after === minds[0].after) ? 1 : 0;
  }
  return counts.talks > 0 ? counts : undefined;
}

function isAnswer({ form, draft, by, supposed }: QuestionTrace): boolean {
  return by === undefined && !supposed && (form !== 'text' || draft === true);
}

function answerIn(asked: QuestionTrace | AgentTrace): string | undefined {
  if ('form' in asked ? asked.form === 'text' : asked.offer !== undefined) {
    const text = 'form' in asked ? (asked.text ?? asked.answer) : asked.offer === 'text' ? asked.action : '';
    return typeof text === 'string' && text !== '' ? text.replace(/\s+/g, ' ').trim() : undefined;
  }
  const { answered, distribution } = asked;
  if (answered !== undefined) return `action ${answered}`;
  if (!distribution || !('action' in asked || 'form' in asked)) return undefined;
  return `place ${distribution.indexOf(Math.max(...distribution))}`;
}
