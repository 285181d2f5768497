import { z } from 'zod';
import {
  type Action,
  type Environment,
  type Task,
  type TaskContext,
  type TaskDefinition,
  TaskError,
} from '../contracts/index.ts';
import { InputError } from '../core/index.ts';
import { pythonHere, runPython } from '../sandbox/index.ts';
import { bytesMeant, fileHash, shippedFile, withHash } from './parts/input-file.ts';
import { maxAgents, teamNames } from './parts/names.ts';
import { emptied, wholeProgram } from './parts/python-problems/program.ts';
import { divided, type PythonProblem, readProblems } from './parts/python-problems/read-problems.ts';
import { problemText, rulesText } from './parts/python-problems/wording.ts';

/** Six problems that come with the package. */
const shipped = shippedFile('python-problems.jsonl');

/**
 * Problems in Python from a file of HumanEval's form: the last member writes the function for the team, or each writes a
 * part, and the tests of the file decide. Programs run outside the sandbox, in a process of their own under limits, and
 * only where the user has said that they may.
 *
 * The form is that of Chen et al. 2021, arXiv 2107.03374. Deviates: a test has a stand-in call the program, in another
 * process, so that no program can forge a verdict; what it gives back must be a value that JSON and its tuples, sets and
 * bytes can tell.
 */
export const pythonProblemsOptions = z
  .strictObject({
    file: z
      .string()
      .min(1)
      .optional()
      .describe(
        "JSON Lines of HumanEval's form, packed by gzip or not; absent: six that come with the package.",
      ),
    sha256: fileHash,
    agents: z
      .int()
      .min(1)
      .max(maxAgents)
      .default(2)
      .describe('Size of the team; the last one answers for it.'),
    together: z
      .boolean()
      .default(false)
      .describe('Whether the others write a helper function each, which the last one may call.'),
    maxTokens: z.int().min(16).max(100_000).default(512).describe('The most tokens of each text.'),
    trainShare: z.number().min(0).max(0.9).default(0.2).describe('Share of problems kept for training.'),
  })
  .transform(withHash(shipped));
export type PythonProblemsOptions = z.output<typeof pythonProblemsOptions>;

export const pythonProblems: TaskDefinition<PythonProblemsOptions> & {
  readonly operationalOptions: readonly string[];
  readonly fileOptions: readonly string[];
} = {
  id: 'python-problems',
  title: "Problems in Python of HumanEval's form",
  type: 'programming',
  revision: 1,
  source:
    'the form of Chen et al. 2021, arXiv 2107.03374; the six that come with the package were written for it',
  optionsSchema: pythonProblemsOptions,
  // What is in the file fixes the results, wherever it lies.
  operationalOptions: ['file'],
  fileOptions: ['file'],
  create: (options) => taskOf(options, false),
  createWithPython: (options) => taskOf(options, true),
};

function taskOf(options: PythonProblemsOptions, allowed: boolean): Task<PythonProblem> {
  const { file = shipped, sha256, agents, together, trainShare } = options;
  const splits = divided(readProblems(bytesMeant(file, sha256), file), trainShare);
  const names = teamNames(agents);
  const named = new Map([...splits.train, ...splits.test].map((problem) => [problem.id, problem]));
  return {
    agentNames: names,
    actions: [],
    horizon: 1,
    rules: rulesText({ names, together }),
    generate: (stream, split) => {
      if (splits[split].length > 0) return stream.pick(splits[split]);
      throw new TaskError(`${file} has no problems for training. Raise \`trainShare\`.`);
    },
    items: {
      names: {
        train: splits.train.map(({ id }) => id),
        test: splits.test.map(({ id }) => id),
      },
      of: (name) => named.get(name)!,
    },
    measures: {
      solved: { says: 'the program passes all tests', rewarded: true, best: 'pass' },
      stopped: { says: 'a limit was reached' },
    },
    check: () => {
      if (!allowed) throw new InputError(notAllowed);
      pythonHere();
    },
    start: (problem, context) => environmentOf(problem, options, allowed, context),
    references: () => ({ low: 0, high: 1, lowStandardError: 0 }),
  };
}

const notAllowed =
  'This task runs programs in Python that models write on this machine. Limits hold off what they can, and where these ' +
  'fail a program can do whatever you can (docs/python-problems.md). Where that is fine, say so: `--allow-python`, or ' +
  '`allowPython: true` in a program.';

function environmentOf(
  problem: PythonProblem,
  { agents, together, maxTokens }: PythonProblemsOptions,
  allowed: boolean,
  { bounded }: TaskContext,
): Environment {
  const names = teamNames(agents);
  const last = agents - 1;
  const writes = (agent: number) => together || agent === last;
  let done = false;
  return {
    get time() {
      return done ? 1 : 0;
    },
    get done() {
      return done;
    },
    offer: (agent) => (writes(agent) ? { kind: 'text', maxTokens, form: 'code' } : { kind: 'none' }),
    observe: (agent) => problemText(problem, agent, { names, together }),
    step: async (texts: readonly Action[], signal) => {
      if (done) throw new TaskError('The program has been written.');
      const fits = (text: Action, agent: number) =>
        typeof text === 'string' && (writes(agent) || text === '');
      if (texts.length !== agents || !texts.every(fits))
        throw new TaskError(`${together ? names.join(', ') : names[last]} must write, and nobody else.`);
      if (!allowed) throw new TaskError(notAllowed);
      const helpers = together ? (texts.slice(0, last) as string[]) : [];
      const { prompt, entryPoint, test: tests } = problem;
      const source = wholeProgram(problem, helpers, texts[last] as string);
      const verdict = await bounded(() =>
        runPython({ source, setup: emptied(prompt), tests, entryPoint }, signal),
      );
      done = true;
      const solved = verdict.kind === 'passed' ? 1 : 0;
      return { reward: solved, measures: { solved, stopped: verdict.kind === 'stopped' ? 1 : 0 } };
    },
  };
}
