import type { TeamPlan, Tuner } from '../../contracts/index.ts';
import type { NamePart } from '../../core/index.ts';
import { criticsFor } from './critics.ts';
import { type Evaluation, evaluateTeam } from './evaluate-team.ts';
import { learn, type Row } from './learn.ts';
import { judge } from './judge-evaluations.ts';
import { hasFallen, type Standing, watch } from './monitors.ts';
import { drawProblems } from './problems.ts';
import { mean, type Node, rollOut, type WritingTask } from './rollout.ts';
import { samplesOf, type TrainedSample } from './samples.ts';
import type { TeamState, UpdateLine } from './team-state.ts';

/** Problems of the split `test` that a training is reported on. */
const testProblems = 200;

export interface TeamTraining {
  readonly writing: WritingTask;
  /** What is trained on in turn, each for an equal share of the updates; the task alone when absent. */
  readonly lessons?: readonly WritingTask[];
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
  /** Is given all that an update learns from. */
  readonly onSamples?: (samples: readonly TrainedSample[]) => void;
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
  const { writing, lessons = [writing], tuners, plan, name, from, signal } = training;
  const agents = writing.task.agentNames;
  const acting = agents.map((_, agent) => tuners[tuners.length === 1 ? 0 : agent]);
  const validation = drawProblems(writing, 'validation', plan.validation, [...name, 'validation']);
  const held = drawProblems(writing, 'test', testProblems, [...name, 'test']);
  const tested = () => evaluateTeam(writing, acting, held, [...name, 'tested'], { signal });
  const evaluated = (update: number) =>
    evaluateTeam(writing, acting, validation, [...name, 'evaluation', update], {
      signal,
      whoAdds: update > 0,
    });

  const lines = [...(from?.lines ?? [])];
  if (from) for (const [k, tuner] of tuners.entries()) await tuner.restore(from.tuners[k]);
  const first = from?.first ?? (await evaluated(0));
  const testedFirst = from?.testedFirst ?? (await tested());
  training.onFirst?.(first);
  let best = from?.best ?? { update: 0, return: first.return };
  let bestTuners = from?.bestTuners ?? (await snapshots(tuners));
  const watching = watch(agents);
  const judging = judge(agents, first, writing.task.measures);
  for (const { update, health, validation: found } of lines) {
    if (found) judging.warnings(update, found);
    watching.warnings(update, health);
    watching.stop(update, health);
  }
  const critics = criticsFor(plan.estimator, agents.length, from?.critics);
  const { references } = training;
  const learners = {
    ...{ agents, plan, acting, tuners },
    ...(references && { references }),
    ...(critics && { critics }),
  };
  const { onSamples } = training;
  const shown = (update: number) =>
    onSamples && {
      onRows: (nodes: readonly Node[], rows: readonly Row[], number: number, turn: number) =>
        onSamples(samplesOf(nodes, rows, { update, turn, agent: agents[number], number })),
    };
  let stopped: string | undefined;

  while (lines.length < plan.updates && stopped === undefined) {
    signal?.throwIfAborted();
    const update = lines.length + 1;
    const before = lines.at(-1);
    const lesson = lessons[Math.floor(((update - 1) / plan.updates) * lessons.length)];
    const problems = drawProblems(lesson, 'train', plan.problems, [...name, 'problems', update]);
    const rollout = await rollOut(lesson, acting, problems, {
      ...plan,
      name: [...name, 'samples', update],
      ...(signal && { signal }),
    });
    const due = update % plan.evaluateEvery === 0 || update === plan.updates;
    const health = await learn({ ...learners, ...shown(update) }, rollout, update, due);
    const found = due ? await evaluated(update) : undefined;
    const line: UpdateLine = {
      update,
      return: mean(rollout.turns[0].flatMap(({ returns }) => returns)),
      jointEvaluations: (before?.jointEvaluations ?? 0) + rollout.jointEvaluations,
      tokens: (before?.tokens ?? 0) + rollout.tokens,
      health,
      warnings: [...watching.warnings(update, health), ...(found ? judging.warnings(update, found) : [])],
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
      critics: critics?.snapshots() ?? [],
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
