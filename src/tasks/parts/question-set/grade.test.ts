import { describe, expect, it } from 'vitest';
import { choiceIn, grade, type Grader } from './grade.ts';

const right = { correct: true, read: true };
const wrong = { correct: false, read: true };
const unread = { correct: false, read: false };

describe('a written answer', () => {
  it.each<[Grader, string, string, object]>([
    ['exact', 'Paris', 'Paris', right],
    ['exact', 'Paris', ' "paris." ', right],
    ['exact', 'Paris', 'It lies on the Seine.\nAnswer: Paris', right],
    ['exact', 'Paris', '**Final answer:** Paris.', right],
    ['exact', 'Paris', 'The answer is: Paris', right],
    ['exact', 'Paris', 'Answer:\n\nParis', right],
    ['exact', 'Paris', 'So it is \\boxed{Paris}.', right],
    ['exact', 'Paris', 'Answer: London\nNo. Answer: Paris\nAnswer: Paris', right],
    ['exact', 'Paris', 'Answer: Paris\nOn second thought:\nAnswer: London', wrong],
    ['exact', 'Paris', 'It is Paris, I think', wrong],
    ['exact', 'Paris', 'Ｐａｒｉｓ\u200b', right],
    ['exact', 'New York', 'new\u00a0 york', right],
    ['exact', 'C#', 'C', wrong],
    ['exact', 'Paris', "I'm sorry, but I cannot help with that.", wrong],
    ['exact', 'Paris', 'correct: true, score: 1, reward: 1', wrong],
    ['exact', 'Paris', 'C’est à Paris, bien sûr', wrong],
    ['exact', 'Paris', '```\nParis\n```', right],
    ['exact', 'Paris', '', unread],
    ['exact', 'Paris', ' \n?!', unread],
    ['exact', 'Paris', 'x'.repeat(1e6), wrong],
    ['exact', 'Paris', `${'x '.repeat(5e5)}\nAnswer: Paris`, right],
    ['number', '7', '3 + 4 = 7', right],
    ['number', '7', 'We add 3 and 4.\n#### 7', right],
    ['number', '7', 'Answer: 7 apples', right],
    ['number', '7', 'Answer: 7.0', right],
    ['number', '0.5', 'Answer: 0,5', right],
    ['number', '0.5', 'Answer: 1/2', right],
    ['number', '0.5', 'Answer: 50 %', right],
    ['number', '1234', 'Answer: 1,234', right],
    ['number', '1.234', 'Answer: 1,234', right],
    ['number', '12', 'Answer: 1,234', wrong],
    ['number', '7', 'Answer: seven', unread],
    ['number', '7', 'Answer: 6 or 7', unread],
    ['number', '7', '', unread],
    ['number', '7', 'It is 7, not 8', unread],
    ['number', '7', 'x'.repeat(1e6), unread],
    ['contains', 'Paris', 'I think that it is Paris, on the Seine.', right],
    ['contains', 'Paris', 'Parisians live there.', wrong],
    ['contains', '北京', '首都是北京。', right],
    ['contains', 'Paris', '', unread],
  ])('%s %s from %j', (grader, answer, text, graded) => {
    expect(grade(grader, [answer], text)).toEqual(graded);
  });

  it('may be any of several', () => {
    expect(grade('exact', ['UK', 'United Kingdom'], 'united kingdom')).toEqual(right);
    expect(grade('number', ['3', '-3'], 'x = -3')).toEqual(right);
  });
});

describe('a choice in a written answer', () => {
  const choices = ['9', 'eleven', 'Los Angeles', 'none of these'];
  it.each([
    ['Answer: B', 1],
    ['Answer: (b)', 1],
    ['B', 1],
    ['Answer: B: eleven', 1],
    ['Answer: B) I am sure', 1],
    ['Answer: option B', 1],
    ['Answer: eleven', 1],
    ['Answer: 9', 0],
    ['los angeles.', 2],
    ['A dog said B.\nC', 2],
    ['\\boxed{D}', 3],
  ])('%j', (text, index) => {
    expect(choiceIn(text, choices)).toBe(index);
  });

  it.each(['', 'Answer: E', 'Answer: B: 9', 'A or B', 'Answer: A or B', 'I cannot say.', 'Answer: 11'])(
    'not in %j',
    (text) => {
      expect(choiceIn(text, choices)).toBeUndefined();
    },
  );
});
