import { type JsonObject, type Model, sumUsage, type Usage } from '../contracts/index.ts';
import { contentHash, InputError, type Problems } from '../core/index.ts';
import { composePrompt } from '../prompt/index.ts';
import { instanceStream } from './instances.ts';
import type { PreparedRun } from './prepare.ts';

/** What probes have found, by the content key of what was probed. */
export type Probes = Readonly<Record<string, JsonObject>>;

export interface AuditOptions {
  /** Collects what is wrong. */
  readonly problems: Problems;
  /** Also puts one small question to every model whose service has not been probed yet. */
  readonly probe: boolean;
  /** What earlier starts have found. */
  readonly known?: Probes;
  readonly signal?: AbortSignal;
}

/**
 * Asks the services of all models what they offer and, with one small question each, what reaches them of what the
 * study says. All at once; models without a service have nothing to ask.
 *
 * @param runs those that are still to be played
 */
export async function auditModels(
  runs: readonly PreparedRun[],
  { problems, probe, known = {}, signal }: AuditOptions,
): Promise<{ readonly probes: Probes; readonly usage: Usage }> {
  const runsOf = new Map<Model, PreparedRun[]>();
  for (const run of runs) {
    const sofar = runsOf.get(run.playerModel);
    if (sofar) sofar.push(run);
    else runsOf.set(run.playerModel, [run]);
  }
  const probes: Record<string, JsonObject> = {};
  const usages: Usage[] = [];
  const auditOne = async (model: Model, played: readonly PreparedRun[]) => {
    const { place } = played[0];
    const found = (await model.check?.(signal)) ?? [];
    for (const problem of found) problems.add(new InputError(problem, place));
    if (found.length > 0 || !probe || !model.probe) return;
    const asked = hardest(played);
    const key = probeKey(asked);
    if (Object.hasOwn(known, key)) {
      probes[key] = known[key];
      return;
    }
    const report = await model.probe(opening(asked), signal);
    usages.push(report.usage);
    for (const problem of report.problems) problems.add(new InputError(problem, place));
    if (report.problems.length === 0) probes[key] = { model: asked.model, ...report.found };
  };
  await Promise.all([...runsOf].map(([model, played]) => auditOne(model, played)));
  return { probes: Object.fromEntries(Object.entries(probes).sort()), usage: sumUsage(usages) };
}

/** What a probe's findings hold for. */
function probeKey({ modelKey, temperature, speech }: PreparedRun): string {
  return contentHash({ model: modelKey, temperature, speech });
}

/**
 * The run that asks most of a model: the temperature farthest from 1, which some services refuse to change, then
 * free words, then the longest first prompt.
 */
function hardest(runs: readonly PreparedRun[]): PreparedRun {
  const distance = ({ temperature }: PreparedRun) => Math.abs(Math.log(temperature));
  const cells = new Map(runs.map((run) => [`${run.preparedTask.key} ${run.temperature} ${run.speech}`, run]));
  const size = (run: PreparedRun) => {
    const { prefix, prompt } = opening(run);
    return prefix.length + prompt.length;
  };
  return [...cells.values()]
    .map((run) => ({ run, rank: [distance(run), Number(run.speech), size(run)] }))
    .reduce((a, b) => (later(a.rank, b.rank) ? a : b)).run;
}

/** Whether a comes after b, or is equal. */
function later(a: readonly number[], b: readonly number[]): boolean {
  const k = a.findIndex((x, i) => x !== b[i]);
  return k < 0 || a[k] > b[k];
}

/** What the first agent of a run is asked first. */
export function opening({
  preparedTask: { task, id },
  seed,
  temperature,
  speech,
}: Pick<PreparedRun, 'preparedTask' | 'seed' | 'temperature' | 'speech'>) {
  const environment = task.start(task.generate(instanceStream(id, seed, 0)));
  const available = environment.availableActions(0);
  const indices = available.length > 1 ? available : task.actions.map((_, k) => k);
  const actions = indices.map((a) => task.actions[a]);
  const agentName = task.agentNames[0];
  const prompt = composePrompt({
    agentName,
    observation: environment.observe(0),
    availableActions: actions,
  });
  return { prefix: task.rules, prompt, actions, temperature, seed, ...(speech && { speech: true as const }) };
}
