import { type NamePart, randomStream, type RandomStream, sha256 } from '../core/index.ts';

/** Uniform exploration without the unevenness of independent draws. */
export interface BalancedDraws {
  /**
   * Draws a joint action uniformly.
   * @param state [stateLength], which tells situations apart
   * @param available [agents, actions], 1 where available
   * @param jointAction written
   */
  draw(state: Float32Array, available: Float32Array, jointAction: number[]): void;
  /** How often each situation was met: with the name of the draws all that later ones depend on. */
  position(): readonly Met[];
  moveTo(position: readonly Met[]): void;
}
export type Met = readonly [situation: string, times: number];

/** Situations that are told apart; in later ones, joint actions are drawn independently. */
const mostSituations = 1024;
/** Joint actions of a situation up to which they are dealt out in rounds. */
const mostJointActions = 1024;

/**
 * Deals every situation its joint actions in rounds: one after the other in an order that is drawn when the situation
 * is first met, and then from the start again. As many draws in a row as there are joint actions hold each once,
 * wherever they begin, so what replay holds is even as well, while the walk through the situations stays close to
 * that of random play (a rotor-router walk: Cooper and Spencer 2006, arXiv math/0402323).
 *
 * @param independent draws of situations that are too many, or have too many joint actions, to be dealt out
 */
export function balancedDraws(
  agents: number,
  independent: RandomStream,
  ...name: readonly NamePart[]
): BalancedDraws {
  const met = new Map<string, number>();
  const orders = new Map<string, Uint16Array>();
  return {
    draw: (state, available, jointAction) => {
      const choices = choicesOf(available, agents);
      const situation = situationKey(state, available);
      const times = met.get(situation);
      const count = jointActionCount(choices);
      if (count > mostJointActions || (times === undefined && met.size >= mostSituations)) {
        choices.forEach((own, i) => (jointAction[i] = independent.pick(own)));
        return;
      }
      let order = orders.get(situation);
      if (!order) {
        const numbers = Array.from({ length: count }, (_, k) => k);
        order = Uint16Array.from(randomStream(...name, situation).shuffle(numbers));
        orders.set(situation, order);
      }
      let rest = order[(times ?? 0) % count];
      choices.forEach((own, i) => {
        jointAction[i] = own[rest % own.length];
        rest = Math.floor(rest / own.length);
      });
      met.set(situation, (times ?? 0) + 1);
    },
    position: () => [...met],
    moveTo: (position) => {
      met.clear();
      for (const [situation, times] of position) met.set(situation, times);
    },
  };
}

/** The number of joint actions of a situation. @param available [agents, actions], 1 where available */
export function roundLength(available: Float32Array, agents: number): number {
  return jointActionCount(choicesOf(available, agents));
}

function choicesOf(available: Float32Array, agents: number): number[][] {
  const actions = available.length / agents;
  return Array.from({ length: agents }, (_, i) =>
    Array.from({ length: actions }, (__, a) => a).filter((a) => available[i * actions + a] === 1),
  );
}

function jointActionCount(choices: readonly (readonly number[])[]): number {
  return choices.reduce((product, own) => product * own.length, 1);
}

function situationKey(state: Float32Array, available: Float32Array): string {
  const bytes = (x: Float32Array) => new Uint8Array(x.buffer, x.byteOffset, x.byteLength);
  const both = new Uint8Array(state.byteLength + available.byteLength);
  both.set(bytes(state));
  both.set(bytes(available), state.byteLength);
  return sha256(both).slice(0, 16);
}
