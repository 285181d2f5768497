import type { Observation, Observations } from './observations.ts';

/** What one agent saw; the words are for people and not learned from. */
export type LoggedObservation = Partial<Exclude<Observation, string>>;

/** One step of a team's past: what an own program saw, did and earned. JSON. */
export interface LoggedStep {
  readonly observations: { readonly [agentName: string]: LoggedObservation };
  /** What each agent did, by agent name. */
  readonly actions: { readonly [agentName: string]: string };
  /** The team's reward for it. */
  readonly reward: number;
  /** The task's `stateLength` numbers, for strategies whose training reads them. */
  readonly state?: readonly number[];
}

/** One episode from its beginning to its end. */
export interface LoggedEpisode {
  readonly steps: readonly LoggedStep[];
}

/** An observation as it is logged. */
export function loggedObservations(observations: Observations): LoggedStep['observations'] {
  return Object.fromEntries(
    Object.entries(observations).map(([name, seen]) => [
      name,
      typeof seen === 'string' ? { text: seen } : seen,
    ]),
  );
}
