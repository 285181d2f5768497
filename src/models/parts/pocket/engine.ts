import {
  jit,
  np,
  paramsFrom,
  type Params,
  type PrefixMemory,
  promptLogits,
  readPrefix,
  startEngine,
  type Tensor,
  Tokeniser,
  tokenVectors,
  type TransformerShape,
  tree,
  type Vocabulary,
  type Weights,
} from '../../../nn/index.ts';
import type { PocketAnswer, PocketQuestion, PocketRead, PocketReply } from './requests.ts';

/** An embedded model in this thread. */
export interface PocketEngine {
  /** Answers in the order of the questions; each the same whatever else is asked with it. */
  answer(questions: readonly PocketQuestion[]): PocketAnswer[];
  /** The same for questions and continuations together. */
  reply(requests: readonly PocketRead[]): PocketReply<PocketRead>[];
}

export interface PocketNetwork {
  readonly shape: TransformerShape;
  readonly vocabulary: Vocabulary;
  readonly weights: Weights;
  /** Most tokens of a prefix and of a prompt. */
  readonly context: { readonly prefix: number; readonly prompt: number };
}

/**
 * The tensor engine compiles each new shape, so batches come in three sizes, and the last one is filled up.
 * Below 8 rows its results differ in the last bits.
 */
const [fewRows, someRows, mostRows] = [8, 24, 96];
const keptPrefixes = 32;

/** A row of a batch: the tokens to read, and the columns after which the answer's tokens come. */
interface Row {
  readonly ids: readonly number[];
  readonly places: readonly number[];
}

/** A question in tokens. */
interface Reading {
  readonly request: PocketRead;
  readonly ids: readonly number[];
  /** Tokens of each action, and the length of the longest; a continuation has none. */
  readonly answers: readonly (readonly number[])[];
  readonly longest: number;
  readonly inputTokens: number;
  readonly truncated: boolean;
}

/** Starts the tensor engine in this thread and loads the network into it. */
export async function pocketEngine(network: PocketNetwork): Promise<PocketEngine> {
  await startEngine();
  const { shape, context } = network;
  const tokeniser = new Tokeniser(network.vocabulary);
  const forward = forwardPass(network);
  const prefixes = new Map<
    string,
    { readonly memory: PrefixMemory; readonly tokens: number; readonly cut: boolean }
  >();

  // The rules of a task are read once; those used least recently are forgotten.
  const prefixOf = (text: string) => {
    let found = prefixes.get(text);
    prefixes.delete(text);
    if (!found) {
      const all = tokeniser.encode(text);
      const ids = all.slice(-context.prefix);
      // Without any token there is nothing to attend to, and what is computed from that is not a number.
      const read = ids.length === 0 ? [tokeniser.end] : ids;
      found = { memory: forward.readPrefix(read), tokens: ids.length, cut: ids.length < all.length };
      if (prefixes.size >= keptPrefixes) {
        const [[oldest, { memory }]] = prefixes;
        tree.dispose(memory);
        prefixes.delete(oldest);
      }
    }
    prefixes.set(text, found);
    return found;
  };

  const readingOf = (request: PocketRead): Reading => {
    const { tokens, cut } = prefixOf(request.prefix);
    const actions = 'actions' in request ? request.actions : [];
    const said = 'said' in request ? request.said : [];
    const answers = actions.map((action) => tokeniser.encodeAnswer(action));
    const longest = answers.reduce((most, ids) => Math.max(most, ids.length), 1);
    const all = tokeniser.encode(request.prompt);
    const kept = all.slice(-Math.max(1, context.prompt - (longest - 1) - said.length));
    return {
      request,
      ids: [...(kept.length === 0 ? [tokeniser.end] : kept), ...said],
      answers,
      longest,
      inputTokens: tokens + kept.length,
      truncated: cut || kept.length < all.length,
    };
  };

  const reply = (requests: readonly PocketRead[]): PocketReply<PocketRead>[] => {
    const readings = requests.map(readingOf);
    const logits: Float32Array[][] = readings.map(() => []);
    for (const { prefix, columns, answers, rows, owners } of groupRows(readings)) {
      let at = 0;
      for (const size of batchSizes(rows.length)) {
        const batch = rows.slice(at, at + size);
        const scores = forward.score(prefixOf(prefix).memory, batch, size, columns, answers);
        scores.forEach((row, r) => logits[owners[at + r]].push(row));
        at += size;
      }
    }
    return readings.map(({ request, answers, longest, inputTokens, truncated }, k) => {
      if (!('actions' in request)) return { logits: finite(logits[k][0]), inputTokens, truncated };
      // Where every action is one token its logit is enough: what the others have in common cancels.
      const scores =
        longest === 1
          ? answers.map(([id]) => logits[k][0][id])
          : answers.map((ids, a) => logProbability(logits[k][a], ids, shape.vocabulary));
      return { distribution: softmax(finite(scores), request.temperature), inputTokens, truncated };
    });
  };
  return { reply, answer: (questions) => reply(questions) as PocketAnswer[] };
}

/**
 * Sizes of the batches that `count` rows are cut into. A batch costs about as much as its rows and two or three
 * more, so that filling up 48 rows to 96 would cost twice what two batches of 24 do.
 */
export function batchSizes(count: number): number[] {
  const sizes: number[] = [];
  for (let left = count; left > 0; left -= sizes[sizes.length - 1]) {
    sizes.push(left > mostRows - 2 * fewRows ? mostRows : left > 2 * fewRows ? someRows : fewRows);
  }
  return sizes;
}

/** Rows of the same prefix and padded shape. */
interface Group {
  readonly prefix: string;
  readonly columns: number;
  readonly answers: number;
  readonly rows: Row[];
  /** Which question each row belongs to; the rows of a question are in the order of its actions. */
  readonly owners: number[];
}

/** One row per question, or one per action where an action takes several tokens. */
function groupRows(readings: readonly Reading[]): Iterable<Group> {
  const groups = new Map<string, Group>();
  readings.forEach(({ request: { prefix }, answers, longest, ids }, owner) => {
    const width = longest === 1 ? 1 : Math.ceil(longest / 8) * 8;
    const columns = columnCount(ids.length + longest - 1);
    const key = `${width} ${columns} ${prefix}`;
    let group = groups.get(key);
    if (!group) groups.set(key, (group = { prefix, columns, answers: width, rows: [], owners: [] }));
    const last = ids.length - 1;
    for (const answer of longest === 1 ? [[0]] : answers) {
      const places = Array.from({ length: width }, (_, k) => last + Math.min(k, answer.length - 1));
      group.rows.push({ ids: [...ids, ...answer.slice(0, -1)], places });
      group.owners.push(owner);
    }
  });
  return groups.values();
}

/** Columns that a text is padded to: a function of its own length alone, so that it always meets the same shape. */
function columnCount(length: number): number {
  const step = length <= 64 ? 16 : 32;
  return Math.max(1, Math.ceil(length / step)) * step;
}

/** The two compiled functions of the network. */
function forwardPass({ shape, weights }: PocketNetwork) {
  const params = paramsFrom(weights);
  const embedding = weights.embedding.data;
  const vectorsOf = (ids: Int32Array, rows: number) =>
    np.array(tokenVectors(embedding, shape.width, ids)).reshape([rows, ids.length / rows, shape.width]);
  const read = jit((p: Params, vectors: Tensor, length: Tensor) => {
    const memory = readPrefix(p, shape, vectors, length);
    tree.dispose(p);
    return memory;
  }) as (p: Params, vectors: Tensor, length: Tensor) => PrefixMemory;
  const run = jit((p: Params, memory: PrefixMemory, vectors: Tensor, places: Tensor) => {
    const logits = promptLogits(p, shape, memory, vectors, places);
    tree.dispose(p);
    return logits;
  }) as (p: Params, memory: PrefixMemory, vectors: Tensor, places: Tensor) => Tensor;
  return {
    readPrefix: (ids: readonly number[]): PrefixMemory => {
      const columns = new Int32Array(columnCount(ids.length));
      columns.set(ids);
      return read(tree.ref(params), vectorsOf(columns, 1), np.array(new Int32Array([ids.length])));
    },
    /** Logits [answers, vocabulary] of each row, in a batch filled up to `count`. */
    score: (
      memory: PrefixMemory,
      rows: readonly Row[],
      count: number,
      columns: number,
      answers: number,
    ): Float32Array[] => {
      const ids = new Int32Array(count * columns);
      const places = new Int32Array(count * answers);
      rows.forEach((row, r) => {
        ids.set(row.ids, r * columns);
        places.set(row.places, r * answers);
      });
      const at = np.array(places).reshape([count, answers]);
      const logits = run(
        tree.ref(params),
        tree.ref(memory),
        vectorsOf(ids, count),
        at,
      ).dataSync() as Float32Array;
      const size = answers * shape.vocabulary;
      return rows.map((_, r) => logits.slice(r * size, (r + 1) * size));
    },
  };
}

/** Sum over an answer's tokens of their log-probabilities among all tokens. */
function logProbability(logits: Float32Array, ids: readonly number[], vocabulary: number): number {
  return ids.reduce((sum, id, k) => {
    const row = logits.subarray(k * vocabulary, (k + 1) * vocabulary);
    const top = row.reduce((most, x) => Math.max(most, x), -Infinity);
    const total = row.reduce((all, x) => all + Math.exp(x - top), 0);
    return sum + row[id] - top - Math.log(total);
  }, 0);
}

/** Scores as they are. @throws RangeError when one is no number: nothing is drawn from such */
function finite<T extends ArrayLike<number>>(scores: T): T {
  for (let k = 0; k < scores.length; k++) {
    if (!Number.isFinite(scores[k]))
      throw new RangeError(`the score of token or action ${k} is ${scores[k]}`);
  }
  return scores;
}

function softmax(logits: readonly number[], temperature: number): number[] {
  const top = Math.max(...logits);
  const powers = logits.map((x) => Math.exp((x - top) / temperature));
  const total = powers.reduce((sum, x) => sum + x, 0);
  return powers.map((x) => x / total);
}
