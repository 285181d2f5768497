import type { Model } from '../contracts/index.ts';

// What models can do beyond choosing, asked for here alone.

/** Whether it can say something in free words in the same answer as its choice. */
export function saysWhileChoosing({ speaks }: Pick<Model, 'speaks'>): boolean {
  return speaks === true;
}

/** Whether one answer can hold a choice for every member of a team. */
export function choosesForTeams({ decidesForTeams }: Pick<Model, 'decidesForTeams'>): boolean {
  return decidesForTeams === true;
}
