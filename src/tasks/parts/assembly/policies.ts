import type { Simulation } from '../../../contracts/index.ts';
import { type ActionCode, payForLateness, type ShopRules, type ShopState } from './shop.ts';
import { type OwnPart, ownParts } from './view.ts';

/** An action of one agent, chosen from a state of the shop. */
export type Script = (state: ShopState, agent: number) => number;

/** The return of an episode in which every agent follows the script. */
export function playScript(environment: Simulation, agents: number, script: Script): number {
  let total = 0;
  while (!environment.done) {
    const state = environment.snapshot() as ShopState;
    total += environment.step(Array.from({ length: agents }, (_, agent) => script(state, agent)));
  }
  return total;
}

/** What a part pays if its work here begins `start` steps from now. */
function payFrom(rules: ShopRules, time: number, part: OwnPart, start: number): number {
  if (time + start + part.duration + part.after > rules.horizon) return 0;
  return payForLateness(rules, part.worth, start - part.arrival - part.spare);
}

/** Starts the part, or sets the machine to its colour first. */
function takeUp(code: ActionCode, state: ShopState, agent: number, part: OwnPart): number {
  return part.colour === state.colour[agent] ? code.start + part.job : code.set + part.colour;
}

/**
 * Takes the ready part that pays most per own step, counting a colour change; looks at nothing that is still to
 * come. The generator rejects instances in which this is already optimal.
 */
export function greedyChoice(rules: ShopRules, code: ActionCode, state: ShopState, agent: number): number {
  if (state.busy[agent] > 0) return code.work;
  let best: OwnPart | undefined;
  let bestRate = 0;
  for (const part of ownParts(state, agent)) {
    if (!part.ready) continue;
    const setting = part.colour === state.colour[agent] ? 0 : 1;
    const rate = payFrom(rules, state.time, part, setting) / (setting + part.duration);
    if (rate > bestRate) {
      bestRate = rate;
      best = part;
    }
  }
  return best ? takeUp(code, state, agent, best) : code.wait;
}

/** How the expert weighs its parts. Tuned on instances of other seeds than any figure reported. */
const weights = {
  /** Parts that come later than they could: their earliest arrival is stretched by this factor. */
  stretch: 1.6,
  /** A step of waiting or setting up counts as this many steps of work. */
  idle: 2,
  /** A step of work that follows elsewhere counts as this many. */
  after: 0.3,
};

/**
 * Takes, of all its parts, ready and coming, the one that promises the most pay per step: pay / (2 * steps until
 * its work here begins + its duration + 0.3 * the work after it). It starts that part, sets the colour for it, or
 * waits for it.
 *
 * An announcement tells when a part can arrive: a teammate that starts the job's previous part now passes it on
 * after that part's duration; one that does something else passes it on later.
 *
 * An index per part can be read off an observation. An expert that compared all orders of up to five parts scored
 * 0.83 where this one scores 0.81 (`docs/methods/assembly.md`), but models imitated it badly.
 */
export function expertChoice(
  rules: ShopRules & { readonly minDuration: number; readonly maxDuration: number },
  code: ActionCode,
  state: ShopState,
  agent: number,
  announced: readonly (number | undefined)[],
): number {
  if (state.busy[agent] > 0) return code.work;
  let best: OwnPart | undefined;
  let bestIndex = 0;
  for (const part of ownParts(state, agent)) {
    const setting = part.colour === state.colour[agent] ? 0 : 1;
    const start = Math.max(setting, part.ready ? 0 : arrival(part, announced[part.from]));
    const steps = weights.idle * start + part.duration + weights.after * part.after;
    const index = payFrom(rules, state.time, part, start) / steps;
    if (index > bestIndex) {
      bestIndex = index;
      best = part;
    }
  }
  if (!best) return code.wait;
  return best.ready || best.colour !== state.colour[agent] ? takeUp(code, state, agent, best) : code.wait;

  function arrival(part: OwnPart, announcement: number | undefined): number {
    const alone = Math.max(1, Math.ceil(part.arrival * weights.stretch));
    if (announcement === undefined || announcement === code.work) return alone;
    const typical = Math.round((rules.minDuration + rules.maxDuration) / 2);
    if (announcement === code.start + part.job) return Math.max(part.arrival, typical);
    const occupied = announcement >= code.start ? typical : 1;
    return Math.max(alone, occupied + rules.minDuration);
  }
}
