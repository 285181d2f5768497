import { steps } from '../counts.ts';
import type { Dynamics } from '../environment.ts';
import { shopPotential } from './potential.ts';
import { payForLateness, type ShopRules, type ShopState, workBetween } from './shop.ts';

/** Words for the colours; their number bounds the option. */
export const colourNames = ['red', 'blue', 'green', 'gold'] as const;

/** An agent's next stage of one job, as far as the agent knows. Times are steps from now. */
export interface OwnPart {
  readonly job: number;
  readonly colour: number;
  readonly duration: number;
  /** Work on the job after this part. */
  readonly after: number;
  readonly worth: number;
  /** True when the part can be started now, the colour aside. */
  readonly ready: boolean;
  /** Who works on the job just before, where the part is still to come; else -1. */
  readonly from: number;
  /** The earliest arrival that the agent's own facts allow: 0 when ready, else at least 1. */
  readonly arrival: number;
  /** Steps that may be lost between now and the end before the job is late; negative when it will be. */
  readonly spare: number;
}

/**
 * What an agent knows: per job that still can pay, its own next part. Everything that it is told or that an
 * expert may use comes from here and from its own machine.
 *
 * The arrival of a coming part counts from the agent's last part of that job (or from the start of the
 * episode) and assumes that nobody before it waits: progress in between is hidden.
 */
export function ownParts(state: ShopState, agent: number): OwnPart[] {
  const { instance, time, progress, active, open, busy, handed, colour } = state;
  const parts: OwnPart[] = [];
  for (let j = 0; j < instance.jobs.length; j++) {
    if (open[j] === 0) continue;
    const job = instance.jobs[j];
    const { stages } = job;
    const current = progress[j];
    let k = current + active[j];
    while (k < stages.length && stages[k].agent !== agent) k++;
    if (k === stages.length) continue;
    const ready = k === current;
    let arrival = 0;
    if (!ready) {
      let own = k - 1;
      while (own >= 0 && stages[own].agent !== agent) own--;
      const between = workBetween(job, own + 1, k);
      const working = own === current && active[j] === 1;
      const since = own < 0 ? -time : working ? busy[agent] : handed[j * colour.length + agent] - time;
      arrival = Math.max(1, since + between);
    }
    const { duration } = stages[k];
    const after = workBetween(job, k + 1);
    parts.push({
      job: j,
      colour: stages[k].colour,
      duration,
      after,
      worth: job.value,
      ready,
      from: ready ? -1 : stages[k - 1].agent,
      arrival,
      spare: job.due - time - arrival - duration - after,
    });
  }
  return parts;
}

/** Scales of the vectors, from the task's options. */
export interface ViewScales {
  readonly jobs: number;
  readonly stages: number;
  readonly maxDuration: number;
  readonly maxValue: number;
}

const partFacts = 11;

export function featureLength({ agents, colours }: ShopRules, { jobs }: ViewScales): number {
  return 2 + agents + 3 * colours + jobs * (partFacts + colours + agents);
}

export function stateLength({ agents, colours }: ShopRules, { jobs, stages }: ViewScales): number {
  return 1 + agents * (1 + colours) + jobs * (5 + stages * (1 + agents + colours));
}

/** Text and vectors of a state. */
export function shopViews(
  rules: ShopRules,
  scales: ViewScales,
  names: readonly string[],
): Pick<Dynamics<ShopState>, 'observe' | 'features' | 'stateVector' | 'potential'> {
  return {
    potential: (state) => shopPotential(rules, state),
    observe: (state, agent) => observationText(rules, names, state, agent),
    features: (state, agent, out, offset) => writeFeatures(rules, scales, state, agent, out, offset),
    stateVector: (state, out, offset) => writeState(rules, scales, state, out, offset),
  };
}

function observationText(
  rules: ShopRules,
  names: readonly string[],
  state: ShopState,
  agent: number,
): string {
  const sentences = [
    `Step ${state.time + 1} of ${rules.horizon}.`,
    `Your machine is ${colourNames[state.colour[agent]]}.`,
  ];
  if (state.busy[agent] > 0)
    sentences.push(`It works on job ${state.job[agent] + 1} for ${steps(state.busy[agent])}.`);
  const parts = ownParts(state, agent);
  if (parts.length === 0) sentences.push('No job comes to you.');
  for (const part of parts) {
    const where = part.ready ? 'is ready' : `from ${names[part.from]} in ${part.arrival}`;
    const spare = part.spare < 0 ? `late ${-part.spare}` : `spare ${part.spare}`;
    sentences.push(
      `Job ${part.job + 1} ${where}: ${colourNames[part.colour]} ${steps(part.duration)}, ` +
        `${part.after} after, worth ${part.worth}, ${spare}.`,
    );
  }
  return sentences.join(' ');
}

/**
 * Time left, who and in which colour the agent is, how long it is busy; per job (in the numbering of the
 * actions) its own next part with what it would pay; per colour the best rate of pay among ready parts and the
 * best pay, discounted by the wait, among coming ones.
 */
function writeFeatures(
  rules: ShopRules,
  scales: ViewScales,
  state: ShopState,
  agent: number,
  out: Float32Array,
  offset: number,
): void {
  const { agents, colours, horizon } = rules;
  const { maxDuration, maxValue } = scales;
  out.fill(0, offset, offset + featureLength(rules, scales));
  out[offset] = 1 - state.time / horizon;
  out[offset + 1] = state.busy[agent] / maxDuration;
  out[offset + 2 + agent] = 1;
  const ownColour = offset + 2 + agents;
  out[ownColour + state.colour[agent]] = 1;
  const bestReady = ownColour + colours;
  const bestComing = bestReady + colours;
  const slots = bestComing + colours;
  const slotLength = partFacts + colours + agents;
  let bestRate = 0;
  let bestSlot = -1;
  for (const part of ownParts(state, agent)) {
    const slot = slots + part.job * slotLength;
    const matches = part.colour === state.colour[agent];
    const setting = matches ? 0 : 1;
    const start = Math.max(part.arrival, state.busy[agent] + setting);
    const finish = state.time + start + part.duration + part.after;
    const pays =
      finish > horizon ? 0 : payForLateness(rules, part.worth, start - part.arrival - part.spare) / maxValue;
    const rate = pays / (part.duration + setting);
    out[slot] = part.ready && matches ? 1 : 0;
    out[slot + 1] = part.ready && !matches ? 1 : 0;
    out[slot + 2] = part.ready ? 0 : 1;
    out[slot + 3] = Math.min(2, part.arrival / (2 * maxDuration));
    out[slot + 4] = part.duration / maxDuration;
    out[slot + 5] = part.after / (maxDuration * Math.max(1, scales.stages - 1));
    out[slot + 6] = part.worth / maxValue;
    out[slot + 7] = Math.max(-1, Math.min(2, part.spare / rules.grace));
    out[slot + 8] = pays;
    out[slot + 9] = rate;
    out[slot + partFacts + part.colour] = 1;
    if (part.ready) {
      out[bestReady + part.colour] = Math.max(out[bestReady + part.colour], rate);
      if (rate > bestRate) {
        bestRate = rate;
        bestSlot = slot;
      }
    } else {
      out[slot + partFacts + colours + part.from] = 1;
      const soon = pays / (1 + part.arrival);
      out[bestComing + part.colour] = Math.max(out[bestComing + part.colour], soon);
    }
  }
  if (bestSlot >= 0) out[bestSlot + 10] = 1;
}

/** Time left, every machine, every job: what it pays, how urgent it is, and its remaining stages in order. */
function writeState(
  { agents, colours, horizon, grace }: ShopRules,
  { maxDuration, maxValue, stages: maxStages }: ViewScales,
  state: ShopState,
  out: Float32Array,
  offset: number,
): void {
  let p = offset;
  out[p++] = 1 - state.time / horizon;
  for (let agent = 0; agent < agents; agent++) {
    out[p++] = state.busy[agent] / maxDuration;
    for (let c = 0; c < colours; c++) out[p++] = state.colour[agent] === c ? 1 : 0;
  }
  state.instance.jobs.forEach((job, j) => {
    const open = state.open[j] === 1;
    const current = state.progress[j];
    const rest = workBetween(job, current);
    out[p++] = open ? 1 : 0;
    out[p++] = open ? state.active[j] : 0;
    out[p++] = open ? job.value / maxValue : 0;
    out[p++] = open ? rest / (maxDuration * maxStages) : 0;
    out[p++] = open ? Math.max(-1, Math.min(2, (job.due - state.time - rest) / grace)) : 0;
    for (let k = current; k < current + maxStages; k++) {
      const stage = open && k < job.stages.length ? job.stages[k] : undefined;
      out[p++] = stage ? stage.duration / maxDuration : 0;
      for (let a = 0; a < agents; a++) out[p++] = stage?.agent === a ? 1 : 0;
      for (let c = 0; c < colours; c++) out[p++] = stage?.colour === c ? 1 : 0;
    }
  });
}
