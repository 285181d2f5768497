/**
 * What a language model in a GGUF file does per CPU second, and what of it this package takes: prompt tokens,
 * decisions and generated tokens through the model as a study uses it, against the library `node-llama-cpp` called
 * with the same tokens, in turns; decisions by letters over HTTP beside them; and llama-cpp-python where a Python that
 * has it is named: `npm run bench -- gguf --beside python3`.
 * Needs what `npm run test:peers -- --gguf` installs, or another file: `npm run bench -- gguf model.gguf`.
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { letterService } from '../scripts/verification/letter-service.ts';
import { systemClock } from '../src/core/index.ts';
import { gguf } from '../src/models/gguf.ts';
import { openaiCompatible } from '../src/models/openai-compatible.ts';
import { loadGguf } from '../src/models/parts/gguf/runtime.ts';
import { llamaCppPython } from './parts/llama-cpp-python.ts';
import { type Figure, median, printFigures, reportLoad } from './parts/measure.ts';

const { values, positionals } = parseArgs({
  options: { beside: { type: 'string' } },
  allowPositionals: true,
});
const file = path.resolve(positionals[0] ?? '.cache/peers/gguf/SmolLM2-135M-Instruct.Q4_1.gguf');
process.chdir(path.dirname(file));
const rounds = 9;
const size = { contextLength: 1024, sequences: 1, batch: 1, threads: 1 };
const context = { clock: systemClock, workers: 1 };

const prefix =
  'Each step the team loses points for the distance from each beacon to the nearest agent. '.repeat(4);
const promptOf = (k: number) =>
  `You are Ann. Step ${k} of 12. Beacon 1 is 3 north 2 east, Bob ${k} steps off. Beacon 2 is 1 south 4 west, Cal 2 steps ` +
  'off. Beacon 3 is 0 north 5 east. Choose stay or north or south or east or west.';
const candidates = ['stay', 'north', 'south', 'east', 'west'];
const writing = { temperature: 1, topP: 1, topK: 0, minP: 0, seed: 1 };
const storyOf = (k: number) =>
  `You are Ann, and it is step ${k}. Tell a long story of a fox who lives by the river, with many details. Do not stop early.`;
const written = 64;

const model = await gguf.create(gguf.optionsSchema.parse({ ...size, path: file, answerPrefix: '' }), context);
const { conversations, evaluator, model: weights, close } = await loadGguf({ ...size, path: file }, context);
const service = await letterService({ conversations, evaluator, model: weights });
const lettered = await openaiCompatible.create(
  openaiCompatible.optionsSchema.parse({
    ...openaiCompatible.optionsFromArgument!(`${service.url}#lettered`),
    answer: 'probabilities',
  }),
  context,
);
const python = values.beside === undefined ? undefined : llamaCppPython(values.beside, file, size);
const bare = await weights.createContext({
  contextSize: size.contextLength,
  batchSize: 512,
  sequences: 1,
  threads: size.threads,
  swaFullCache: true,
  failedCreationRemedy: false,
});
const sequence = bare.getSequence();
const rules = conversations.rulesLength(prefix, conversations.tokens({ prefix, prompt: promptOf(1) }, ''));

/** The tokens of a question after its rules, with the sequence where the rules end. */
async function fresh(prompt: string) {
  const tokens = conversations.tokens({ prefix, prompt }, '');
  if (sequence.nextTokenIndex === 0)
    await sequence.evaluateWithoutGeneratingNewTokens(tokens.slice(0, rules));
  else await sequence.eraseContextTokenRanges([{ start: rules, end: sequence.nextTokenIndex }]);
  return tokens.slice(rules);
}

async function libraryScores(k: number) {
  const tokens = await fresh(promptOf(k));
  const generateNext = { probabilities: true, options: { ...writing, temperature: 1 } } as const;
  await sequence.controlledEvaluate([...tokens.slice(0, -1), [tokens.at(-1)!, { generateNext }]]);
}

async function libraryWrites(k: number) {
  const tokens = await fresh(storyOf(k));
  let left = written;
  for await (const _ of sequence.evaluate(tokens, writing)) if (--left <= 0) break;
  return written - left;
}

const request = (prompt: string) => ({ prefix, prompt, temperature: 1, seed: 1 });
const ourScores = (k: number) => model.score!({ ...request(promptOf(k)), candidates });
const ourWriting = async (k: number) =>
  (await model.generate!({ ...request(storyOf(k)), maxTokens: written })).usage.outputTokens!;

const letterScores = (k: number) => lettered.score!({ ...request(promptOf(k)), candidates });

/** The same tokens for the library in Python. */
function pythonTask(prompt: string, write: number) {
  const tokens = conversations.tokens({ prefix, prompt }, '');
  return { rules: tokens.slice(0, rules), rest: tokens.slice(rules), write };
}

/** CPU seconds of the process, with all its threads. */
async function cpu<T>(work: () => Promise<T>): Promise<readonly [seconds: number, result: T]> {
  const before = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(before);
  return [(user + system) / 1e6, result];
}

reportLoad();
// The first of each evaluates the rules.
for (const warm of [libraryScores, ourScores, letterScores]) await warm(0);
await python?.ask(pythonTask(promptOf(0), 0));
const seconds = {
  ours: [] as number[],
  library: [] as number[],
  ourToken: [] as number[],
  libraryToken: [] as number[],
  letters: [] as number[],
  python: [] as number[],
  pythonToken: [] as number[],
};
const tokens = (await fresh(promptOf(1))).length;
/** Seconds of a text's token: what its prompt takes is known from the questions. */
const perToken = (taken: number, question: number, prompt: number, count: number) =>
  (taken - (question / tokens) * prompt) / count;
for (let k = 1; k <= rounds; k++) {
  seconds.library.push((await cpu(() => libraryScores(k)))[0]);
  seconds.ours.push((await cpu(() => ourScores(k)))[0]);
  const prompt = (await fresh(storyOf(k))).length;
  const [library, count] = await cpu(() => libraryWrites(k));
  seconds.libraryToken.push(perToken(library, seconds.library.at(-1)!, prompt, count));
  const [ours, ourCount] = await cpu(() => ourWriting(k));
  seconds.ourToken.push(perToken(ours, seconds.ours.at(-1)!, prompt, ourCount));
  seconds.letters.push((await cpu(() => letterScores(k)))[0]);
  if (python) {
    const question = await python.ask(pythonTask(promptOf(k), 0));
    seconds.python.push(question.seconds);
    const text = await python.ask(pythonTask(storyOf(k), written));
    seconds.pythonToken.push(perToken(text.seconds, question.seconds, prompt, text.done));
  }
}
const rate = (values: readonly number[], each = 1) => each / median(values);
/** Of the rounds, each of which has both. */
const ratio = (others: readonly number[], ours: readonly number[]) =>
  median(others.map((other, k) => other / ours[k]));
const figures: Figure[] = [
  { what: 'decisions by exact probabilities', measured: rate(seconds.ours), unit: 'per CPU s' },
  { what: `prompt tokens (${tokens} a question)`, measured: rate(seconds.ours, tokens), unit: 'per CPU s' },
  { what: 'the same by the library alone', measured: rate(seconds.library, tokens), unit: 'per CPU s' },
  {
    what: 'ratio',
    measured: ratio(seconds.library, seconds.ours),
    unit: 'of the library',
    atLeast: 0.9,
  },
  { what: 'tokens written, after the prompt', measured: rate(seconds.ourToken), unit: 'per CPU s' },
  { what: 'the same by the library alone', measured: rate(seconds.libraryToken), unit: 'per CPU s' },
  {
    what: 'ratio',
    measured: ratio(seconds.libraryToken, seconds.ourToken),
    unit: 'of the library',
    atLeast: 0.9,
  },
  { what: 'decisions by letters over HTTP', measured: rate(seconds.letters), unit: 'per CPU s' },
  {
    what: 'exact probabilities against letters',
    measured: ratio(seconds.letters, seconds.ours),
    unit: 'times',
  },
  ...(python
    ? ([
        {
          what: 'prompt tokens by llama-cpp-python',
          measured: rate(seconds.python, tokens),
          unit: 'per CPU s',
        },
        {
          what: 'ratio',
          measured: ratio(seconds.python, seconds.ours),
          unit: 'of llama-cpp-python',
          atLeast: 0.9,
        },
        {
          what: 'tokens written by llama-cpp-python',
          measured: rate(seconds.pythonToken),
          unit: 'per CPU s',
        },
        {
          what: 'ratio',
          measured: ratio(seconds.pythonToken, seconds.ourToken),
          unit: 'of llama-cpp-python',
          atLeast: 0.9,
        },
      ] satisfies Figure[])
    : []),
];
if (!printFigures(figures)) process.exitCode = 1;
python?.end();
await lettered.close();
await service.close();
await bare.dispose();
await model.close();
await close();
