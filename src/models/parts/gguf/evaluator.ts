import { ProviderError } from '../../../contracts/index.ts';
import { AgentMeshError } from '../../../core/index.ts';
import { said } from './llama.ts';
import type { Token } from './candidates.ts';
import type { GrammarState, LlamaContext, LlamaSequence, Sampling } from './library.ts';

/** A prompt with a sequence of the context to itself. */
export interface Evaluation {
  /** The distribution over the vocabulary after the prompt and these tokens. */
  readonly next: (path: readonly Token[]) => Promise<(token: Token) => number>;
  /** Tokens drawn one after the other, until the model ends its answer or nobody asks for more. */
  readonly draw: (
    sampling: Sampling & { readonly seed: number; readonly grammar?: GrammarState },
  ) => AsyncGenerator<Token, void>;
}

export interface Evaluator {
  /**
   * @param rules how many of the first tokens belong to the rules; they are evaluated once and kept
   * @throws ProviderError when the model fails; the reason of `signal` when it aborts
   */
  alone<T>(
    tokens: readonly Token[],
    rules: number,
    use: (evaluation: Evaluation) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T>;
  /** Waits for what is under way. */
  close(): Promise<void>;
}

interface Place {
  readonly sequence: LlamaSequence;
  busy: boolean;
  /** The rules that it holds, as text of their tokens; none when it holds anything else. */
  rules?: string;
  usedAt: number;
}

/**
 * Prompts are evaluated in turn, each cut into the same pieces whatever was asked before: the rules, what follows them,
 * and every token after that. Sums of many products may depend on how many tokens are evaluated together, so prompts in
 * one batch, or a beginning that happens to be there, could change the last digits of an answer. Several sequences of
 * the context hold several rules.
 *
 * @param sequences at least `batch`
 * @param batch how many prompts may be evaluated together, at least 1
 */
export function evaluatorOf(context: LlamaContext, sequences: number, batch = 1): Evaluator {
  const places: Place[] = Array.from({ length: sequences }, () => ({
    sequence: context.getSequence(),
    busy: false,
    usedAt: 0,
  }));
  const waiting: (() => void)[] = [];
  let [clock, underWay, closed] = [0, 0, false];

  const enter = async () => {
    if (underWay < batch) underWay++;
    else await new Promise<void>((resolve) => waiting.push(resolve));
  };
  const leave = () => {
    const next = waiting.shift();
    if (next) next();
    else underWay--;
  };

  const placeFor = (rules: string): Place => {
    const free = places.filter(({ busy }) => !busy);
    const place =
      free.find((each) => each.rules === rules) ??
      free.reduce((oldest, each) => (each.usedAt < oldest.usedAt ? each : oldest));
    place.usedAt = ++clock;
    place.busy = true;
    return place;
  };

  const turn = async <T>(
    tokens: readonly Token[],
    rulesLength: number,
    use: (evaluation: Evaluation) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> => {
    signal?.throwIfAborted();
    if (closed) throw new ProviderError('A model was asked after it had been closed.');
    const first = tokens.slice(0, rulesLength);
    const name = first.join();
    const place = placeFor(name);
    const { sequence } = place;
    const goBack = async (length: number) => {
      if (sequence.nextTokenIndex > length)
        await sequence.eraseContextTokenRanges([{ start: length, end: sequence.nextTokenIndex }]);
    };
    const hold = async () => {
      if (place.rules === name && !sequence.needsCheckpoints) return goBack(first.length);
      delete place.rules;
      await sequence.clearHistory();
      if (first.length > 0) await sequence.evaluateWithoutGeneratingNewTokens(first);
      place.rules = name;
    };
    try {
      await hold();
      signal?.throwIfAborted();
      let begun = false;
      const promptOnce = async () => {
        // A prompt is evaluated as a whole once; of models that cannot go back, again for every path.
        if (begun && !sequence.needsCheckpoints) return goBack(tokens.length);
        if (begun) await hold();
        begun = true;
        await sequence.evaluateWithoutGeneratingNewTokens(tokens.slice(rulesLength));
      };
      return await use({
        next: async (path) => {
          signal?.throwIfAborted();
          if (path.length === 0) {
            if (begun) await hold();
            begun = true;
            return distribution(sequence, tokens.slice(rulesLength));
          }
          await promptOnce();
          return distribution(sequence, path);
        },
        draw: ({ grammar, ...sampling }) =>
          sequence.evaluate(tokens.slice(rulesLength), {
            ...sampling,
            ...(grammar && { grammarEvaluationState: grammar }),
          }),
      });
    } catch (error) {
      delete place.rules;
      throw error;
    } finally {
      place.busy = false;
    }
  };

  return {
    alone: async (tokens, rules, use, signal) => {
      await enter();
      try {
        return await turn(tokens, rules, use, signal);
      } catch (error) {
        if (signal?.aborted || error instanceof AgentMeshError) throw error;
        throw new ProviderError(`The model failed: ${said(error)}.`);
      } finally {
        leave();
      }
    },
    close: async () => {
      closed = true;
      // Whoever waits before this finds it closed.
      await Promise.all(Array.from({ length: batch }, enter));
      await context.dispose();
      for (let k = 0; k < batch; k++) leave();
    },
  };
}

/** No option of a sampler changes what these are. */
const plain: Sampling = { temperature: 1, topP: 1, topK: 0, minP: 0 };

async function distribution(sequence: LlamaSequence, tokens: readonly Token[]) {
  const results = await sequence.controlledEvaluate(
    tokens.map((token, k) =>
      k < tokens.length - 1
        ? token
        : ([token, { generateNext: { probabilities: true, options: plain } }] as const),
    ),
  );
  const probabilities = results.at(-1)?.next.probabilities;
  if (!probabilities) throw new ProviderError('The model gave no probabilities.');
  return (token: Token) => probabilities.get(token) ?? 0;
}
