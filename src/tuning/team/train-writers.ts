import {
  type JsonObject,
  type NamedWeights,
  type ScoredText,
  type TeamPlan,
  TrainingError,
  type Tuner,
  type WeightedText,
} from '../../contracts/index.ts';
import type { NamePart } from '../../core/index.ts';
import { estimators, jointSamples, ownReturns, standardised } from './estimators.ts';
import { distinctOf, entropyOf, flatOf, hasFallen, type Health, type Standing, watch } from './monitors.ts';
import { type Evaluation, evaluateTeam } from './evaluate-team.ts';
import { drawProblems } from './problems.ts';
import { mean, type Node, rollOut, type Rollout, type WritingTask } from './rollout.ts';

/** One line of the log: the same for the same seed. */
export type UpdateLine = {
  readonly update: number;
  /** Mean of the training groups. */
  readonly return: number;
  readonly jointEvaluations: number;
  /** Sampled so far. */
  readonly tokens: number;
  readonly health: Health;
  readonly warnings: readonly string[];
  readonly validation?: Evaluation;
};

/** Problems of the split `test` that a training is reported on. */
const testProblems = 200;

/** What a training goes on from, and what its best version is. */
export interface TeamState {
  readonly lines: readonly UpdateLine[];
  readonly first: Evaluation;
  readonly testedFirst: Evaluation;
  readonly best: { readonly update: number; readonly return: number };
  readonly tuners: readonly NamedWeights[];
  readonly bestTuners: readonly NamedWeights[];
}

export interface TeamTraining {
  readonly writing: WritingTask;
  /** One per agent; one for all where they share weights. */
  readonly tuners: readonly Tuner[];
  /** As they began, for a plan that stays near that. */
  readonly references?: readonly Tuner[];
  readonly plan: TeamPlan;
  /** Names all random streams. */
  readonly name: readonly NamePart[];
  readonly from?: TeamState;
  /** After every update, with all that it takes to go on. */
  readonly onUpdate?: (line: UpdateLine, state: () => Promise<TeamState>) => void | Promise<void>;
  readonly onFirst?: (evaluation: Evaluation) => void;
  readonly signal?: AbortSignal;
}

export interface TeamResult {
  readonly lines: readonly UpdateLine[];
  readonly first: Evaluation;
  readonly best: { readonly update: number; readonly return: number };
  /** On problems of the split `test`: before training, after the last update, and of the best version. */
  readonly test: { readonly first: Evaluation; readonly last: Evaluation; readonly best: Evaluation };
  /** Why it ended before its plan did. */
  readonly stopped?: string;
}

/**
 * Trains a team of language models by policy gradients on one common return (Dec-POMDP; trained together, acting
 * alone). One update: new problems; in every turn so many samples of each agent, drawn at temperature 1 over the whole
 * vocabulary; one gradient over all turns and one step per agent. The tokens that end texts count, what comes after them
 * does not exist. After the last update the tuners hold the version that did best on validation.
 *
 * MAGRPO and its relatives: Liu et al. 2025, arXiv 2508.04652.
 *
 * @throws TrainingError for a reward or a gradient that is no number; the reason of `signal` when it aborts
 */
export async function trainWriters(training: TeamTraining): Promise<TeamResult> {
  const { writing, tuners, plan, name, from, signal } = training;
  const agents = writing.task.agentNames;
  const acting = agents.map((_, agent) => tuners[tuners.length === 1 ? 0 : agent]);
  const validation = drawProblems(writing, 'validation', plan.validation, [...name, 'validation']);
  const held = drawProblems(writing, 'test', testProblems, [...name, 'test']);
  const tested = () => evaluateTeam(writing, acting, held, [...name, 'tested'], signal);
  const evaluated = (update: number) =>
    evaluateTeam(writing, acting, validation, [...name, 'evaluation', update], signal);

  const lines = [...(from?.lines ?? [])];
  if (from) for (const [k, tuner] of tuners.entries()) await tuner.restore(from.tuners[k]);
  const first = from?.first ?? (await evaluated(0));
  const testedFirst = from?.testedFirst ?? (await tested());
  training.onFirst?.(first);
  let best = from?.best ?? { update: 0, return: first.return };
  let bestTuners = from?.bestTuners ?? (await snapshots(tuners));
  const watching = watch(agents);
  for (const { update, health } of lines) {
    watching.warnings(update, health);
    watching.stop(update, health);
  }
  let stopped: string | undefined;

  while (lines.length < plan.updates && stopped === undefined) {
    signal?.throwIfAborted();
    const update = lines.length + 1;
    const before = lines.at(-1);
    const problems = drawProblems(writing, 'train', plan.problems, [...name, 'problems', update]);
    const rollout = await rollOut(writing, acting, problems, {
      ...plan,
      name: [...name, 'samples', update],
      ...(signal && { signal }),
    });
    const health = await learn(training, acting, rollout, update);
    const due = update % plan.evaluateEvery === 0 || update === plan.updates;
    const found = due ? await evaluated(update) : undefined;
    const line: UpdateLine = {
      update,
      return: mean(rollout.turns[0].flatMap(({ returns }) => returns)),
      jointEvaluations: (before?.jointEvaluations ?? 0) + rollout.jointEvaluations,
      tokens: (before?.tokens ?? 0) + rollout.tokens,
      health,
      warnings: watching.warnings(update, health),
      ...(found && { validation: found }),
    };
    lines.push(line);
    if (found && found.return > best.return) {
      best = { update, return: found.return };
      bestTuners = await snapshots(tuners);
    }
    stopped = watching.stop(update, health);
    if (found && hasFallen(standings(lines)))
      stopped = `Stopped at update ${update}: three evaluations in a row lie three standard errors below the best, of update ${best.update}.`;
    await training.onUpdate?.(line, async () => ({
      lines: [...lines],
      first,
      testedFirst,
      best,
      tuners: await snapshots(tuners),
      bestTuners,
    }));
  }
  const last = await tested();
  if (best.update !== lines.length)
    for (const [k, tuner] of tuners.entries()) await tuner.restore(bestTuners[k]);
  const test = { first: testedFirst, last, best: best.update === lines.length ? last : await tested() };
  return { lines, first, best, test, ...(stopped !== undefined && { stopped }) };
}

const snapshots = (tuners: readonly Tuner[]) => Promise.all(tuners.map((tuner) => tuner.snapshot()));

const standings = (lines: readonly UpdateLine[]): Standing[] =>
  lines.flatMap(({ update, validation }) =>
    validation ? [{ update, mean: validation.return, standardError: validation.standardError }] : [],
  );

/** The gradient of all turns, one step per set of weights. */
async function learn(
  { writing, tuners, references, plan }: TeamTraining,
  acting: readonly Tuner[],
  { turns }: Rollout,
  update: number,
): Promise<Health> {
  const agents = writing.task.agentNames;
  let samplerGap = 0;
  for (const agent of agents.keys()) {
    const rows = turns.flatMap((nodes) => rowsOf(nodes, agent, acting.length, plan));
    const told = rows.filter(({ weight }) => weight !== 0);
    const weighted =
      plan.kl > 0 ? await kept(rows, references![tuners.length === 1 ? 0 : agent], plan.kl) : told;
    const logs = await acting[agent].accumulate(weighted);
    weighted.forEach(({ logProbabilities }, k) => {
      for (const [t, log] of logProbabilities.entries())
        samplerGap = Math.max(samplerGap, Math.abs(log - logs[k][t]));
    });
  }
  const norms: number[] = [];
  for (const [k, tuner] of tuners.entries()) {
    const norm = await tuner.step(plan.learningRate);
    if (!Number.isFinite(norm)) {
      const whose = tuners.length === 1 ? 'the team' : agents[k];
      throw new TrainingError(
        `The gradient of ${whose} is not finite at update ${update}: nothing has moved. Lower \`learningRate\` (${plan.learningRate}).`,
      );
    }
    norms.push(norm);
  }
  const [nodes] = turns;
  return {
    entropy: agents.map((_, agent) => entropyOf(nodes.flatMap(({ samples }) => samples[agent]))),
    distinct: agents.map((_, agent) => distinctOf(nodes, agent)),
    flat: flatOf(nodes),
    gradientNorm: norms,
    samplerGap,
  };
}

type Row = WeightedText & { readonly weight: number; readonly logProbabilities: Float32Array };

/** What one agent learns from in one turn. */
export function rowsOf(
  nodes: readonly Node[],
  agent: number,
  agents: number,
  plan: Pick<TeamPlan, 'group' | 'grouping' | 'estimator' | 'normalise'>,
): Row[] {
  const { group, grouping, estimator, normalise } = plan;
  const joint = jointSamples(agents, group, grouping);
  const returns = nodes.map((node) => ownReturns(node.returns, joint, agent, group));
  const advantages = estimators[estimator](returns);
  return nodes.flatMap(({ requests, samples }, n) => {
    const own = normalise ? standardised(advantages[n]) : advantages[n];
    return samples[agent].map(({ tokens, logProbabilities }, g) => ({
      request: requests[agent],
      ...{ tokens, logProbabilities },
      weight: own[g] / (nodes.length * group),
    }));
  });
}

/** The same with what every token costs that has become likelier than it was in the beginning. */
async function kept(rows: readonly Row[], reference: Tuner, coefficient: number) {
  const before = await reference.score(rows satisfies readonly ScoredText[]);
  return rows.map((row, k) => ({
    ...row,
    weight: row.logProbabilities.map(
      (log, t) => row.weight - (coefficient / rows.length) * (log - before[k][t]),
    ),
  }));
}

/** A state as a checkpoint keeps it. */
export function packState({ tuners, bestTuners, ...progress }: TeamState): {
  progress: JsonObject;
  arrays: NamedWeights;
} {
  const all = [
    ...tuners.map((own, k) => [`last.${k}.`, own] as const),
    ...bestTuners.map((own, k) => [`best.${k}.`, own] as const),
  ];
  return {
    progress: progress,
    arrays: Object.fromEntries(
      all.flatMap(([prefix, own]) =>
        Object.entries(own).map(([key, array]) => [`${prefix}${key}`, array] as const),
      ),
    ),
  };
}

export function unpackState(
  { progress, arrays }: { progress: JsonObject; arrays: NamedWeights },
  tuners: number,
): TeamState {
  const of = (prefix: string) =>
    Array.from({ length: tuners }, (_, k) =>
      Object.fromEntries(
        Object.entries(arrays)
          .filter(([key]) => key.startsWith(`${prefix}.${k}.`))
          .map(([key, array]) => [key.slice(`${prefix}.${k}.`.length), array]),
      ),
    );
  return {
    ...(progress as unknown as Omit<TeamState, 'tuners' | 'bestTuners'>),
    tuners: of('last'),
    bestTuners: of('best'),
  };
}
