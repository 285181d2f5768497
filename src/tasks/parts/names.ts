/** Short names of one syllable, so that a small vocabulary holds them; the team size is bounded by their number. */
const names = ['Ann', 'Bob', 'Cal', 'Dee', 'Eve', 'Fay'] as const;

export const maxAgents = names.length;

/** The names of a team of that size. */
export function teamNames(agents: number): readonly string[] {
  return names.slice(0, agents);
}
