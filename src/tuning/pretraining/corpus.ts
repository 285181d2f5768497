import type { Tokeniser } from '../../nn/index.ts';
import type { RandomStream } from '../../core/index.ts';
import type { Demonstration } from './demonstrations.ts';

/** Demonstrations of one task variant as token numbers, ready for batches. */
export interface Corpus {
  /** The rules' tokens: every prompt of the corpus stands behind them. */
  readonly prefix: readonly number[];
  /** All prompts, one after the other. */
  readonly tokens: Uint16Array;
  /** Where prompt k starts; its end is the start of the next, so there is one more entry than prompts. */
  readonly starts: Uint32Array;
  /** The token of the expert's action, per prompt. */
  readonly answers: Uint16Array;
  /** The tokens of the available actions, prompt after prompt. */
  readonly choices: Uint16Array;
  /** Where the choices of prompt k start, and one more entry. */
  readonly choiceStarts: Uint32Array;
}

/**
 * Encodes the first `count` demonstrations.
 *
 * @throws RangeError when an answer is not one token of the vocabulary
 */
export function encodeCorpus(
  rules: string,
  source: Iterable<Demonstration>,
  count: number,
  tokeniser: Tokeniser,
): Corpus {
  let tokens = new Uint16Array(count * 32);
  const starts = new Uint32Array(count + 1);
  const answers = new Uint16Array(count);
  const choices: number[] = [];
  const choiceStarts = new Uint32Array(count + 1);
  const tokenOf = new Map<string, number>();
  const answerToken = (action: string) => {
    let token = tokenOf.get(action);
    if (token === undefined) {
      const ids = tokeniser.encodeAnswer(action);
      if (ids.length !== 1)
        throw new RangeError(`The action "${action}" is not one token of the vocabulary.`);
      tokenOf.set(action, (token = ids[0]));
    }
    return token;
  };
  let k = 0;
  let used = 0;
  for (const { prompt, actions, answer } of source) {
    const ids = tokeniser.encode(prompt);
    if (used + ids.length > tokens.length) {
      const larger = new Uint16Array(tokens.length * 2 + ids.length);
      larger.set(tokens);
      tokens = larger;
    }
    tokens.set(ids, used);
    used += ids.length;
    answers[k] = answerToken(answer);
    for (const action of actions) choices.push(answerToken(action));
    starts[++k] = used;
    choiceStarts[k] = choices.length;
    if (k === count) break;
  }
  if (k < count) throw new RangeError(`The source gave ${k} of ${count} demonstrations.`);
  return {
    prefix: tokeniser.encode(rules),
    tokens: tokens.slice(0, used),
    starts,
    answers,
    choices: Uint16Array.from(choices),
    choiceStarts,
  };
}

/** Rows of a batch: token numbers padded on the right to a common number of columns. */
export interface Rows {
  readonly ids: Int32Array;
  readonly lengths: Int32Array;
  readonly answers: Int32Array;
  /** The tokens of each row's available actions. */
  readonly choices: readonly Uint16Array[];
  readonly columns: number;
}

/** The prompts with the given numbers; `columns` is the longest of them, rounded up to a multiple of `step`. */
export function rowsOf(corpus: Corpus, numbers: ArrayLike<number>, step = 8): Rows {
  const { tokens, starts, answers, choices, choiceStarts } = corpus;
  const lengths = Int32Array.from(numbers, (k) => starts[k + 1] - starts[k]);
  let longest = 1;
  for (const length of lengths) longest = Math.max(longest, length);
  const columns = Math.ceil(longest / step) * step;
  const ids = new Int32Array(lengths.length * columns);
  lengths.forEach((length, row) => {
    const start = starts[numbers[row]];
    ids.set(tokens.subarray(start, start + length), row * columns);
  });
  return {
    ids,
    lengths,
    answers: Int32Array.from(numbers, (k) => answers[k]),
    choices: Array.from(numbers, (k) => choices.subarray(choiceStarts[k], choiceStarts[k + 1])),
    columns,
  };
}

/**
 * Goes through a corpus in random order, again and again, `rows` prompts at a time. Prompts of similar length
 * come together, so that little of a batch is padding: the order is drawn, cut into stretches of `rows * 16`,
 * and each stretch is sorted by length before it is cut into batches, which are drawn in random order again.
 */
export function* batchNumbers(corpus: Corpus, rows: number, stream: RandomStream): Generator<Uint32Array> {
  const { starts, answers } = corpus;
  const length = (k: number) => starts[k + 1] - starts[k];
  for (;;) {
    const order = stream.shuffle(Array.from(answers, (_, k) => k));
    for (let at = 0; at + rows <= order.length; at += rows * 16) {
      const stretch = order.slice(at, at + rows * 16).sort((a, b) => length(a) - length(b) || a - b);
      const batches: Uint32Array[] = [];
      for (let k = 0; k + rows <= stretch.length; k += rows)
        batches.push(Uint32Array.from(stretch.slice(k, k + rows)));
      yield* stream.shuffle(batches);
    }
  }
}
