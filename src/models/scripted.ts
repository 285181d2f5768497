import { z } from 'zod';
import {
  type ModelDefinition,
  ProviderError,
  type ScoreReply,
  type ScoreRequest,
  type TextReply,
  type TextRequest,
} from '../contracts/index.ts';
import { randomStream, type RandomStream } from '../core/index.ts';
import { scriptedText, wordsOf } from './parts/scripted-text.ts';

/**
 * A model that reads nothing: its answer is a deterministic function of the request's text. Tests and
 * benchmarks use it to exercise everything around a model, failures and latency included. It knows no task,
 * so its scores are those of random play, and its facts are unknown on purpose.
 */
export const scriptedOptions = z.strictObject({
  answer: z
    .enum(['hashed', 'uniform', 'first', 'unparsable'])
    .default('hashed')
    .describe(
      'Distribution: drawn from a hash of the prompt, even, all on the first action, or none at all.',
    ),
  text: z
    .enum(['words', 'echo'])
    .optional()
    .describe(
      'What it writes: words drawn from a hash of the prompt (usual), or the words of the prompt again.',
    ),
  latencyMs: z.number().min(0).max(600_000).default(0).describe('Waiting time before each answer.'),
  failureShare: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe('Share of requests that fail as a provider would; the same requests fail every time.'),
  unparsableShare: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe('Share of requests answered with no available action; the same ones every time.'),
});
export type ScriptedOptions = z.output<typeof scriptedOptions>;

export const scripted: ModelDefinition<ScriptedOptions> = {
  id: 'scripted',
  title: 'Scripted answers for tests and benchmarks; plays like chance',
  revision: 1,
  population: 'scripted',
  optionsSchema: scriptedOptions,
  create: async (options, { clock }) => {
    let closed = false;
    const turn = async (signal: AbortSignal | undefined) => {
      signal?.throwIfAborted();
      if (closed) throw new ProviderError('The scripted model was asked after it had been closed.');
      if (options.latencyMs > 0) await clock.sleep(options.latencyMs, signal);
    };
    return {
      facts: {},
      fingerprint: {},
      score: async (request, signal) => {
        await turn(signal);
        return scored(options, request);
      },
      generate: async (request, signal) => {
        await turn(signal);
        return reply(options, request);
      },
      close: async () => {
        closed = true;
      },
    };
  },
};

const mumbled = 'I would rather not say.';

function scored(options: ScriptedOptions, request: ScoreRequest): ScoreReply {
  const { prefix, prompt, candidates, temperature, seed } = request;
  const stream = randomStream('scripted', prefix, prompt, candidates.join('\n'));
  const inputTokens = countWords(prefix) + countWords(prompt);
  if (mumbles(options, stream.next(), seed))
    return { answer: mumbled, usage: { inputTokens, outputTokens: 6 } };
  return {
    distribution: tempered(weights(options.answer, candidates.length, stream), temperature),
    usage: { inputTokens, outputTokens: 1 },
  };
}

function reply(options: ScriptedOptions, request: TextRequest): TextReply {
  const { prefix, prompt, turns = [], maxTokens, seed } = request;
  const read = [prefix, prompt, ...turns.flatMap(({ answer: own, reply: told }) => [own, told])];
  const text = mumbles(options, randomStream('scripted words', ...read).next(), seed)
    ? wordsOf(mumbled).slice(0, maxTokens).join(' ')
    : scriptedText(options.text ?? 'words', request);
  const inputTokens = read.reduce((sum, part) => sum + countWords(part), 0);
  return { text, usage: { inputTokens, outputTokens: countWords(text) } };
}

/** Whether a request meets no answer. @throws ProviderError where it is one of those that fail */
function mumbles(
  { answer: kind, failureShare, unparsableShare }: ScriptedOptions,
  request: number,
  seed: number,
): boolean {
  // Failures also depend on the seed: two runs that meet the same prompt need not share a fate.
  const fate = randomStream('scripted fate', request, seed);
  if (fate.next() < failureShare) {
    throw new ProviderError(`The scripted model fails this request (failureShare ${failureShare}).`);
  }
  return kind === 'unparsable' || fate.next() < unparsableShare;
}
/** Unnormalised probabilities; the hashed ones are exponential, so that they spread evenly over the simplex. */
function weights(kind: ScriptedOptions['answer'], count: number, stream: RandomStream): number[] {
  return Array.from({ length: count }, (_, k) => {
    if (kind === 'hashed') return -Math.log(1 - stream.next());
    return kind === 'uniform' || k === 0 ? 1 : 0;
  });
}

/** p^(1/temperature), normalised: what a softmax at that temperature gives. */
function tempered(weights: readonly number[], temperature: number): number[] {
  const largest = Math.max(...weights);
  const powers = weights.map((w) => (w / largest) ** (1 / temperature));
  const total = powers.reduce((sum, x) => sum + x, 0);
  return powers.map((x) => x / total);
}

function countWords(text: string): number {
  let words = 0;
  for (let k = 0; k < text.length; k++) if (text[k] !== ' ' && (k === 0 || text[k - 1] === ' ')) words++;
  return words;
}
