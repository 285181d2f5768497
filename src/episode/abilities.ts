import { type Model, scoresExactly } from '../contracts/index.ts';

// What models can do beyond choosing, asked for here alone. Whoever scores is asked for nothing but probabilities.

/** Whether it can say something in free words in the same answer as its choice. */
export function saysWhileChoosing(model: Pick<Model, 'score'>): boolean {
  return !scoresExactly(model);
}

/** Whether one answer can hold a choice for every member of a team. */
export function choosesForTeams(model: Pick<Model, 'score'>): boolean {
  return !scoresExactly(model);
}
