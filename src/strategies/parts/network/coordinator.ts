import type { ExecutionNetwork, FeedbackLevel, TeamShape } from '../../../contracts/index.ts';
import type { AgentView, Coordination, Coordinator } from '../protocol/advised.ts';
import { centred } from './advice.ts';
import { centralRating, type CentralSettings } from './central-feedback.ts';
import { phrase } from './phrase.ts';

export interface AdviceSettings {
  /** Scores are divided by this; 0 means that there is no advice. */
  readonly spread: number;
  /** Nats per unit of spread; 0 means that there is no advice. */
  readonly beta: number;
  /** Each agent announces its most advised action. */
  readonly broadcast: boolean;
  /** What each agent is told about its last action: how its own advice rated it, or a mixer or critic, or nothing. */
  readonly feedback: 'local' | CentralSettings | 'none';
}

/** How the advice of that situation rates the action taken, by its distance from the best one in spreads. */
export function rating(scores: readonly number[], taken: number, spread: number): FeedbackLevel {
  return phrase(scores[taken] - Math.max(...scores), spread);
}

/**
 * A team that is advised by a trained network: advice_i(a) = beta * (score - mean over available actions) / spread.
 *
 * Reads the agents' views and nothing else, central feedback apart. An agent that had only one action is told nothing about it.
 */
export function advisedTeam(
  shape: TeamShape,
  network: ExecutionNetwork,
  { spread, beta, broadcast, feedback }: AdviceSettings,
): Coordinator {
  const { agents, actions, featureLength } = shape;
  const features = new Float32Array(agents * featureLength);
  const scores = new Float32Array(agents * actions);
  let before: { available: readonly number[]; scores: readonly number[] }[] | undefined;
  return {
    coordinate: (views: readonly AgentView[]) => {
      views.forEach((view, i) => features.set(view.features, i * featureLength));
      network.score(features, scores);
      const now = views.map(({ availableActions }, i) => ({
        available: availableActions,
        scores: availableActions.map((a) => scores[i * actions + a]),
      }));
      const out = views.map(({ lastAction }, i): Coordination => {
        const own = now[i];
        const past = before?.[i];
        const told = feedback === 'local' && past && lastAction !== undefined && past.available.length > 1;
        return {
          ...(beta > 0 && spread > 0 && { advice: centred(own.scores).map((x) => (beta * x) / spread) }),
          ...(broadcast && { broadcast: own.available[own.scores.indexOf(Math.max(...own.scores))] }),
          ...(told && { feedback: rating(past.scores, past.available.indexOf(lastAction), spread) }),
        };
      });
      before = now;
      return out;
    },
    ...(typeof feedback === 'object' && { hindsight: centralRating(shape, feedback) }),
  };
}
