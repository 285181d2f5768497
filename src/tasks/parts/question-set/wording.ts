import { choiceLetters } from './grade.ts';
import type { Question } from './question.ts';

/** How a question is asked, and by whom it is answered. */
export interface Asking {
  readonly names: readonly string[];
  /** The agent that answers for the team. */
  readonly answerer: number;
  /** Somebody knows more than the question says. */
  readonly informed: boolean;
  /** Choices stand under letters. */
  readonly lettered: boolean;
  readonly form: 'choice' | 'text';
}

export function rulesText({ names, answerer, informed, lettered, form }: Asking): string {
  const alone = names.length === 1;
  const sentences = [
    alone
      ? `${names[0]} is asked a question and answers it.`
      : `The team is ${names.join(', ')}. All are asked the same question, and ${names[answerer]} answers it for the team.`,
  ];
  if (informed && !alone) sentences.push('Each may know something that the others do not.');
  if (form === 'text')
    sentences.push(
      lettered
        ? 'The last line of the answer is "Answer: " and the letter of one of the choices.'
        : 'The last line of the answer is "Answer: " and nothing but the answer.',
    );
  return sentences.join(' ');
}

export function questionText(
  { question, choices, facts }: Question,
  agent: number,
  { names, answerer, lettered, form }: Asking,
): string {
  const own = facts[agent] ?? '';
  const listed =
    lettered || form === 'text'
      ? [`The choices: ${choices.map((choice, k) => `${choiceLetters[k]}: ${choice}`).join('; ')}.`]
      : [];
  return [
    `The question: ${question}`,
    ...(choices.length > 0 ? listed : []),
    ...(own === '' ? [] : [`What you know: ${own}`]),
    ...(agent === answerer || names.length === 1 ? [] : [`${names[answerer]} answers for the team.`]),
  ].join(' ');
}
