import { z } from 'zod';
import {
  type Action,
  type Environment,
  type Outcome,
  type Task,
  type TaskContext,
  type TaskDefinition,
  TaskError,
} from '../contracts/index.ts';
import { sharedSandbox } from '../sandbox/index.ts';
import { teamNames } from './parts/names.ts';
import { longest, type Problem, problemNamed, problemNames } from './parts/pair-programming/grammar.ts';
import {
  feedbackOf,
  isRight,
  mostReward,
  ownRewards,
  programmingMeasures,
  programmingReward,
  readPrograms,
  type Reading,
  schemeShares,
  tried,
} from './parts/pair-programming/score.ts';
import { isTeamwork } from './parts/pair-programming/scheme.ts';
import {
  expertQuestion,
  expertWords,
  problemText,
  rolesOf,
  rulesText,
  writtenText,
} from './parts/pair-programming/wording.ts';

/**
 * Agents write one program in JavaScript together: helpers write a function each, the author writes `main`, which may
 * call them. Hidden tests decide what the program is worth; it runs in the sandbox.
 *
 * With split information a helper alone knows which numbers are kept, so that nobody can write the program alone; with
 * shared information everybody knows everything, as in the paper.
 *
 * After the coding tasks of MAGRPO, arXiv 2508.04652, on problems of a grammar of our own.
 */
export const pairProgrammingOptions = z.strictObject({
  agents: z.int().min(2).max(3).default(2).describe('Size of the team: one author, the others help.'),
  information: z
    .enum(['split', 'shared'])
    .default('split')
    .describe('Whether each knows a part of the problem alone, or all know the whole.'),
  length: z
    .int()
    .min(1)
    .max(longest)
    .default(1)
    .describe('Conditions that a number must meet, and changes that are made to it.'),
  turns: z
    .int()
    .min(1)
    .max(3)
    .default(1)
    .describe('How often they write; after each turn they are told what failed.'),
  feedback: z
    .enum(['tests', 'analysis', 'expert'])
    .default('tests')
    .describe(
      'What tells them: tests that are not those of the score, a look at the program alone, or the judge `expert` of the study.',
    ),
  maxTokens: z.int().min(16).max(1000).default(200).describe('The most tokens of each text.'),
});
export type PairProgrammingOptions = z.output<typeof pairProgrammingOptions>;

export const pairProgramming: TaskDefinition<PairProgrammingOptions> = {
  id: 'pair-programming',
  title: 'Pair programming: one program, a function from each',
  type: 'programming',
  revision: 3,
  source: 'Liu et al. 2025, arXiv 2508.04652',
  optionsSchema: pairProgrammingOptions,
  create: (options): Task<Problem> => {
    const roles = rolesOf(options.agents);
    const of = (name: string) => problemNamed(name, options.length);
    return {
      agentNames: teamNames(options.agents),
      actions: [],
      horizon: options.turns,
      rules: rulesText(options),
      generate: (stream, split) => of(stream.pick(problemNames[split])),
      items: { names: problemNames, of },
      measures: programmingMeasures,
      stub: (agent) => `function ${roles[agent]}(x) { return x; }`,
      ...(options.feedback === 'expert' && options.turns > 1 && { judges: [expert] }),
      start: (problem, context) => environmentOf(problem, options, context),
      references: () => ({ low: 0, high: mostReward, lowStandardError: 0 }),
    };
  },
};

/** What was written in a turn, and what the agents are told of it. */
interface Turn {
  readonly programs: readonly string[];
  readonly feedback: string | undefined;
}

/** The name by which a study names who gives feedback in words. */
const expert = 'expert';

function environmentOf(
  problem: Problem,
  options: PairProgrammingOptions,
  { ask, bounded }: TaskContext,
): Environment {
  const { agents, turns, maxTokens } = options;
  const names = teamNames(agents);
  const roles = rolesOf(agents);
  const past: Turn[] = [];
  let done = false;

  const step = async (texts: readonly Action[], signal?: AbortSignal): Promise<Outcome> => {
    if (done) throw new TaskError('The program has been written.');
    if (texts.length !== agents || !texts.every((text) => typeof text === 'string'))
      throw new TaskError(`${names.join(', ')} write one text each.`);
    const reading = readPrograms(texts, roles);
    const visible = options.feedback === 'tests' ? await tryVisible(reading, signal) : undefined;
    const last = past.length + 1 === turns;
    const found = feedbackOf(problem, roles, reading, visible);
    const feedback = options.feedback === 'expert' && !last ? await advised(reading.programs) : found;
    const ends = last || feedback === undefined;
    const outcome = ends ? await final(reading, signal) : undefined;
    past.push({ programs: reading.programs, feedback });
    done = ends;
    return outcome ?? { reward: 0, own: texts.map(() => 0), measures: seenMeasures(reading, visible) };
  };

  /** What an expert says who reads the whole problem and the programs, and no test. Silence ends the episode. */
  const advised = async (programs: readonly string[]) => {
    const { text } = await ask(expert, { ...expertQuestion(problem, programs, names), maxTokens: 300 });
    return expertWords(text);
  };

  const tryVisible = async (reading: Reading, signal?: AbortSignal) =>
    // What is not to be told in a further turn is not asked for.
    turns > 1 ? bounded(() => tried(reading, problem.visible, sharedSandbox(), signal)) : undefined;

  /** What agents may know of a turn before the last: nothing of the hidden tests. */
  const seenMeasures = (reading: Reading, visible?: Awaited<ReturnType<typeof tryVisible>>) => {
    const { structure, syntax } = programmingReward(reading, { passed: 0, tests: 1, telling: 0 });
    const passed = visible?.filter((outcome, k) => isRight(problem, problem.visible[k], outcome)).length;
    return {
      structure,
      syntax,
      ...(passed !== undefined && { visibleTests: passed / problem.visible.length }),
    };
  };

  const final = async (reading: Reading, signal?: AbortSignal): Promise<Outcome> => {
    const outcomes = await bounded(() => tried(reading, problem.hidden, sharedSandbox(), signal));
    const right = problem.hidden.filter((list, k) => isRight(problem, list, outcomes[k]));
    const parts = programmingReward(reading, {
      passed: right.length,
      tests: problem.hidden.length,
      telling: right.filter((list) => list.length > 0).length,
    });
    const solved = parts.tests === 1;
    const used = reading.schemes.every(isTeamwork);
    const reward = Object.values(parts).reduce((sum, part) => sum + part, 0);
    return {
      reward,
      own: ownRewards(reading, reward),
      measures: {
        ...parts,
        solved: solved ? 1 : 0,
        cooperating: solved && used ? 1 : 0,
        ...schemeShares(reading),
        stopped: outcomes.some(({ kind }) => kind === 'stopped') ? 1 : 0,
        turns: past.length + 1,
      },
    };
  };

  return {
    get time() {
      return past.length;
    },
    get done() {
      return done;
    },
    offer: () => ({ kind: 'text', maxTokens, form: 'code' }),
    observe: (agent) =>
      [problemText(problem, agent, options), ...past.slice(-1).map((turn) => writtenText(turn, names))].join(
        ' ',
      ),
    step,
  };
}
