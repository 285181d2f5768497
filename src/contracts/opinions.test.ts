import { expect, it } from 'vitest';
import type { AgentTrace, QuestionTrace } from './episode.ts';
import { opinionsOf } from './opinions.ts';

const asked = (answered: number, prompt = 'alone'): QuestionTrace => ({ form: 'choice', prompt, answered });
const acted = (answered: number, ...questions: QuestionTrace[]): AgentTrace => ({
  prompt: 'after the others',
  availableActions: [0, 1],
  answered,
  action: answered,
  ...(questions.length > 0 && { questions }),
});
const words = { form: 'text', prompt: 'alone', answer: 'I say 0.' } as const;

it('counts who answered again and who moved, step by step', () => {
  const steps = [
    // Two agree from the beginning and to the end: nobody moves.
    { agents: [acted(0, words, asked(0)), acted(0, asked(0)), acted(1)] },
    // One goes over to the other.
    { agents: [acted(1, asked(0)), acted(1, asked(1)), acted(0, words)] },
    // One alone answers again.
    { agents: [acted(0, asked(1), asked(0, 'after one')), acted(1)] },
  ];
  expect(opinionsOf(steps)).toEqual({
    ...{ talks: 3, still: 1, again: 5, changed: 2 },
    ...{ shared: 2, agreedBefore: 1, agreedAfter: 2 },
  });
});

it('compares drafts by their words, and exact answers by the most probable', () => {
  const text = (draft: string, action: string): AgentTrace => ({
    ...{ offer: 'text', prompt: 'again', availableActions: [], action },
    questions: [{ form: 'text', draft: true, prompt: 'alone', answer: draft }],
  });
  expect(opinionsOf([{ agents: [text('a  b', 'a b\n')] }])).toMatchObject({ again: 1, changed: 0 });
  expect(opinionsOf([{ agents: [text('a b', 'a c')] }])).toMatchObject({ again: 1, changed: 1 });
  const exact = (first: number[], then: number[]): AgentTrace => ({
    ...{ prompt: 'again', availableActions: [3, 5], distribution: then, action: 3 },
    questions: [{ form: 'choice', prompt: 'alone', distribution: first }],
  });
  expect(opinionsOf([{ agents: [exact([0.9, 0.1], [0.6, 0.4])] }])).toMatchObject({ changed: 0 });
  expect(opinionsOf([{ agents: [exact([0.9, 0.1], [0.4, 0.6])] }])).toMatchObject({ changed: 1 });
});

it('takes samples of one question, words and what judges said for no second thought', () => {
  const again = { ...asked(1, 'after the others'), sample: 1 };
  expect(opinionsOf([{ agents: [acted(0, again, words, { ...asked(1), by: 'critic' })] }])).toBeUndefined();
  expect(opinionsOf([])).toBeUndefined();
});
