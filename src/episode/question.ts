import type { Note, Offer, Question, TextRequest, Writing } from '../contracts/index.ts';
import { contentHash, randomStream } from '../core/index.ts';
import {
  choicesText,
  composeWith,
  laterText,
  observationOfAll,
  ownGainText,
  speakInstruction,
  toldParts,
  writeInstruction,
} from '../prompt/index.ts';
import { type AdviceForm, spokenAdvice } from './advice.ts';
import type { DecisionRequest } from './asking/index.ts';
import { repetition } from './repeat.ts';
import { type Step, strategyError } from './step.ts';

/** What the agent reads, without the rules. @param form how advice reaches the model that answers */
export function promptOf(step: Step, agent: number, question: Question, form: AdviceForm): string {
  const { agentNames, actions: words } = step.setting.task;
  const { notes, choose, write, sees, suppose } = question;
  const offer = offerOf(step, agent, question);
  const advised = adviceNote(question, offer, form);
  const told = advised ? [...(notes ?? []), advised] : notes;
  const { gain } = step.situations[agent];
  const seen = suppose?.observation ?? (sees ? seenBy(step, agent, sees) : step.observe(agent));
  const parts = {
    agentName: agentNames[agent],
    observation: gain === undefined ? seen : `${seen} ${ownGainText(gain)}`,
    ...(told && toldParts(told, agent, step.setting.task, step.last?.[agent])),
  };
  const choices = () => choicesText(offer.kind === 'choice' ? offer.actions.map((a) => words[a]) : []);
  if (choose) return composeWith(parts, choices());
  if (write!.as === 'action')
    return composeWith(
      parts,
      writeInstruction(write!.maxTokens, offer.kind === 'text' ? offer.form : 'prose'),
    );
  const later = offer.kind === 'choice' ? choices() : offer.kind === 'text' ? laterText : undefined;
  return composeWith(parts, speakInstruction(write!.maxTokens, later));
}

/** What the agent can do where it is asked. */
export function offerOf(step: Step, agent: number, question?: Question): Offer {
  return question?.suppose?.offer ?? step.situations[agent].offer;
}

/** Advice in words, where it reaches the model so. */
function adviceNote({ advice, choose }: Question, offer: Offer, { kind }: AdviceForm): Note | undefined {
  if (!advice || !choose || kind !== 'words' || offer.kind !== 'choice') return undefined;
  const spoken = spokenAdvice(advice);
  return spoken && { kind: 'advice', action: offer.actions[spoken.pick], strength: spoken.strength };
}

/** Its own observation first, then those of the others in the order given. */
function seenBy(step: Step, agent: number, sees: readonly number[]): string {
  const others = sees
    .filter((other) => other !== agent)
    .map((other) => ({ name: step.setting.task.agentNames[other], observation: step.observe(other) }));
  return observationOfAll({ observation: step.observe(agent) }, others);
}

/** The request for a choice. It has the agent's seed of the step: strategies differ by what agents are told alone. */
export function choiceRequest(
  step: Step,
  agent: number,
  question: Question,
  asked: { readonly prompt: string; readonly actions: readonly string[]; readonly speech: boolean },
): DecisionRequest {
  const { task, temperature } = step.setting;
  const { prompt, actions, speech } = asked;
  const request = {
    prefix: task.rules,
    prompt,
    actions,
    temperature,
    seed: step.seed(agent),
    ...(speech && { speech: true as const }),
    ...callOf(step, answererOf(step, agent, question)),
  };
  return repetition(request, question.sample ?? 0);
}

/** The request for a text. Its seed is named by all that was told and asked, so that every round has its own. */
export function textRequest(step: Step, agent: number, question: Question, prompt: string): TextRequest {
  const { task, temperature } = step.setting;
  const { notes = [], sees = [], sample = 0, by = agent, suppose = {} } = question;
  const { maxTokens, as = 'words' } = question.write!;
  const { observation } = suppose;
  const address = contentHash({
    ...{ notes, sees, by, maxTokens, as },
    ...(observation !== undefined && { observation }),
  });
  const seed = randomStream('text', step.seed(agent), address).integer(0, 2 ** 31 - 1);
  return repetition(
    {
      ...{ prefix: task.rules, prompt, maxTokens, temperature, seed },
      ...callOf(step, answererOf(step, agent, question)),
    },
    sample,
  );
}

/** The agent that is asked, and the judge that answers in its place. */
function answererOf({ setting }: Step, agent: number, { by }: Question): string {
  const name = setting.task.agentNames[agent];
  return typeof by === 'string' ? `${name}, by the judge ${by}` : name;
}

export function callOf({ setting, time }: Step, whom: string): { readonly call?: string } {
  return setting.name === undefined ? {} : { call: `${setting.name}, step ${time + 1}, ${whom}` };
}

/** @throws StrategyError for a question that cannot be put, with the reason */
export function refuseOddQuestion(step: Step, agent: number, question: Question): void {
  const wrong = oddQuestion(step, agent, question);
  if (wrong !== undefined)
    throw strategyError(step, `a question to ${step.setting.task.agentNames[agent]} ${wrong}`);
}

function oddQuestion(step: Step, agent: number, question: Question | undefined): string | undefined {
  const { agentNames } = step.setting.task;
  const offer = offerOf(step, agent, question);
  const { choose, write, notes, sees, by, sample, advice } = question ?? {};
  if (!choose && !write) return 'asks for nothing: say `choose`, `write`, or both.';
  if (choose && offer.kind !== 'choice')
    return `asks for a choice, but ${agentNames[agent]} ${offer.kind === 'text' ? 'writes' : 'only talks'} here.`;
  if (sample !== undefined && !(Number.isInteger(sample) && sample >= 0))
    return `has sample ${sample}. Samples are numbered 0, 1, 2 and so on.`;
  const unsound = advice && offer.kind === 'choice' ? oddAdvice(advice, offer.actions.length) : undefined;
  if (unsound !== undefined) return `has ${unsound}`;
  const odd = notes?.findIndex((note) => !isNote(note)) ?? -1;
  if (odd >= 0) return `has a note that is none: ${JSON.stringify(notes![odd])}.`;
  const judge = unknownIn(step, by, notes);
  if (judge !== undefined) return unknownJudge(step, judge);
  const stranger = strangerIn(agentNames.length, by, sees, notes);
  if (stranger !== undefined)
    return `names agent ${stranger}. There are ${agentNames.length}, from 0: ${agentNames.join(', ')}.`;
  return (notes && oddNotes(step, notes)) ?? (write && oddWriting(write, offer));
}

/** What is wrong with log-weights for so many offered actions. */
export function oddAdvice(advice: readonly number[], actions: number): string | undefined {
  if (advice.length !== actions)
    return `${advice.length} log-weights of advice for ${actions} offered actions.`;
  if (advice.every(Number.isFinite)) return undefined;
  return `the advice [${advice.join(', ')}]. Log-weights are finite numbers; a low one such as -20 advises against.`;
}

/** Whether it is of a kind that there is, with its text. */
function isNote(note: Note | null | undefined): boolean {
  switch (note?.kind) {
    case 'plan':
    case 'feedback':
    case 'advice':
      return true;
    case 'words':
    case 'counsel':
    case 'brief':
      return typeof note.text === 'string';
    case undefined:
    default:
      return false;
  }
}

/** The first number that is no agent's. */
function strangerIn(
  count: number,
  by: Question['by'],
  sees: readonly number[] | undefined,
  notes: readonly Note[] | undefined,
): number | undefined {
  if (typeof by === 'number' && !isIndex(by, count)) return by;
  if (sees) for (const other of sees) if (!isIndex(other, count)) return other;
  if (notes) for (const note of notes) if ('from' in note && !isIndex(note.from, count)) return note.from;
  return undefined;
}

/** The first judge that the strategy may not ask or quote. */
function unknownIn(step: Step, by: Question['by'], notes: readonly Note[] = []): string | undefined {
  if (typeof by === 'string' && !mayAsk(step, by)) return by;
  for (const note of notes) if (note.kind === 'counsel' && !mayAsk(step, note.by)) return note.by;
  return undefined;
}

function mayAsk({ setting: { strategy, judges } }: Step, judge: string): boolean {
  return strategy.judges?.includes(judge) === true && judges?.has(judge) === true;
}

function unknownJudge({ setting: { strategy, judges } }: Step, judge: string): string {
  const { judges: listed = [] } = strategy;
  if (listed.includes(judge))
    return `names the judge "${judge}", which nobody provides. There are: ${[...(judges?.keys() ?? [])].join(', ') || 'none'}.`;
  return (
    `names the judge "${judge}", but the strategy asks ${listed.length === 0 ? 'no judge' : listed.join(', ')}. ` +
    'A strategy lists the judges that it asks: `judges: [...]` beside its `begin`.'
  );
}

function isIndex(k: number, count: number): boolean {
  return Number.isInteger(k) && k >= 0 && k < count;
}

function oddNotes({ setting }: Step, notes: readonly Note[]): string | undefined {
  const { length } = setting.task.actions;
  for (const note of notes)
    if ('action' in note && !isIndex(note.action, length))
      return `names action ${note.action}, which the task does not have.`;
  return undefined;
}

function oddWriting({ maxTokens, as }: Writing, offer: Offer): string | undefined {
  if (!isIndex(maxTokens - 1, Infinity))
    return `asks for at most ${maxTokens} tokens. Say a whole number, at least 1.`;
  if (as !== 'action') return undefined;
  if (offer.kind !== 'text') return 'asks for a text as its action, but no text is what it can do here.';
  if (maxTokens <= offer.maxTokens) return undefined;
  return `asks for a text of ${maxTokens} tokens, more than the ${offer.maxTokens} that the task takes.`;
}
