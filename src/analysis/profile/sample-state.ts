import type { Json, Simulation, Simulator } from '../../contracts/index.ts';
import { InputError, randomStream } from '../../core/index.ts';
import { actionsOf } from '../../stats/index.ts';

/** What every joint action of one situation would come to, twice, with other dice afterwards. */
export interface SampledState {
  readonly sizes: readonly number[];
  /** The actions that were tried, by agent. */
  readonly actions: readonly (readonly number[])[];
  /** Return from here on by joint action, for each of the two futures. */
  readonly returns: readonly [Float64Array, Float64Array];
  /** Reward by lag in steps and joint action, in the first future. */
  readonly rewards: readonly Float64Array[];
  /** What each agent reads here. */
  readonly observations: readonly string[];
}

/** Entries of a table of joint actions; above, each agent's actions are thinned out evenly. */
const mostEntries = 256;

/**
 * Plays an episode of uniformly random actions up to a step that is drawn among those it has, and tries every joint
 * action there. Afterwards all of them meet the same dice, so that they differ in nothing else.
 *
 * @throws InputError when the same actions do not lead to the same again
 */
export function sampleState(simulator: Simulator, name: string, seed: number, episode: number): SampledState {
  const stream = (...parts: string[]) => randomStream('profile', name, seed, episode, ...parts);
  const instance = simulator.generate(stream('instance'));
  requireSame(name, episode, instance, simulator.generate(stream('instance')));
  const agents = simulator.agentNames.length;
  const dice = (what: string) => {
    const own = stream(what);
    return Array.from({ length: simulator.horizon + 1 }, () =>
      Array.from({ length: agents }, () => own.next()),
    );
  };
  const past = dice('past');
  const played = replay(simulator, instance, past);
  const again = replay(simulator, instance, past);
  const differs = played.findIndex((step, t) => step !== again[t]);
  if (differs >= 0 || played.length !== again.length) {
    throw new InputError(
      `The task "${name}" is not deterministic given its stream: in episode ${episode + 1}, step ` +
        `${Math.max(0, differs) + 1} came out otherwise when the same actions were played again. ` +
        'All chance must come from generate(stream).',
    );
  }
  const at = stream('step').integer(0, played.length - 1);
  const simulation = simulator.start(instance);
  for (let t = 0; t < at; t++) simulation.step(drawn(simulation, agents, past[t]));
  const choices = thinned(Array.from({ length: agents }, (_, agent) => simulation.availableActions(agent)));
  const sizes = choices.map((own) => own.length);
  const observations = Array.from({ length: agents }, (_, agent) => simulation.observe(agent));
  const entries = sizes.reduce((product, size) => product * size, 1);
  const futures = [dice('future 1'), dice('future 2')];
  const rewards: Float64Array[] = [];
  const returns = futures.map((future, f) =>
    Float64Array.from({ length: entries }, (_, entry) => {
      const copy = simulation.copy();
      let sum = 0;
      let joint = actionsOf(sizes, entry).map((a, agent) => choices[agent][a]);
      for (let lag = 0; ; lag++) {
        const reward = copy.step(joint);
        sum += reward;
        if (f === 0) (rewards[lag] ??= new Float64Array(entries))[entry] = reward;
        if (copy.done || at + lag + 1 >= simulator.horizon) return sum;
        joint = drawn(copy, agents, future[at + lag + 1]);
      }
    }),
  ) as [Float64Array, Float64Array];
  return { sizes, actions: choices, returns, rewards, observations };
}

function drawn(simulation: Simulation, agents: number, dice: readonly number[]): number[] {
  return Array.from({ length: agents }, (_, agent) => {
    const actions = simulation.availableActions(agent);
    return actions[Math.floor(dice[agent] * actions.length)];
  });
}

/** What every step paid and showed, as text. */
function replay(simulator: Simulator, instance: Json, dice: readonly (readonly number[])[]): string[] {
  const simulation = simulator.start(instance);
  const agents = simulator.agentNames.length;
  const steps: string[] = [];
  for (let t = 0; t < simulator.horizon && !simulation.done; t++) {
    const seen = Array.from({ length: agents }, (_, agent) => simulation.observe(agent));
    const reward = simulation.step(drawn(simulation, agents, dice[t]));
    steps.push(JSON.stringify([seen, reward]));
  }
  return steps;
}

function requireSame(name: string, episode: number, instance: Json, again: Json): void {
  if (JSON.stringify(instance) === JSON.stringify(again)) return;
  throw new InputError(
    `The task "${name}" is not deterministic given its stream: generate(stream) made two instances of episode ` +
      `${episode + 1} from the same stream. All chance must come from the stream.`,
  );
}

/** So many actions of each agent that the table stays small, spread evenly over those available. */
function thinned(available: readonly (readonly number[])[]): number[][] {
  let most = Math.max(...available.map(({ length }) => length));
  const entries = () => available.reduce((product, { length }) => product * Math.min(length, most), 1);
  while (most > 1 && entries() > mostEntries) most--;
  return available.map((own) => {
    if (own.length <= most) return [...own];
    return Array.from({ length: most }, (_, k) => own[Math.floor((k * own.length) / most)]);
  });
}
