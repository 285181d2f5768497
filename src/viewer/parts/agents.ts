import { color } from '../../report/figures/theme.ts';

const colours = 8;

/** An agent's colour, the same wherever it is shown. */
export function agentColor(agent: number): string {
  return color(`series-${agent % colours}`);
}
