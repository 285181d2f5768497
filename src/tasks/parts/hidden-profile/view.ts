import { type Clue, favouriteOf, type HiddenProfileInstance, rewardsOf, sumsOf } from './draw.ts';

export const optionWords = ['red', 'blue', 'green', 'gold'] as const;

/** The actions in the order share, ask, back, vote; an action's number is its kind's first one plus what it is about. */
export interface SpeechActs {
  readonly words: readonly string[];
  readonly ask: number;
  readonly back: number;
  readonly vote: number;
}

export function speechActs(clues: number, options: number): SpeechActs {
  const about = (verb: string) => optionWords.slice(0, options).map((word) => `${verb} ${word}`);
  const shares = Array.from({ length: clues }, (_, k) => `share ${k + 1}`);
  return {
    words: [...shares, ...about('ask'), ...about('back'), ...about('vote')],
    ask: clues,
    back: clues + options,
    vote: clues + 2 * options,
  };
}

/** A situation: what everybody said, round by round. Bit k of `said` is set once clue k + 1 was shared. */
export type HiddenProfileState = {
  readonly instance: HiddenProfileInstance;
  readonly time: number;
  readonly said: number;
  readonly log: readonly (readonly number[])[];
};

/** What follows from an instance alone. */
export interface ProfileWorld {
  readonly clues: readonly Clue[];
  /** Per agent, the clues that it holds, as a bit mask. */
  readonly hands: readonly number[];
  /** Per agent, its clues' summed weights per option. */
  readonly handSums: readonly (readonly number[])[];
  readonly pooledSums: readonly number[];
  /** What the team gets for each option. */
  readonly rewards: readonly number[];
}

export function profileWorld(
  { clues }: HiddenProfileInstance,
  agents: number,
  options: number,
): ProfileWorld {
  const held = Array.from({ length: agents }, (_, i) => clues.filter(({ holders }) => holders.includes(i)));
  const pooledSums = sumsOf(options, clues);
  return {
    clues,
    hands: held.map((own) => own.reduce((mask, clue) => mask | (1 << clues.indexOf(clue)), 0)),
    handSums: held.map((own) => sumsOf(options, own)),
    pooledSums,
    rewards: rewardsOf(pooledSums),
  };
}

/** The summed weights, per option, of all that the agent holds or heard. */
export function knownSums({ clues, hands, handSums }: ProfileWorld, said: number, agent: number): number[] {
  const sums = [...handSums[agent]];
  clues.forEach(({ option, weight }, k) => {
    if (((said & ~hands[agent]) >> k) & 1) sums[option] += weight;
  });
  return sums;
}

export interface ViewOptions {
  readonly names: readonly string[];
  readonly rounds: number;
  readonly options: number;
  readonly tellSums: boolean;
  readonly acts: SpeechActs;
}

/** All that the agent holds and heard, every time anew: a prompt stands alone, without earlier ones. */
export function profileText(
  view: ViewOptions,
  world: ProfileWorld,
  state: HiddenProfileState,
  agent: number,
): string {
  const { names, rounds, acts } = view;
  const content = ({ option, weight }: Clue) => `${optionWords[option]} ${weight}`;
  const told = (action: number, self: boolean) => {
    if (action < acts.ask) {
      const clue = world.clues[action];
      return self ? `shared ${action + 1}` : `shared ${action + 1}: ${content(clue)}`;
    }
    const verb = action < acts.back ? 'asked' : 'backed';
    return `${verb} ${optionWords[(action - acts.ask) % view.options]}`;
  };
  const own = world.clues.flatMap((clue, k) =>
    (world.hands[agent] >> k) & 1 ? [`${k + 1}: ${content(clue)}`] : [],
  );
  const sentences = [state.time < rounds ? `Round ${state.time + 1} of ${rounds}.` : 'Vote now.'];
  sentences.push(`Your clues: ${own.join('; ')}.`);
  if (state.time > 0) {
    names.forEach((name, i) => {
      const self = i === agent;
      const said = state.log.map((joint) => told(joint[i], self));
      sentences.push(`${self ? 'You' : name} ${said.join('; ')}.`);
    });
  }
  if (view.tellSums) {
    const sums = knownSums(world, state.said, agent);
    sentences.push(`Known sums: ${sums.map((sum, o) => `${optionWords[o]} ${sum}`).join(', ')}.`);
  }
  return sentences.join(' ');
}

const perClue = 5;
const perOption = 8;

export function profileFeatureLength(agents: number, clues: number, options: number): number {
  return 2 + agents + clues * (perClue + options) + options * perOption;
}

/** The same facts as numbers: one slot per clue number, because actions name clues by number, and per option. */
export function profileFeatures(
  view: ViewOptions & { readonly maxWeight: number },
  world: ProfileWorld,
  state: HiddenProfileState,
  agent: number,
  out: Float32Array,
  offset: number,
): void {
  const { names, rounds, options, acts, maxWeight } = view;
  const { clues, hands, handSums } = world;
  const hand = hands[agent];
  const own = handSums[agent];
  const pooled = knownSums(world, state.said, agent);
  const favourite = favouriteOf(own);
  let p = offset;
  out[p++] = 1 - state.time / rounds;
  out[p++] = state.time === rounds ? 1 : 0;
  for (let i = 0; i < names.length; i++) out[p++] = i === agent ? 1 : 0;
  clues.forEach(({ option, weight }, k) => {
    const held = (hand >> k) & 1;
    const said = (state.said >> k) & 1;
    const open = held === 1 && said === 0;
    const against = (option === favourite) !== weight > 0;
    out[p++] = held;
    out[p++] = said;
    out[p++] = open ? 1 : 0;
    out[p++] = open ? (against ? 1 : -1) : 0;
    out[p++] = open ? Math.abs(weight) / maxWeight : 0;
    for (let o = 0; o < options; o++) out[p++] = (held || said) && o === option ? weight / maxWeight : 0;
  });
  const sumScale = 4 * maxWeight;
  const counts = (first: number, mine: boolean) => {
    const count = new Array<number>(options).fill(0);
    for (const joint of state.log) {
      joint.forEach((action, i) => {
        if ((i === agent) === mine && action >= first && action < first + options) count[action - first]++;
      });
    }
    return count.map((n) => n / (rounds * (mine ? 1 : names.length - 1)));
  };
  const [asked, backed, backedMyself] = [
    counts(acts.ask, false),
    counts(acts.back, false),
    counts(acts.back, true),
  ];
  const leader = favouriteOf(pooled);
  for (let o = 0; o < options; o++) {
    out[p++] = own[o] / sumScale;
    out[p++] = (pooled[o] - own[o]) / sumScale;
    out[p++] = pooled[o] / sumScale;
    out[p++] = o === favourite ? 1 : 0;
    out[p++] = o === leader ? 1 : 0;
    out[p++] = asked[o];
    out[p++] = backed[o];
    out[p++] = backedMyself[o];
  }
}

export function profileStateLength(agents: number, clues: number, options: number): number {
  return 2 + options + agents * options + clues * (2 + options);
}

/** Everything: the value of each option, what each agent knows of it, and every clue with who could still say it. */
export function profileState(
  view: ViewOptions & { readonly maxWeight: number },
  world: ProfileWorld,
  state: HiddenProfileState,
  out: Float32Array,
  offset: number,
): void {
  const { names, rounds, options, maxWeight } = view;
  const sumScale = 4 * maxWeight;
  let p = offset;
  out[p++] = 1 - state.time / rounds;
  out[p++] = state.time === rounds ? 1 : 0;
  for (let o = 0; o < options; o++) out[p++] = world.pooledSums[o] / sumScale;
  for (let i = 0; i < names.length; i++) {
    for (const sum of knownSums(world, state.said, i)) out[p++] = sum / sumScale;
  }
  world.clues.forEach(({ option, weight, holders }, k) => {
    out[p++] = (state.said >> k) & 1;
    out[p++] = holders.length / names.length;
    for (let o = 0; o < options; o++) out[p++] = o === option ? weight / maxWeight : 0;
  });
}
