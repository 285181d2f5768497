import type { Simulator } from '../../contracts/index.ts';
import { InputError } from '../../core/index.ts';
import { type IntervalEstimate, jackknife, jointParts, mainEffects } from '../../stats/index.ts';
import { sampleState, type SampledState } from './sample-state.ts';
import { knownFrom } from './known-from.ts';

/** One measure of a task; `null` with a reason where it cannot be estimated. */
export type ProfileMeasure =
  | (IntervalEstimate & { readonly reason?: undefined })
  | { readonly estimate: null; readonly low: null; readonly high: null; readonly reason: string };

/** How the agents of a task depend on each other, around uniformly random play. */
export interface CouplingProfile {
  readonly task: string;
  /** Episodes, one situation of each. */
  readonly episodes: number;
  readonly seed: number;
  /** Share of what joint actions change in the return that no sum of one function per agent explains. */
  readonly beyondAdditive: ProfileMeasure;
  /** Share that no function explains which rises in one utility per agent. */
  readonly beyondMonotone: ProfileMeasure;
  /** Mean lag, in steps, of the rewards that a joint action changes. */
  readonly reach: ProfileMeasure;
  /** Share of what an agent's action is worth in a situation that its own observation does not tell. */
  readonly privateInformation: ProfileMeasure;
  /** Share of it that a teammate's observation tells. */
  readonly redundancy: ProfileMeasure;
}

export interface ProfileOptions {
  readonly seed?: number;
  /** Default 200, at least 10. */
  readonly episodes?: number;
  readonly confidence?: number;
}

/** With fewer of the situations matched, what is left is no picture of the task. */
const leastMatched = 0.5;

/**
 * Measures how the agents of any task with a simulator depend on each other; `docs/methods/coupling-profile.md` has
 * the definitions. Shares are ratios of sums over situations; intervals leave out one episode after the other.
 *
 * @throws InputError when the task is not deterministic given its stream, or there are fewer than 10 episodes
 */
export function couplingProfile(
  simulator: Simulator,
  task: string,
  { seed = 0, episodes = 200, confidence = 0.95 }: ProfileOptions = {},
): CouplingProfile {
  if (!Number.isInteger(episodes) || episodes < 10) {
    throw new InputError(
      `A profile of ${episodes} episodes says nothing; give a whole number of at least 10.`,
    );
  }
  const states = Array.from({ length: episodes }, (_, e) => sampleState(simulator, task, seed, e));
  const parts = states.map(({ sizes, returns }) => {
    const own = jointParts({ sizes, values: returns[0] });
    const scale = 1 / returns[0].length;
    return {
      total: own.total * scale,
      beyondAdditive: own.beyondAdditive * scale,
      beyondMonotone: own.beyondMonotone * scale,
    };
  });
  const lags = states.map(({ rewards }) => {
    const spread = rewards.map(variance);
    return {
      moved: spread.reduce((sum, x, lag) => sum + lag * x, 0),
      all: spread.reduce((sum, x) => sum + x, 0),
    };
  });
  const ratio = (over: readonly number[], under: readonly number[]): ProfileMeasure => {
    const [a, b] = [total(over), total(under)];
    if (!(b > 0)) return none('no joint action changes the return');
    return jackknife(episodes, (i) => (i === undefined ? a / b : (a - over[i]) / (b - under[i])), confidence);
  };
  const totals = parts.map((own) => own.total);
  const worth = states.map(effectsOf);
  const alone = total(worth.map(([first, second]) => total(first.map((own, i) => product(own, second[i])))));
  const known = (from: 'own' | 'teammate'): ProfileMeasure => {
    const all = knownFrom(states, worth, from);
    if (!(alone > 1e-12 * total(totals))) {
      return none('what one agent does makes no difference by itself, averaged over what the others do');
    }
    if (all().matched < leastMatched) {
      const percent = Math.round(100 * all().matched);
      return none(
        `observations hardly ever repeat (${percent}% do): more episodes, or a smaller task, would tell`,
      );
    }
    const share = (without?: number) => all(without).known / all(without).worth;
    return jackknife(episodes, from === 'own' ? (i) => 1 - share(i) : share, confidence);
  };
  return {
    task,
    episodes,
    seed,
    beyondAdditive: ratio(
      parts.map((own) => own.beyondAdditive),
      totals,
    ),
    beyondMonotone: ratio(
      parts.map((own) => own.beyondMonotone),
      totals,
    ),
    reach: ratio(
      lags.map(({ moved }) => moved),
      lags.map(({ all }) => all),
    ),
    privateInformation: known('own'),
    redundancy: known('teammate'),
  };
}

function none(reason: string): ProfileMeasure {
  return { estimate: null, low: null, high: null, reason };
}

function total(values: readonly number[]): number {
  return values.reduce((sum, x) => sum + x, 0);
}

function product(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, x, k) => sum + x * b[k], 0);
}

function variance(values: Float64Array): number {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  return values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length;
}

/** What each action of each agent is worth in this situation beside its others, in both futures. */
function effectsOf({ sizes, returns }: SampledState) {
  return returns.map((values) => {
    const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
    return mainEffects({ sizes, values }, mean).map((own) => own.map((x) => x / Math.sqrt(own.length)));
  });
}
