import type { Model, Usage } from '../contracts/index.ts';
import { contentHash, randomStream } from '../core/index.ts';

/** One call as a model met it. */
export interface Met {
  readonly prompt: string;
  readonly seed: number;
  readonly usage: Usage;
}

export interface Manner {
  /** How long each answer takes, in turns of the event loop: other numbers, another order. */
  readonly pace: (call: string) => number;
  /** What it writes. */
  readonly writes: (call: string) => string;
}

/**
 * A model that writes and chooses by what it is asked, whoever answers first. What it chooses hangs on no words of others: the
 * lines that quote them are left out.
 */
export function attentiveModel({ pace, writes }: Manner): { readonly model: Model; readonly met: Met[] } {
  const met: Met[] = [];
  const usageOf = (prompt: string) => ({ inputTokens: prompt.length, outputTokens: 3 });
  const meet = async (prompt: string, seed: number, signal?: AbortSignal) => {
    signal?.throwIfAborted();
    const usage = usageOf(prompt);
    met.push({ prompt, seed, usage });
    for (let k = pace(contentHash([prompt, seed])); k > 0; k--)
      await new Promise((done) => setImmediate(done));
    signal?.throwIfAborted();
    return usage;
  };
  const model: Model = {
    facts: {},
    fingerprint: {},
    score: async ({ prompt, candidates, seed }, signal) => {
      const usage = await meet(prompt, seed, signal);
      const stream = randomStream('attentive', unquoted(prompt), seed);
      const weights = candidates.map(() => 0.1 + stream.next());
      const total = weights.reduce((sum, x) => sum + x, 0);
      return { distribution: weights.map((x) => x / total), usage };
    },
    generate: async ({ prompt, seed, maxTokens }, signal) => {
      const usage = await meet(prompt, seed, signal);
      // Four characters a token, or so.
      return { text: writes(contentHash([unquoted(prompt), seed])).slice(0, 4 * maxTokens), usage };
    },
    close: async () => {},
  };
  return { model, met };
}

/** A prompt without what others wrote in it. */
export function unquoted(prompt: string): string {
  return prompt
    .split('\n')
    .filter((line) => !line.startsWith('| '))
    .map((line) => line.replace(/^(Round \d+, [^:"]*): ".*"$/u, '$1').replace(/^For now: .*$/u, 'For now'))
    .join('\n');
}
