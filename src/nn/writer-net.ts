import type { RandomStream } from '../core/index.ts';
import { adamRate, type Params, zeroMoments } from './adam.ts';
import { floats, np, tree } from './engine.ts';
import { positionTable } from './transformer-layers.ts';
import { positionFeatures, type TransformerShape } from './transformer-shape.ts';
import { paramsFrom, underPrefix, vectorWeights, type Weights, withPrefix } from './weights.ts';
import type { TextBatch } from './writer.ts';
import { writtenTokens } from './writer.ts';
import { writerAdam, writerKernels } from './writer-kernels.ts';
import { chunks, columnsFor, drawToken, grouped, promptTensors } from './writer-rows.ts';

/** A text to be written: tokens of its prompt, at least one, and how its own are drawn. */
export interface TextToWrite {
  readonly prompt: readonly number[];
  readonly stream: RandomStream;
  /** 0 takes the likeliest. */
  readonly temperature: number;
  readonly maxTokens: number;
}

/** A text and the tokens of its prompt. */
export interface WrittenText {
  readonly prompt: readonly number[];
  /** The end token included, unless it was cut at its limit. */
  readonly tokens: readonly number[];
}

/** What was drawn, with the log-probability of each token at temperature 1, whatever it was drawn at. */
export interface DrawnText {
  readonly tokens: readonly number[];
  readonly logProbabilities: Float32Array;
}

/** The most that a writer reads of a prompt and writes, in tokens. */
export interface WriterContext {
  readonly prompt: number;
  readonly text: number;
}

/** Columns to which texts, and prompts without their last token, are filled up; each combination is compiled once. */
const textColumns = [8, 16, 24] as const;
const promptColumns = [8, 24, 48, 96] as const;
/** Rows of a batch. Below 8 rows the engine's results differ in the last bits. */
const rowCounts = [8, 32, 128] as const;
/** Rows of a batch that is learned from: few, so that texts of about one length share it. Prompts may be fewer. */
const learnedRows = [64] as const;
const learnedPrompts = [16, 64] as const;

/**
 * A writer's network in this thread: it draws texts, says how probable given ones are, and can be moved along a
 * gradient. What it gives for a text does not depend on what else is asked with it. The engine must have been started.
 */
export class WriterNet {
  readonly #shape: TransformerShape;
  readonly #most: number;
  readonly #kernels;
  #params: Params;
  #moments: { first: Params; second: Params } | undefined;
  #gradient: Params | undefined;
  #steps = 0;

  constructor(shape: TransformerShape, weights: Weights, most: number) {
    this.#shape = shape;
    this.#most = most;
    this.#kernels = writerKernels(shape, most);
    this.#params = paramsFrom(weights);
  }

  write(texts: readonly TextToWrite[]): DrawnText[] {
    const drawn = texts.map(() => ({ tokens: [] as number[], logs: [] as number[] }));
    for (const [columns, rows] of grouped(texts, ({ prompt }) =>
      columnsFor(prompt.length - 1, promptColumns),
    ))
      for (const batch of chunks(rows, rowCounts))
        this.#writeBatch(
          batch.rows.map((k) => texts[k]),
          batch.rows.map((k) => drawn[k]),
          batch.size,
          columns,
        );
    return drawn.map(({ tokens, logs }) => ({ tokens, logProbabilities: Float32Array.from(logs) }));
  }

  #writeBatch(
    texts: readonly TextToWrite[],
    drawn: readonly { tokens: number[]; logs: number[] }[],
    size: number,
    columns: number,
  ) {
    const { prompts, lengths, owners } = promptTensors(texts, size, columns, rowCounts);
    const [begun, known] = this.#kernels.begin(tree.ref(this.#params), prompts, lengths, owners);
    let cache = begun;
    const count = writtenTokens(this.#shape);
    const ids = new Int32Array(size);
    texts.forEach(({ prompt }, r) => (ids[r] = prompt[prompt.length - 1]));
    const going = new Set(texts.keys());
    for (let at = 0; going.size > 0 && at < this.#most; at++) {
      const place = np.array(new Int32Array([at]));
      const features = np.array(positionTable(1, at)).reshape([1, positionFeatures]);
      const [logits, next] = this.#kernels.next(
        tree.ref(this.#params),
        cache,
        known.ref,
        np.array(ids.slice()),
        place,
        features,
      );
      cache = next;
      const scores = floats(logits);
      for (const r of going) {
        const { stream, temperature, maxTokens } = texts[r];
        const { tokens, logs } = drawn[r];
        const { token, log } = drawToken(scores.subarray(r * count, (r + 1) * count), temperature, stream);
        tokens.push(token);
        logs.push(log);
        ids[r] = token;
        if (token === endToken || tokens.length >= Math.min(maxTokens, this.#most)) going.delete(r);
      }
    }
    tree.dispose(cache);
    known.dispose();
  }

  /** What the last layer makes of each prompt before a word is written, `width` numbers each. */
  states(prompts: readonly (readonly number[])[]): Float32Array[] {
    const { width } = this.#shape;
    const states: Float32Array[] = prompts.map(() => new Float32Array());
    for (const [columns, rows] of grouped(prompts, ({ length }) => columnsFor(length - 1, promptColumns)))
      for (const { rows: members, size } of chunks(rows, rowCounts)) {
        const read = members.map((k) => ({ prompt: prompts[k] }));
        const own = promptTensors(read, size, columns, rowCounts);
        const ids = new Int32Array(size);
        members.forEach((k, r) => (ids[r] = prompts[k][prompts[k].length - 1]));
        const last = np.array(ids).reshape([size, 1]);
        const all = floats(
          this.#kernels.state(tree.ref(this.#params), own.prompts, own.lengths, own.owners, last),
        );
        members.forEach((k, r) => (states[k] = all.slice(r * width, (r + 1) * width)));
      }
    return states;
  }

  /** Log-probabilities of the tokens of given texts; minus infinity where a token cannot be written. */
  score(texts: readonly WrittenText[]): Float32Array[] {
    const logs: Float32Array[] = texts.map(() => new Float32Array());
    for (const { batch, members, columns } of this.#batches(texts, rowCounts, rowCounts)) {
      const all = floats(this.#kernels.score(tree.ref(this.#params), batch));
      members.forEach((k, r) => (logs[k] = this.#rowOf(all, r, columns, texts[k])));
    }
    return logs;
  }

  /**
   * Adds to the gradient of the loss: minus the sum over all texts and tokens of weight times log-probability.
   * @param weights one per text, or one per token
   * @returns the loss, and the log-probabilities that it was made of
   */
  accumulate(
    texts: readonly WrittenText[],
    weights: readonly (number | Float32Array)[],
  ): { readonly loss: number; readonly logProbabilities: readonly Float32Array[] } {
    const logs: Float32Array[] = texts.map(() => new Float32Array());
    let loss = 0;
    for (const { batch, members, columns, size } of this.#batches(texts, learnedRows, learnedPrompts)) {
      const own = new Float32Array(size * columns);
      members.forEach((k, r) => {
        const weight = weights[k];
        const { length } = texts[k].tokens;
        if (typeof weight === 'number') own.fill(weight, r * columns, r * columns + length);
        else own.set(weight.subarray(0, length), r * columns);
      });
      const [value, gradient, all] = this.#kernels.gradient(
        tree.ref(this.#params),
        batch,
        np.array(own).reshape([size, columns]),
      );
      loss += floats(value)[0];
      const found = floats(all);
      members.forEach((k, r) => (logs[k] = this.#rowOf(found, r, columns, texts[k])));
      this.#gradient = this.#gradient ? this.#kernels.add(this.#gradient, gradient) : gradient;
    }
    return { loss, logProbabilities: logs };
  }

  /**
   * One step of Adam along what was accumulated, which is then forgotten.
   * @returns the gradient's norm; 0, and no step, where nothing was accumulated
   */
  step(learningRate: number): number {
    if (!this.#gradient) return 0;
    const gradient = this.#gradient;
    this.#gradient = undefined;
    const norm = floats(this.#kernels.norm(tree.ref(gradient)))[0];
    if (!Number.isFinite(norm)) {
      tree.dispose(gradient);
      return norm;
    }
    this.#steps++;
    const { first, second } = (this.#moments ??= zeroMoments(this.#params));
    const rate = np.array(adamRate(learningRate, this.#steps, writerAdam));
    const [params, firstNext, secondNext] = this.#kernels.update(this.#params, gradient, first, second, rate);
    this.#params = params;
    this.#moments = { first: firstNext, second: secondNext };
    return norm;
  }

  /** Copies of the weights. */
  weights(): Weights {
    return weightsOf(this.#params);
  }

  /** All that training goes on from: weights, moments and steps. */
  snapshot(): Weights {
    const { first, second } = (this.#moments ??= zeroMoments(this.#params));
    return {
      ...underPrefix('weights.', this.weights()),
      ...underPrefix('first.', weightsOf(first)),
      ...underPrefix('second.', weightsOf(second)),
      steps: vectorWeights(Float32Array.of(this.#steps)),
    };
  }

  restore(snapshot: Weights): void {
    this.dispose();
    this.#params = paramsFrom(withPrefix(snapshot, 'weights.'));
    const first = paramsFrom(withPrefix(snapshot, 'first.'));
    this.#moments = { first, second: paramsFrom(withPrefix(snapshot, 'second.')) };
    this.#steps = snapshot.steps.data[0];
  }

  dispose(): void {
    tree.dispose(this.#params);
    if (this.#moments) tree.dispose(this.#moments);
    if (this.#gradient) tree.dispose(this.#gradient);
    this.#moments = undefined;
    this.#gradient = undefined;
  }

  *#batches(texts: readonly WrittenText[], sizes: readonly number[], promptCounts: readonly number[]) {
    const count = writtenTokens(this.#shape);
    // Sorted by length, so that what shares a batch is filled up little; in one shape where one batch holds all.
    for (const [before, rows] of grouped(texts, ({ prompt }) =>
      columnsFor(prompt.length - 1, promptColumns),
    )) {
      const sorted = [...rows].sort((a, b) => texts[a].tokens.length - texts[b].tokens.length || a - b);
      for (const { rows: members, size } of chunks(sorted, sizes)) {
        const longest = Math.max(...members.map((k) => texts[k].tokens.length));
        const columns = columnsFor(longest, textColumns);
        const read = new Int32Array(size * columns);
        const next = new Int32Array(size * columns);
        members.forEach((k, r) => {
          const { prompt, tokens } = texts[k];
          read.set([prompt[prompt.length - 1], ...tokens.slice(0, -1)], r * columns);
          next.set(
            tokens.map((id) => Math.min(id, count - 1)),
            r * columns,
          );
        });
        const own = promptTensors(
          members.map((k) => texts[k]),
          size,
          before,
          promptCounts,
        );
        const batch: TextBatch = {
          ...own,
          read: np.array(read).reshape([size, columns]),
          next: np.array(next).reshape([size, columns]),
        };
        yield { batch, members, columns, size };
      }
    }
  }

  #rowOf(all: Float32Array, row: number, columns: number, { tokens }: WrittenText): Float32Array {
    const own = all.slice(row * columns, row * columns + tokens.length);
    const count = writtenTokens(this.#shape);
    tokens.forEach((id, k) => {
      if (id >= count) own[k] = -Infinity;
    });
    return own;
  }
}

/** As in `TextTokeniser`. */
const endToken = 1;

function weightsOf(params: Params): Weights {
  return Object.fromEntries(
    Object.entries(params).map(([name, x]) => [name, { shape: [...x.shape], data: floats(x.ref).slice() }]),
  );
}
