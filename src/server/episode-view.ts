import { reasonOf } from '../core/index.ts';
import {
  type Action,
  type AgentTrace,
  choiceOf,
  type EpisodeRecord,
  type JudgementTrace,
  meanAlternative,
  type PlannedRun,
  type QuestionTrace,
  type ScenePanel,
  type Simulator,
  type Task,
} from '../contracts/index.ts';
import type { AgentStep, EpisodeView, QuestionStep } from './wire.ts';

/** What is known of an episode's task: always its words, and the task itself where it can be made. */
export interface EpisodeTask {
  readonly actions?: readonly string[];
  readonly task?: Task;
  /** Why it cannot be made. */
  readonly missing?: string;
}

/** Texts longer than this are cut, so that a runaway answer cannot fill the page; exports hold all of it. */
const longestText = 20_000;
/** Simulated steps that credits and scenes of one episode may cost. */
const mostTrials = 20_000;
/** Further questions to one agent in one step that are shown; exports hold all of them. */
const mostQuestions = 50;

/**
 * An episode for people to look at: words in place of action numbers, and the situations, from playing the
 * recorded actions again in the task's simulator. When the replay pays other rewards than were recorded, the task
 * has changed since, and there are neither situations nor credits.
 */
export function episodeView(
  run: PlannedRun,
  record: EpisodeRecord,
  { actions, task, missing }: EpisodeTask,
): EpisodeView {
  const replay: Replay = task?.simulator
    ? replayed(task.simulator, record)
    : {
        undrawn: task
          ? 'Its task has no simulator, so nothing is drawn of it.'
          : (missing ?? 'Its task is not known here.'),
      };
  const names = task?.agentNames ?? record.steps[0]?.agents.map((_, k) => `Agent ${k + 1}`) ?? [];
  let total = 0;
  return {
    run,
    episode: record.episode,
    ...(record.score !== undefined && { score: record.score }),
    return: record.return,
    references: record.references,
    simulated: task?.simulator !== undefined,
    ...(task?.measures && { facts: task.measures }),
    ...(record.item !== undefined && { item: cut(record.item) }),
    rules: cut(record.prefix),
    agentNames: names,
    steps: record.steps.map(({ agents, reward, measures, shares, judgements, notJudged, short }, step) => ({
      agents: agents.map((trace, agent) =>
        agentStep(trace, actions ?? task?.actions, replay.credits?.[step]?.[agent]),
      ),
      reward,
      ...(measures && { measures }),
      ...(shares && { shares }),
      ...(notJudged !== undefined && { notJudged }),
      ...(short && { short }),
      ...(judgements && { judgements: judgements.slice(0, mostQuestions).map(shownJudgement) }),
      total: (total += reward),
    })),
    ...(replay.scenes && { scenes: replay.scenes }),
    ...(replay.undrawn !== undefined && { undrawn: replay.undrawn }),
  };
}

function agentStep(
  trace: AgentTrace,
  words: readonly string[] | undefined,
  credit: number | undefined,
): AgentStep {
  const { availableActions, broadcast, action, questions, ...told } = trace;
  const word = (a: Action) => cut(typeof a === 'string' ? a : (words?.[a] ?? `action ${a}`));
  const said = answeredAction(trace);
  return {
    ...told,
    ...(told.prompt !== undefined && { prompt: cut(told.prompt) }),
    ...(told.answer !== undefined && { answer: cut(told.answer) }),
    ...(told.message !== undefined && { message: cut(told.message) }),
    available: availableActions.map(word),
    chosen: word(action),
    chosenIndex: typeof action === 'number' ? availableActions.indexOf(action) : -1,
    ...(said !== undefined && said !== action && { said: word(said) }),
    ...(broadcast !== undefined && { announced: word(broadcast) }),
    ...(credit !== undefined && { credit }),
    ...(questions && {
      questions: questions.slice(0, mostQuestions).map((question) => shortened(question, trace, word)),
    }),
    ...(questions &&
      questions.length > mostQuestions && { furtherQuestions: questions.length - mostQuestions }),
  };
}

function shortened(
  question: QuestionTrace,
  { availableActions }: AgentTrace,
  word: (action: Action) => string,
): QuestionStep {
  const { prompt, answer, text, answered, distribution } = question;
  const own = question.availableActions ?? availableActions;
  const likeliest = distribution && own[distribution.indexOf(Math.max(...distribution))];
  const chose = answered ?? likeliest;
  return {
    ...question,
    ...(chose !== undefined && { chose: word(chose) }),
    prompt: cut(prompt),
    ...(answer !== undefined && { answer: cut(answer) }),
    ...(text !== undefined && { text: cut(text) }),
  };
}

function shownJudgement(asked: JudgementTrace): JudgementTrace {
  return { ...asked, prompt: cut(asked.prompt), answer: cut(asked.answer) };
}

/**
 * The action that an answer in words named: as recorded, else the one that the model thought most likely. Undefined
 * where there was no such answer, none could be read, or two were as likely.
 */
function answeredAction(trace: AgentTrace): number | undefined {
  const { answered, answer, distribution, unparsable, availableActions } = trace;
  if (answered !== undefined || unparsable || answer === undefined || !distribution) return answered;
  const most = Math.max(...distribution);
  const likeliest = distribution.flatMap((p, k) => (p === most ? [k] : []));
  return likeliest.length === 1 ? availableActions[likeliest[0]] : undefined;
}

function cut(text: string): string {
  if (text.length <= longestText) return text;
  return `${text.slice(0, longestText)}… (${text.length} characters; an export holds all of them)`;
}

interface Replay {
  readonly scenes?: readonly (readonly ScenePanel[])[];
  readonly credits?: readonly (readonly number[])[];
  readonly undrawn?: string;
}

function replayed(task: Simulator, record: EpisodeRecord): Replay {
  try {
    let environment = task.start(record.instance);
    const drawn = environment.view !== undefined;
    const scenes: (readonly ScenePanel[])[] = [environment.view?.() ?? []];
    const trials = record.steps.reduce(
      (sum, { agents }) => sum + agents.reduce((n, agent) => n + agent.availableActions.length, 0),
      0,
    );
    const credits: number[][] = [];
    for (const [k, { agents, reward, attempt }] of record.steps.entries()) {
      if (k > 0 && attempt !== record.steps[k - 1].attempt) environment = task.start(record.instance);
      const joint = agents.map((agent) => choiceOf(agent.action));
      if (trials <= mostTrials)
        credits.push(joint.map((_, agent) => reward - meanAlternative(environment, joint, agent)));
      if (environment.step(joint) !== reward)
        return { undrawn: 'Its task pays other rewards today than when it was played.' };
      scenes.push(environment.view?.() ?? []);
    }
    return {
      ...(drawn ? { scenes } : { undrawn: 'Its task does not say what it looks like.' }),
      ...(credits.length > 0 && { credits }),
    };
  } catch (error) {
    const reason = reasonOf(error);
    return { undrawn: `Playing it again failed: ${cut(reason)}` };
  }
}
