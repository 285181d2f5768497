import { z } from 'zod';
import { randomRollout, type Simulator, type SimulatorDefinition, TaskError } from '../contracts/index.ts';
import type { RandomStream } from '../core/index.ts';
import { bestPlan } from './parts/assembly/oracle.ts';
import { expertChoice, greedyChoice, playScript } from './parts/assembly/policies.ts';
import { assemblyScene } from './parts/assembly/scene.ts';
import {
  actionCode,
  type AssemblyInstance,
  initialState,
  shopDynamics,
  type ShopRules,
  type ShopState,
  type Stage,
} from './parts/assembly/shop.ts';
import { colourNames, featureLength, shopViews, stateLength } from './parts/assembly/view.ts';
import { withCoupling } from './parts/coupling.ts';
import { type Dynamics, environmentOf } from './parts/environment.ts';
import { steps } from './parts/counts.ts';
import { maxAgents, teamNames } from './parts/names.ts';

export type { AssemblyInstance } from './parts/assembly/shop.ts';

/** Every agent has at least this many stages in an instance. */
const minParts = 2;
/** Random play reaches at most about this share of the oracle's return in an instance. */
const maxRandomShare = 0.6;
const randomProbes = 8;
const maxAttempts = 2000;

/**
 * Job-shop scheduling by a team: long chains of dependent decisions, paid late.
 *
 * A job is a chain of stages. Each stage needs the machine of one agent, in one colour, for some steps; the
 * next stage belongs to another agent; nothing is interrupted. Changing a machine's colour takes one step. A
 * finished job pays value * max(0, 1 - max(0, finish - due) / grace), and nothing after the horizon; a job that
 * can no longer pay leaves every queue. An agent sees its own next part of each job and its own machine,
 * never a teammate's machine or the progress of jobs elsewhere.
 *
 * The oracle is exact up to a limit of search nodes that default instances stay far below, and a bound beyond
 * it (`parts/assembly-oracle.ts`).
 *
 * After the job shop with sequence-dependent set-up and weighted tardiness (Graham et al. 1979,
 * doi 10.1016/S0167-5060(08)70356-X, for the notation), decentralised as in Gabel and Riedmiller 2008
 * (job-shop scheduling with one learning agent per machine).
 */
const options = z
  .strictObject({
    agents: z.int().min(2).max(maxAgents).default(3).describe('Size of the team; one machine each.'),
    jobs: z.int().min(1).max(10).default(5).describe('Number of jobs.'),
    stages: z
      .int()
      .min(1)
      .max(5)
      .default(3)
      .describe('Stages of every job, each by another agent than the last.'),
    minDuration: z.int().min(1).max(5).default(1).describe('Fewest steps that a stage takes.'),
    maxDuration: z.int().min(1).max(5).default(3).describe('Most steps that a stage takes.'),
    colours: z.int().min(1).max(colourNames.length).default(2).describe('Colours that stages may need.'),
    values: z
      .array(z.number().positive().max(1000))
      .min(1)
      .max(10)
      .default([4, 8, 12])
      .describe('What a job may pay in time, drawn uniformly.'),
    slack: z
      .int()
      .min(0)
      .max(50)
      .default(4)
      .describe('Due is the work of the job plus a uniform draw from 0 to this many steps.'),
    grace: z.int().min(1).max(20).default(4).describe('Steps of lateness after which a job pays nothing.'),
    horizon: z.int().min(2).max(100).default(20).describe('Steps of an episode.'),
  })
  .refine((o) => o.minDuration <= o.maxDuration, {
    path: ['minDuration'],
    message: 'minDuration must not exceed maxDuration.',
  })
  .refine((o) => o.jobs * o.stages >= minParts * o.agents, {
    path: ['jobs'],
    message: `jobs * stages must be at least ${minParts} * agents, so that every agent has enough to do.`,
  });
export const assemblyOptions = withCoupling(options, {
  low: { jobs: 8, stages: 1, slack: 4, grace: 4 },
  middle: { jobs: 5, stages: 3, slack: 4, grace: 4 },
  high: { jobs: 5, stages: 3, slack: 0, grace: 2 },
});
export type AssemblyOptions = z.output<typeof assemblyOptions>;

export const assembly: SimulatorDefinition<AssemblyOptions> = {
  id: 'assembly',
  title: 'Assembly: jobs pass from machine to machine before they pay',
  type: 'temporal',
  revision: 2,
  source:
    'Job-shop scheduling with set-up and weighted tardiness; one agent per machine (Gabel and Riedmiller 2008)',
  optionsSchema: assemblyOptions,
  create: (options): Simulator<AssemblyInstance> => {
    const names = teamNames(options.agents);
    const rules: ShopRules = options;
    const scales = { ...options, maxValue: Math.max(...options.values) };
    const code = actionCode(options.colours, options.jobs);
    const actions = [
      'wait',
      ...colourNames.slice(0, options.colours).map((colour) => `set ${colour}`),
      ...Array.from({ length: options.jobs }, (_, j) => `start ${j + 1}`),
      'work',
    ];
    const views = {
      ...shopViews(rules, scales, names),
      view: (state: ShopState, viewer?: number) => assemblyScene(names, state, viewer),
    };
    // Random references start the same instance a thousand times; its tables are made once.
    const shops = new WeakMap<AssemblyInstance, { dynamics: Dynamics<ShopState>; initial: ShopState }>();
    const shopOf = (instance: AssemblyInstance) => {
      let shop = shops.get(instance);
      if (!shop) {
        const dynamics = { ...shopDynamics(rules, instance, code), ...views };
        shops.set(instance, (shop = { dynamics, initial: initialState(rules, instance) }));
      }
      return shop;
    };
    const start = (instance: AssemblyInstance) => {
      const { dynamics, initial } = shopOf(instance);
      return environmentOf(dynamics, initial, names.length, actions);
    };
    const task: Simulator<AssemblyInstance> = {
      agentNames: names,
      horizon: options.horizon,
      actions,
      featureLength: featureLength(rules, scales),
      stateLength: stateLength(rules, scales),
      rules: rulesText(options, names),
      generate: (stream) => generate(options, task, stream),
      start,
      oracle: (instance) => bestPlan(rules, instance).bound,
      expert: (environment, agent, announced) =>
        expertChoice(options, code, environment.snapshot() as ShopState, agent, announced),
    };
    return task;
  },
};

const shares = ['', 'all', 'half', 'a third', 'a quarter', 'a fifth', 'a sixth'];

function rulesText(options: AssemblyOptions, names: readonly string[]): string {
  const { jobs, grace, minDuration, maxDuration } = options;
  const lost = shares[grace] ?? `1/${grace}`;
  const duration =
    minDuration === maxDuration ? steps(minDuration) : `${minDuration} to ${steps(maxDuration)}`;
  return (
    `The team is ${names.join(', ')}. ${jobs} jobs pass from worker to worker, part by part. A part takes ` +
    `${duration} and needs the worker's machine in its colour. Changing the colour takes one step. ` +
    `A finished job pays its worth, less ${lost} of it for each step that it is late, and nothing after the ` +
    'last step. A job that can no longer pay is dropped. For each job you read your next part: whether it is ' +
    'ready or who passes it on to you and in how many steps at the earliest, its colour and steps, the steps ' +
    'of work after it, what the job is worth, and how many steps can be lost (spare) before it is late.'
  );
}

function draw(options: AssemblyOptions, stream: RandomStream): AssemblyInstance {
  const { agents, colours, minDuration, maxDuration, horizon, slack } = options;
  const jobs = Array.from({ length: options.jobs }, () => {
    const stages: Stage[] = [];
    for (let k = 0; k < options.stages; k++) {
      const before = k === 0 ? -1 : stages[k - 1].agent;
      // One of the other agents: skip the last one instead of drawing again.
      const among = stream.integer(0, agents - (k === 0 ? 1 : 2));
      stages.push({
        agent: before >= 0 && among >= before ? among + 1 : among,
        duration: stream.integer(minDuration, maxDuration),
        colour: stream.integer(0, colours - 1),
      });
    }
    const value = stream.pick(options.values);
    const work = stages.reduce((sum, stage) => sum + stage.duration, 0);
    return { stages, value, due: Math.min(horizon, work + stream.integer(0, slack)) };
  });
  return { jobs, colours: Array.from({ length: agents }, () => stream.integer(0, colours - 1)) };
}

/**
 * Draws until an instance asks for coordination: every agent has two stages, the oracle reaches at least twice
 * the smallest value, greedy play is not already optimal and random play stays well below. This is selection,
 * not a sample of all job shops: scores of greedy play are lower here than on unselected instances.
 *
 * @throws TaskError when no instance passes in 2,000 draws
 */
function generate(
  options: AssemblyOptions,
  task: Simulator<AssemblyInstance>,
  stream: RandomStream,
): AssemblyInstance {
  const code = actionCode(options.colours, options.jobs);
  const enough = minParts * Math.min(...options.values);
  const rejected = { idle: 0, poor: 0, greedy: 0, random: 0 };
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const instance = draw(options, stream);
    const parts = new Array<number>(options.agents).fill(0);
    for (const job of instance.jobs) for (const stage of job.stages) parts[stage.agent]++;
    if (Math.min(...parts) < minParts) {
      rejected.idle++;
      continue;
    }
    const oracle = task.oracle(instance);
    if (oracle < enough) {
      rejected.poor++;
      continue;
    }
    const greedy = playScript(task.start(instance), options.agents, (state, agent) =>
      greedyChoice(options, code, state, agent),
    );
    if (greedy >= oracle - 1e-9) {
      rejected.greedy++;
      continue;
    }
    let random = 0;
    for (let k = 0; k < randomProbes; k++) random += randomRollout(task, instance, stream) / randomProbes;
    if (random > maxRandomShare * oracle) {
      rejected.random++;
      continue;
    }
    return instance;
  }
  throw new TaskError(
    `assembly: none of ${maxAttempts} instances drawn with ${JSON.stringify(options)} can be used: in ` +
      `${rejected.idle} an agent has fewer than ${minParts} stages, in ${rejected.poor} the best return is below ` +
      `${enough}, in ${rejected.greedy} greedy play is already optimal, in ${rejected.random} random play is too ` +
      'good. Use more jobs or stages, less slack, or a longer horizon.',
  );
}
