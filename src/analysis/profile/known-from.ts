import type { SampledState } from './sample-state.ts';

/** By future, agent and action. */
type Worth = readonly (readonly Float64Array[])[];

/** What is known of the worth of actions, summed over situations, and how many of these had a match. */
export interface Known {
  readonly worth: number;
  readonly known: number;
  readonly matched: number;
}

/**
 * How much of what actions are worth an observation tells, without bias: the product of two situations of different
 * episodes that read the same, against that of two futures of one situation.
 *
 * @param from whose observation: the agent's own, or each teammate's (their mean)
 * @returns the sums, with one episode left out if wanted
 */
export function knownFrom(
  states: readonly SampledState[],
  worth: readonly Worth[],
  from: 'own' | 'teammate',
): (without?: number) => Known {
  const agents = states[0].observations.length;
  const pairs = Array.from({ length: agents }, (_, i) => i).flatMap((agent) =>
    Array.from({ length: agents }, (_, reader) => ({ agent, reader })).filter(
      ({ reader }) => (reader === agent) === (from === 'own'),
    ),
  );
  const groups = pairs.flatMap(({ agent, reader }) => {
    const byText = new Map<string, number[]>();
    states.forEach(({ observations, actions }, s) => {
      const key = `${actions[agent].join()} ${observations[reader]}`;
      const known = byText.get(key);
      if (known) known.push(s);
      else byText.set(key, [s]);
    });
    return [...byText.values()].map((members) => ({ agent, members }));
  });
  return (without) => {
    let [all, known, matched, count] = [0, 0, 0, 0];
    for (const { agent, members } of groups) {
      const own = members.filter((s) => s !== without);
      count += own.length;
      if (own.length < 2) continue;
      matched += own.length;
      const size = worth[own[0]][0][agent].length;
      const sum = new Float64Array(size);
      let squares = 0;
      for (const s of own) {
        const [first, second] = worth[s].map((future) => future[agent]);
        for (let a = 0; a < size; a++) {
          // Both futures of a situation together: less noise than either.
          const mean = (first[a] + second[a]) / 2;
          sum[a] += mean;
          squares += mean * mean;
          all += first[a] * second[a];
        }
      }
      known += (sum.reduce((total, x) => total + x * x, 0) - squares) / (own.length - 1);
    }
    return { worth: all, known, matched: count === 0 ? 0 : matched / count };
  };
}
