import {
  askingOf,
  type JsonObject,
  type Model,
  type ModelRequest,
  nobodyJudges,
  offeredActions,
  sumUsage,
  type Usage,
} from '../contracts/index.ts';
import { BudgetReachedError, contentHash, InputError, type Place, type Problems } from '../core/index.ts';
import { composePrompt, composeSinglePrompt } from '../prompt/index.ts';
import { type Amount, amountOf, nothing, plus } from './budget.ts';
import { type DecisionRequest, type ModelProbe, mostCalls, probeModel } from '../episode/asking/index.ts';
import { choosesForTeams, studyInstance } from '../episode/index.ts';
import { worstCase } from './metered.ts';
import type { PreparedJudge } from './judges.ts';
import type { PreparedRun } from './prepared.ts';

/** What probes have found, by the content key of what was probed. */
export type Probes = Readonly<Record<string, JsonObject>>;

export interface AuditOptions {
  /** Collects what is wrong. */
  readonly problems: Problems;
  /** Also puts one small question to every model whose service has not been probed yet. */
  readonly probe: boolean;
  /** Lets models play whose answers could not be read. */
  readonly acceptUnreadable?: boolean;
  /** What earlier starts have found. */
  readonly known?: Probes;
  /** What the questions may cost together; no limit when absent. */
  readonly budget?: Amount;
  readonly signal?: AbortSignal;
}

/**
 * Asks the services of all models what they offer and, with one small question each, what reaches them of what the
 * study says. All at once; models without a service have nothing to ask.
 *
 * @param runs those that are still to be played
 * @throws BudgetReachedError before anything is asked that the budget may not pay for
 */
export async function auditModels(
  runs: readonly PreparedRun[],
  { problems, probe, acceptUnreadable = false, known = {}, budget, signal }: AuditOptions,
): Promise<{ readonly probes: Probes; readonly usage: Usage }> {
  const runsOf = new Map<Model, PreparedRun[]>();
  for (const run of runs) {
    const sofar = runsOf.get(run.playerModel);
    if (sofar) sofar.push(run);
    else runsOf.set(run.playerModel, [run]);
  }
  const probes: Record<string, JsonObject> = {};
  const usages: Usage[] = [];
  const judges = new Set(runs.flatMap((run) => [...run.judges.values()]));
  const checked = async (
    model: Model,
    place: Place,
    questions: () => readonly Question[],
  ): Promise<Question[]> => {
    const found = (await model.service?.check(signal)) ?? [];
    for (const problem of found) problems.add(new InputError(problem, place));
    if (found.length > 0 || !probe || !model.service) return [];
    return questions().filter(({ key }) => {
      // A model that gave no readable answer may have been mended since.
      const asked = Object.hasOwn(known, key) && (acceptUnreadable || known[key].answered !== false);
      if (asked) probes[key] = known[key];
      return !asked;
    });
  };
  const all = await Promise.all([
    ...[...runsOf].map(([model, played]) =>
      checked(model, played[0].place, () => questionsFor(model, played)),
    ),
    ...[...judges].map((judge) => checked(judge.model, judge.place, () => [questionForJudge(judge)])),
  ]);
  const questions = all.flat();
  requirePaid(questions, budget);
  const ask = async ({ place, key, put, about = '', named }: Question) => {
    const report = await put(signal);
    usages.push(report.usage);
    const unreadable =
      report.unreadable === undefined || acceptUnreadable ? [] : [`${report.unreadable} ${howToAccept}`];
    const found = [...report.problems, ...unreadable];
    for (const problem of found) problems.add(new InputError(problem + about, place));
    if (found.length > 0) return;
    probes[key] = { ...named, ...report.found };
  };
  await Promise.all(questions.map(ask));
  return { probes: Object.fromEntries(Object.entries(probes).sort()), usage: sumUsage(usages) };
}

const howToAccept =
  'A study of answers that cannot be read measures chance; to start it all the same: --accept-unreadable ' +
  '(`acceptUnreadable: true` in a program).';

/** What a model is to be asked before the study, and what the findings hold for. */
interface Question {
  readonly model: Model;
  readonly place: Place;
  readonly key: string;
  /** All calls that it can come to. */
  readonly calls: () => readonly ModelRequest[];
  readonly put: (signal?: AbortSignal) => Promise<ModelProbe>;
  /** What is said of it with what is wrong. */
  readonly about?: string;
  /** Whom the findings are of. */
  readonly named: JsonObject;
}

/** One as an agent is asked, one as a whole team is, where runs do that. */
function questionsFor(model: Model, played: readonly PreparedRun[]): Question[] {
  const together = (run: PreparedRun) =>
    choosesForTeams(model) && run.playerStrategy.asks?.includes('team') === true;
  const question = (runs: readonly PreparedRun[], team: boolean): Question[] => {
    if (runs.length === 0) return [];
    const run = hardest(runs);
    const { modelKey, temperature, freeText } = run;
    const key = contentHash({ model: modelKey, temperature, speech: freeText, ...(team && { team }) });
    const request = team ? teamOpening(run) : opening(run);
    const about = ` (Asked about the whole team at once, as ${run.strategy} does: leave it out if the service cannot.)`;
    return [
      {
        ...{ model, key, place: run.place, named: { model: run.model, ...(team && { team }) } },
        calls: () => mostCalls(model, request),
        put: (signal) => probeModel(model, request, signal),
        ...(team && { about }),
      },
    ];
  };
  return [
    ...question(
      played.filter((run) => !together(run)),
      false,
    ),
    ...question(played.filter(together), true),
  ];
}

/** A few words in the way in which a task asks for them. What they say is no matter. */
function questionForJudge({ model, place, identity, description }: PreparedJudge): Question {
  const { maxTokens } = askingOf(model);
  const prompt = 'Say in one word whether you are ready.';
  const request = { prefix: '', prompt, maxTokens, temperature: 1, seed: 0 };
  return {
    ...{
      model,
      place,
      key: contentHash({ judge: identity }),
      named: { model: description.label, judge: true },
    },
    calls: () => [request],
    put: async (signal) => {
      const { problems, found, usage } = await model.service!.probe(request, signal);
      return { problems, found, usage };
    },
  };
}

function requirePaid(questions: readonly Question[], budget: Amount | undefined): void {
  if (!budget) return;
  const most = questions
    .flatMap(({ model, calls }) => calls().map((call) => worstCase(model, call)))
    .reduce((sum, usage) => plus(sum, amountOf(usage)), nothing);
  if (most.tokens <= budget.tokens && most.usd <= budget.usd) return;
  throw new BudgetReachedError(
    `Before a study starts, each model of a service is asked one small question. Together these can cost up to ` +
      `${Math.ceil(most.tokens)} tokens and $${most.usd.toFixed(4)}, more than is left of the budget. Raise \`budget\`, ` +
      'or leave the questions out with --no-probe.',
  );
}

/**
 * The run that asks most of a model: the temperature farthest from 1, which some services refuse to change, then
 * free words, then the longest first prompt.
 */
function hardest(runs: readonly PreparedRun[]): PreparedRun {
  const distance = ({ temperature }: PreparedRun) => Math.abs(Math.log(temperature));
  const cells = new Map(
    runs.map((run) => [`${run.preparedTask.key} ${run.temperature} ${run.freeText}`, run]),
  );
  const size = (run: PreparedRun) => {
    const { prefix, prompt } = opening(run);
    return prefix.length + prompt.length;
  };
  return [...cells.values()]
    .map((run) => ({ run, rank: [distance(run), Number(run.freeText), size(run)] }))
    .reduce((a, b) => (later(a.rank, b.rank) ? a : b)).run;
}

/** Whether a comes after b, or is equal. */
function later(a: readonly number[], b: readonly number[]): boolean {
  const k = a.findIndex((x, i) => x !== b[i]);
  return k < 0 || a[k] > b[k];
}

/** What an agent that decides for everybody is asked first. */
function teamOpening({ preparedTask: { task, id }, seed, temperature }: PreparedRun): DecisionRequest {
  const environment = task.start(studyInstance(task, id, seed, 0).instance, nobodyJudges);
  const seen = task.agentNames.map((name, agent) => ({
    name,
    observation: environment.observe(agent),
    availableActions: offeredActions(environment, agent).map((a) => task.actions[a]),
  }));
  const choosing = seen.filter(({ availableActions }) => availableActions.length > 1);
  const team = choosing.map(({ name, availableActions: actions }) => ({ name, actions }));
  return { prefix: task.rules, prompt: composeSinglePrompt(seen), actions: [], temperature, seed, team };
}

/** What the first agent of a run is asked first. */
export function opening({
  preparedTask: { task, id },
  seed,
  temperature,
  freeText,
}: Pick<PreparedRun, 'preparedTask' | 'seed' | 'temperature' | 'freeText'>) {
  const environment = task.start(studyInstance(task, id, seed, 0).instance, nobodyJudges);
  const available = offeredActions(environment, 0);
  const indices = available.length > 1 ? available : task.actions.map((_, k) => k);
  const actions = indices.map((a) => task.actions[a]);
  const agentName = task.agentNames[0];
  const prompt = composePrompt({
    agentName,
    observation: environment.observe(0),
    availableActions: actions,
  });
  return {
    prefix: task.rules,
    prompt,
    actions,
    temperature,
    seed,
    ...(freeText && { speech: true as const }),
  };
}
