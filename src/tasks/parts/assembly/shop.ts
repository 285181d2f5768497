import { type Dynamics } from '../environment.ts';

/** What the rules of `assembly` depend on besides the instance. Times are steps. */
export interface ShopRules {
  readonly agents: number;
  readonly colours: number;
  readonly horizon: number;
  readonly grace: number;
}

/** One stage of a job: `agent` works on it for `duration` steps with its machine in `colour`. */
export type Stage = { readonly agent: number; readonly duration: number; readonly colour: number };

/** A chain of stages, at least one; neighbours in the chain belong to different agents. */
export type Job = { readonly stages: readonly Stage[]; readonly value: number; readonly due: number };

export type AssemblyInstance = {
  readonly jobs: readonly Job[];
  /** Per agent, the colour in which its machine starts. */
  readonly colours: readonly number[];
};

/** What changes during an episode. Plain data; the instance goes along, so that a snapshot is complete. */
export interface ShopState {
  readonly instance: AssemblyInstance;
  readonly time: number;
  /** Per job, its finished stages. */
  readonly progress: readonly number[];
  /** Per job, 1 while its next stage is being worked on. */
  readonly active: readonly number[];
  /** Per job, 1 until it is finished or can no longer pay. */
  readonly open: readonly number[];
  /** Per agent, the colour of its machine. */
  readonly colour: readonly number[];
  /** Per agent, the job in its machine, or -1. */
  readonly job: readonly number[];
  /** Per agent, the steps until its machine is free. */
  readonly busy: readonly number[];
  /** [job * agents + agent]: when the agent last finished a stage of the job, if it has a later one; else 0. */
  readonly handed: readonly number[];
}

/**
 * What a job pays when it is finished at time `finish` (steps since the start), in reward units:
 *   value * max(0, 1 - max(0, finish - due) / grace), and 0 after the horizon.
 */
export function pay(rules: ShopRules, job: Job, finish: number): number {
  if (finish > rules.horizon) return 0;
  return payForLateness(rules, job.value, finish - job.due);
}

/** The same for a job that is finished `late` steps after its due step, the horizon aside. */
export function payForLateness(rules: ShopRules, value: number, late: number): number {
  if (late <= 0) return value;
  return late >= rules.grace ? 0 : value * (1 - late / rules.grace);
}

/** Steps of work from stage `from` (inclusive) to stage `to` (exclusive). */
export function workBetween(job: Job, from: number, to = job.stages.length): number {
  let work = 0;
  for (let k = from; k < to; k++) work += job.stages[k].duration;
  return work;
}

/** The task's actions by what they mean: `wait`, one `set` per colour, one `start` per job, `work`. */
export interface ActionCode {
  readonly wait: number;
  /** The index of "set" for colour 0; the other colours follow. */
  readonly set: number;
  /** The index of "start 1"; the other jobs follow. */
  readonly start: number;
  readonly work: number;
}

export function actionCode(colours: number, jobs: number): ActionCode {
  return { wait: 0, set: 1, start: 1 + colours, work: 1 + colours + jobs };
}

export function initialState(rules: ShopRules, instance: AssemblyInstance): ShopState {
  const { jobs, colours } = instance;
  return {
    instance,
    time: 0,
    progress: jobs.map(() => 0),
    active: jobs.map(() => 0),
    open: jobs.map((job) => (pay(rules, job, workBetween(job, 0)) > 0 ? 1 : 0)),
    colour: colours,
    job: colours.map(() => -1),
    busy: colours.map(() => 0),
    handed: Array.from({ length: jobs.length * rules.agents }, () => 0),
  };
}

/** The rules of time on one instance; the views of a state (text, vectors) come from `assembly-view.ts`. */
export function shopDynamics(
  rules: ShopRules,
  instance: AssemblyInstance,
  code: ActionCode,
): Pick<Dynamics<ShopState>, 'time' | 'done' | 'availableActions' | 'step'> {
  const { agents, colours, horizon } = rules;
  const { jobs } = instance;
  // lastOwn[job * agents + agent]: the agent's last stage of the job, or -1. Looked up in every random step.
  const lastOwn = jobs.flatMap(({ stages }) =>
    Array.from({ length: agents }, (_, agent) => stages.findLastIndex((stage) => stage.agent === agent)),
  );
  // rest[job][k]: work from stage k to the end.
  const rest = jobs.map((job) => [...job.stages, null].map((_, k) => workBetween(job, k)));
  const lists = actionLists(code.work + 1);
  const onlyWait = lists(1 << code.wait);
  const onlyWork = lists(1 << code.work);
  const everySet = ((1 << colours) - 1) << code.set;

  return {
    time: (state) => state.time,
    done: (state) => state.time >= horizon || !state.open.includes(1),
    availableActions: ({ busy, open, progress, active, colour }, agent) => {
      if (busy[agent] > 0) return onlyWork;
      let starts = 0;
      let pending = false;
      for (let j = 0; j < jobs.length; j++) {
        const k = progress[j];
        if (open[j] === 0 || lastOwn[j * agents + agent] < k) continue;
        pending = true;
        if (active[j] === 1) continue;
        const stage = jobs[j].stages[k];
        if (stage.agent === agent && stage.colour === colour[agent]) starts |= 1 << (code.start + j);
      }
      if (!pending) return onlyWait;
      return lists((1 << code.wait) | (everySet & ~(1 << (code.set + colour[agent]))) | starts);
    },
    step: (state, jointAction) => {
      const time = state.time + 1;
      const progress = state.progress.slice();
      const active = state.active.slice();
      const open = state.open.slice();
      const colour = state.colour.slice();
      const job = state.job.slice();
      const busy = state.busy.slice();
      let handed = state.handed;
      let reward = 0;
      for (let agent = 0; agent < agents; agent++) {
        const action = jointAction[agent];
        if (action >= code.start && action < code.work) {
          const j = action - code.start;
          job[agent] = j;
          busy[agent] = jobs[j].stages[progress[j]].duration;
          active[j] = 1;
        } else if (action >= code.set && action < code.start) {
          colour[agent] = action - code.set;
        }
      }
      for (let agent = 0; agent < agents; agent++) {
        if (busy[agent] === 0 || --busy[agent] > 0) continue;
        const j = job[agent];
        job[agent] = -1;
        active[j] = 0;
        progress[j]++;
        if (progress[j] === jobs[j].stages.length) {
          open[j] = 0;
          reward += pay(rules, jobs[j], time);
        } else if (lastOwn[j * agents + agent] >= progress[j]) {
          handed = handed.with(j * agents + agent, time);
        }
      }
      // A job whose machine is running can always still pay: starting it was only possible while it could.
      for (let j = 0; j < jobs.length; j++) {
        if (open[j] === 1 && active[j] === 0 && pay(rules, jobs[j], time + rest[j][progress[j]]) <= 0)
          open[j] = 0;
      }
      return { state: { instance, time, progress, active, open, colour, job, busy, handed }, reward };
    },
  };
}

/** Lists of set bits, each made once: the same few sets of actions come up all the time. */
function actionLists(actions: number): (mask: number) => readonly number[] {
  const lists = new Map<number, readonly number[]>();
  return (mask) => {
    let list = lists.get(mask);
    if (!list) {
      list = Array.from({ length: actions }, (_, a) => a).filter((a) => (mask >> a) & 1);
      lists.set(mask, list);
    }
    return list;
  };
}
