import { expect, it } from 'vitest';
import type { AgentStep } from '../../server/index.ts';
import { conversationOf, isConversation } from './turns.ts';

const step = (over: Partial<AgentStep>): AgentStep => ({
  available: [],
  chosen: '',
  chosenIndex: -1,
  ...over,
});
const words = (from: number, round: number) => ({ kind: 'words', from, round, text: 'w' }) as const;

it('orders a debate by what had been heard, whoever was asked first', () => {
  const ann = step({
    ...{ offer: 'none', prompt: 'p', answer: 'I stay with it.', heard: { round: 1, from: [1, 0] } },
    questions: [
      { form: 'text', prompt: 'p', answer: 'It is A.', usage: { inputTokens: 3, outputTokens: 4 } },
    ],
  });
  const bob = step({
    ...{ chosen: 'B', available: ['A', 'B'], prompt: 'p', heard: { round: 2, from: [0] } },
    questions: [
      { form: 'text', prompt: 'p', text: 'It is B.', answer: 'It is B.' },
      { form: 'choice', prompt: 'p', chose: 'A', notes: [words(0, 1), words(1, 1)] },
    ],
  });
  expect(isConversation([ann, bob])).toBe(true);
  const told = conversationOf([ann, bob]).map(({ heard, turns }) => [
    heard,
    turns.map(({ agent, kind, text, read, tokens }) => [agent, kind, text, read, tokens]),
  ]);
  expect(told).toEqual([
    [
      0,
      [
        [0, 'says', 'It is A.', [], 7],
        [1, 'says', 'It is B.', [], 0],
      ],
    ],
    [
      1,
      [
        [0, 'says', 'I stay with it.', [1, 0], 0],
        [1, 'chooses', 'A', [0, 1], 0],
      ],
    ],
    [2, [[1, 'chooses', 'B', [0], 0]]],
  ]);
});

it('tells drafts from words, and silence from both', () => {
  const author = step({
    ...{ offer: 'text', chosen: 'f()', prompt: 'p', answer: '```\nf()\n```' },
    questions: [
      { form: 'text', draft: true, prompt: 'p', text: 'g()' },
      { form: 'text', prompt: 'p', answer: '', by: 'critic' },
    ],
  });
  const [{ turns }] = conversationOf([author, step({ offer: 'none' })]);
  expect(turns.map(({ kind, by, answer }) => [kind, by, answer])).toEqual([
    ['drafts', undefined, undefined],
    ['is silent', undefined, undefined],
    ['is silent', 'critic', undefined],
    ['hands in', undefined, '```\nf()\n```'],
  ]);
  expect(isConversation([step({ chosen: 'north' })])).toBe(false);
});
