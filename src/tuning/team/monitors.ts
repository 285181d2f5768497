import type { Sample } from '../../contracts/index.ts';
import { mean, type Node } from './rollout.ts';

/** What tells a healthy update from a sick one; per agent where agents differ. */
export type Health = {
  /** Mean of minus the log-probability of the first three tokens, in nats: an estimate of their entropy. */
  readonly entropy: readonly number[];
  /** Share of different texts among the samples of a group. */
  readonly distinct: readonly number[];
  /** Share of groups whose returns are all equal: nothing is learned from them. */
  readonly flat: number;
  /** Before clipping. */
  readonly gradientNorm: readonly number[];
  /** How far the step moved the log-probability of a token that was learned from, mean, in nats; now and then. */
  readonly change?: readonly number[];
  /** Largest difference between the log-probabilities of sampling and of training. */
  readonly samplerGap: number;
};

const firstTokens = 3;

export function entropyOf(samples: readonly Sample[]): number {
  return mean(samples.map(({ logProbabilities }) => -mean([...logProbabilities.slice(0, firstTokens)])));
}

export function distinctOf(nodes: readonly Node[], agent: number): number {
  return mean(
    nodes.map(({ samples }) => {
      const own = samples[agent];
      return new Set(own.map(({ text }) => text)).size / own.length;
    }),
  );
}

export function flatOf(nodes: readonly Node[]): number {
  return mean(nodes.map(({ returns }) => (new Set(returns).size === 1 ? 1 : 0)));
}

/** From here the sampler and the trainer are two different models, and gradients mean nothing. */
export const stopGap = 0.5;
const warnGap = 0.01;
const flatUpdates = 5;
/** A step that moves tokens by more than this leaves what it was computed for: about 1.35 times as probable. */
const warnChange = 0.3;

export interface Watch {
  /** Sentences on what is wrong, each said once. @param evaluated whether returns of this update went to the log */
  warnings(update: number, health: Health): readonly string[];
  /** Why the training should end here, if it should. */
  stop(update: number, health: Health): string | undefined;
}

export function watch(agentNames: readonly string[]): Watch {
  const said = new Set<string>();
  let flat = 0;
  const once = (key: string, sentence: string) => (said.has(key) ? [] : (said.add(key), [sentence]));
  return {
    warnings: (update, { entropy, distinct, flat: share, gradientNorm, samplerGap, change }) => [
      ...(samplerGap > warnGap
        ? once(
            'gap',
            `Update ${update}: sampler and trainer differ by up to ${samplerGap.toPrecision(2)} nats a token. What is sampled is not quite what is trained.`,
          )
        : []),
      ...agentNames.flatMap((name, agent) => [
        ...(entropy[agent] < 0.02 && share < 0.9
          ? once(
              `entropy ${agent}`,
              `Update ${update}: ${name} writes nearly the same every time (entropy ${entropy[agent].toFixed(3)} nats a token), though returns still differ.`,
            )
          : []),
        ...(distinct[agent] <= 1 / 8 && share > 0.9
          ? once(
              `distinct ${agent}`,
              `Update ${update}: all samples of ${name} are equal in most groups: it has stopped exploring.`,
            )
          : []),
        ...(change && change[agent] > warnChange
          ? once(
              `change ${agent}`,
              `Update ${update}: one step moved the tokens of ${name} by ${change[agent].toFixed(2)} nats on average. Lower \`learningRate\`.`,
            )
          : []),
        ...(gradientNorm[agent] > 100
          ? once(
              `norm ${agent}`,
              `Update ${update}: the gradient of ${name} has norm ${gradientNorm[agent].toPrecision(3)} before clipping.`,
            )
          : []),
      ]),
    ],
    stop: (update, { flat: share, samplerGap }) => {
      flat = share === 1 ? flat + 1 : 0;
      if (samplerGap > stopGap)
        return `Stopped at update ${update}: sampler and trainer differ by ${samplerGap.toPrecision(3)} nats a token.`;
      if (flat >= flatUpdates)
        return (
          `Stopped at update ${update}: in the last ${flatUpdates} updates all returns of every group were equal, so nothing is ` +
          'left to learn from. Where the team has not learned yet, look at the rewards, or take more samples (`group`).'
        );
      return undefined;
    },
  };
}

export interface Standing {
  readonly update: number;
  readonly mean: number;
  readonly standardError: number;
}

/** Whether the last three evaluations all lie three standard errors below the best. */
export function hasFallen(evaluations: readonly Standing[]): boolean {
  if (evaluations.length < 4) return false;
  const best = evaluations.reduce((a, b) => (b.mean > a.mean ? b : a));
  return evaluations
    .slice(-3)
    .every(
      ({ mean: own, standardError }) => own < best.mean - 3 * Math.hypot(standardError, best.standardError),
    );
}
