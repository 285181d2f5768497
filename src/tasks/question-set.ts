import { z } from 'zod';
import {
  type Action,
  type Environment,
  type Offer,
  type Outcome,
  type Split,
  type Task,
  type TaskContext,
  type TaskDefinition,
  TaskError,
} from '../contracts/index.ts';
import { InputError } from '../core/index.ts';
import { maxAgents, teamNames } from './parts/names.ts';
import { bytesMeant, fileHash, shippedFile, withHash } from './parts/input-file.ts';
import { choiceIn, choiceLetters, grade, graders } from './parts/question-set/grade.ts';
import type { Question } from './parts/question-set/question.ts';
import { type QuestionSet, readQuestionSet } from './parts/question-set/read-set.ts';
import { questionFields } from './parts/question-set/records.ts';
import { type Asking, judgedAnswer, questionText, rulesText } from './parts/question-set/wording.ts';
import { verdictOf } from './parts/verdict.ts';

const usualTeam = 3;
/** Words that are offered as they are are short. */
const longestAction = 60;

/** Twenty questions that come with the package. */
const shipped = shippedFile('questions.jsonl');
const names = Object.fromEntries(questionFields.map((name) => [name, z.string().min(1).optional()]));

/**
 * Questions of anybody's own, from a file: one member answers for the team, and the score is the share of right
 * answers. What each agent alone knows may stand beside a question.
 *
 * The contents of the file are an option, `sha256`, so that they are part of the hash of every run; its name is not.
 */
export const questionSetOptions = z
  .strictObject({
    file: z
      .string()
      .min(1)
      .optional()
      .describe(
        'JSON Lines, CSV or Parquet with questions and answers; absent: twenty that come with the package.',
      ),
    sha256: fileHash,
    fields: z
      .strictObject(names as Record<(typeof questionFields)[number], z.ZodOptional<z.ZodString>>)
      .optional()
      .describe('What the file calls question, answer, choices, facts, grader, id or split.'),
    agents: z
      .int()
      .min(1)
      .max(maxAgents)
      .optional()
      .describe(`Size of the team; absent: as many as the file tells facts to, else ${usualTeam}.`),
    answerer: z
      .int()
      .min(1)
      .max(maxAgents)
      .optional()
      .describe('The agent that answers for the team, from 1; absent: the last one.'),
    grader: z
      .enum(graders)
      .optional()
      .describe('How free answers are compared, where a question does not say: exact, number or contains.'),
    judge: z
      .string()
      .min(1)
      .optional()
      .describe('A judge of the study that marks free answers against the right ones, in place of a grader.'),
    form: z
      .enum(['choice', 'text'])
      .optional()
      .describe('Whether the answer is chosen or written; absent: chosen where there are choices.'),
    maxTokens: z.int().min(1).max(100_000).default(256).describe('The most tokens of a written answer.'),
    trainShare: z
      .number()
      .min(0)
      .max(0.9)
      .default(0.2)
      .describe('Share of questions kept for training, where the file has no field `split`.'),
  })
  .transform(withHash(shipped));
export type QuestionSetOptions = z.output<typeof questionSetOptions>;

export const questionSet: TaskDefinition<QuestionSetOptions> & {
  readonly operationalOptions: readonly string[];
  readonly fileOptions: readonly string[];
} = {
  id: 'question-set',
  title: 'Your own questions, answered by a team',
  type: 'questions',
  revision: 2,
  source: 'a file of yours; the twenty that come with the package were written for it',
  optionsSchema: questionSetOptions,
  // What is in the file fixes the results, wherever it lies.
  operationalOptions: ['file'],
  fileOptions: ['file'],
  create: (options): Task<Question> => {
    const set = readSet(options);
    const asking = askingOf(options, set);
    const lettered = choiceLetters.slice(0, set.mostChoices);
    const byName = new Map(
      [...set.splits.train, ...set.splits.test].map((question) => [question.id, question]),
    );
    const names = (split: Split) => set.splits[split].map(({ id }) => id);
    const actions = asking.form === 'text' ? [] : asking.lettered ? lettered : set.sharedChoices!;
    return {
      agentNames: asking.names,
      actions,
      horizon: 1,
      rules: rulesText(asking),
      generate: (stream, split) => {
        const questions = set.splits[split];
        if (questions.length > 0) return stream.pick(questions);
        throw new TaskError(
          `${options.file ?? shipped} has no questions for training. Raise \`trainShare\`, or give the file a field \`split\`.`,
        );
      },
      items: { names: { train: names('train'), test: names('test') }, of: (name) => byName.get(name)! },
      measures: {
        correct: { says: 'the answer is right', rewarded: true, best: 'pass' },
        ...(actions.length === 0 && { read: { says: 'an answer could be read' } }),
      },
      ...(options.judge !== undefined && { judges: [options.judge] }),
      start: (question, context) => environmentOf(question, asking, actions, { ...options, context }),
      references: () => ({ low: 0, high: 1, lowStandardError: 0 }),
    };
  },
};

function readSet({ file = shipped, sha256, fields, grader, trainShare }: QuestionSetOptions): QuestionSet {
  return readQuestionSet(bytesMeant(file, sha256), file, {
    trainShare,
    ...(fields && { fields }),
    ...(grader && { grader }),
  });
}

function askingOf(
  options: QuestionSetOptions,
  { informed, mostChoices, sharedChoices }: QuestionSet,
): Asking {
  const { file = shipped } = options;
  const agents = options.agents ?? (informed > 0 ? informed : usualTeam);
  if (informed > 0 && agents !== informed)
    throw new InputError(
      `${file} tells facts to ${informed} agents, but \`agents\` is ${agents}. Leave it out, or set it to ${informed}.`,
    );
  const { answerer = agents } = options;
  if (answerer > agents)
    throw new InputError(`\`answerer\` is ${answerer}, but the team has ${agents} agents.`);
  const form = options.form ?? (mostChoices > 0 ? 'choice' : 'text');
  if (form === 'choice' && mostChoices === 0)
    throw new InputError(`\`form: choice\` needs choices, and ${file} has none.`);
  if (options.judge !== undefined && (mostChoices > 0 || options.grader !== undefined))
    throw new InputError(
      `\`judge\` marks free answers in place of a grader, but ${mostChoices > 0 ? `${file} has choices` : '`grader` is there too'}. Leave one of them out.`,
    );
  const short = sharedChoices?.every((words) => words.length <= longestAction && !/[\r\n]/.test(words));
  return {
    names: teamNames(agents),
    answerer: answerer - 1,
    informed: informed > 0,
    lettered: mostChoices > 0 && (form === 'text' || short !== true),
    form,
  };
}

function environmentOf(
  question: Question,
  asking: Asking,
  actions: readonly string[],
  {
    maxTokens,
    judge,
    context,
  }: Pick<QuestionSetOptions, 'maxTokens' | 'judge'> & { readonly context: TaskContext },
): Environment {
  const { answerer, form, names } = asking;
  const { choices, answers, grader } = question;
  let done = false;
  const offer: Offer =
    form === 'text'
      ? { kind: 'text', maxTokens, form: 'prose' }
      : { kind: 'choice', actions: asking.lettered ? choices.map((_, k) => k) : actions.map((_, k) => k) };
  const outcome = (correct: boolean, read?: boolean): Outcome => ({
    reward: correct ? 1 : 0,
    measures: { correct: correct ? 1 : 0, ...(read !== undefined && { read: read ? 1 : 0 }) },
  });
  return {
    get time() {
      return done ? 1 : 0;
    },
    get done() {
      return done;
    },
    offer: (agent) => (agent === answerer ? offer : { kind: 'none' }),
    observe: (agent) => questionText(question, agent, asking),
    step: (jointAction) => {
      const answer = answerOf(jointAction, { done, names, answerer, offer });
      done = true;
      if (typeof answer === 'number')
        return outcome((asking.lettered ? choices : actions)[answer] === answers[0]);
      if (judge !== undefined)
        return verdictOf(context, judge, judgedAnswer(question, answer)).then((right) =>
          right === undefined ? { reward: 0, notJudged: 1 } : outcome(right),
        );
      if (choices.length === 0) {
        const { correct, read } = grade(grader, answers, answer);
        return outcome(correct, read);
      }
      const chosen = choiceIn(answer, choices);
      return outcome(chosen !== undefined && choices[chosen] === answers[0], chosen !== undefined);
    },
  };
}

/** The team's answer. @throws TaskError for a joint action that was not offered */
function answerOf(
  jointAction: readonly Action[],
  {
    done,
    names,
    answerer,
    offer,
  }: { done: boolean; names: readonly string[]; answerer: number; offer: Offer },
): Action {
  if (done) throw new TaskError('The question has been answered.');
  if (jointAction.length !== names.length)
    throw new TaskError(`The team has ${names.length} agents, but ${jointAction.length} actions were given.`);
  for (const [agent, action] of jointAction.entries()) {
    const offered =
      agent === answerer
        ? offer.kind === 'choice'
          ? typeof action === 'number' && offer.actions.includes(action)
          : typeof action === 'string'
        : action === '';
    if (!offered) throw new TaskError(`${names[agent]} did what was not offered: ${JSON.stringify(action)}.`);
  }
  return jointAction[answerer];
}
