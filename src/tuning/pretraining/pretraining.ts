import { randomStream } from '../../core/index.ts';
import {
  adamRate,
  adamStep,
  addTokenGradients,
  floats,
  jit,
  nn,
  np,
  type Params,
  paramsFrom,
  promptLogits,
  readPrefix,
  type Tensor,
  tokenVectors,
  type TransformerShape,
  transformerWeights,
  tree,
  valueAndGrad,
  type Weights,
} from '../../nn/index.ts';
import { batchNumbers, type Corpus, rowsOf } from './corpus.ts';

export interface PretrainingSettings {
  /** Fixes the initial weights and the order of the batches. */
  readonly seed: number;
  /** Updates in all. */
  readonly steps: number;
  /** Demonstrations per update. */
  readonly rows: number;
  /** Which corpus each update draws from, by number; goes round. */
  readonly turns: readonly number[];
  /** The highest learning rate; it rises linearly to it and falls linearly to a fiftieth of it. */
  readonly learningRate: number;
  readonly warmupSteps: number;
  /** Weight of the load-balancing term of mixtures. */
  readonly balanceWeight: number;
  /**
   * Share of the loss that is measured among all tokens of the vocabulary; the rest is measured among the
   * available actions, which is what decides in play. Some of the former teaches to answer with an action at all.
   */
  readonly vocabularyShare: number;
  /**
   * Per corpus, the temperature at which the loss is measured; 1 where none is told. What is trained at
   * temperature T and played at 1 answers as sharply as p^T: right where doubt comes of too little training and
   * drawing at random is costly, wrong where players that never hesitate block one another.
   */
  readonly temperatures?: readonly number[];
}

const adam = { beta2: 0.98, clipNorm: 1 };

/** All that training needs to go on: weights and Adam's moments under their prefixes, and the number of updates. */
export interface TrainingState {
  readonly step: number;
  /** `weights.*`, `first.*` and `second.*`. */
  readonly arrays: Weights;
}

/** Training under way. */
export interface Pretraining {
  /** Updates done. */
  readonly step: number;
  /** Does the next update; the mean loss of its batch, in nats per answer. */
  advance(): number;
  /** A copy of the weights as they are. */
  weights(): Weights;
  state(): TrainingState;
}

/**
 * Behaviour cloning: maximum likelihood of the expert's actions, each the one token after its prompt. No other
 * token of a prompt is predicted. Every update sees one corpus, because its rows share a prefix.
 *
 * Same seed, same corpora, same bytes, also when a state was saved and taken up again.
 *
 * @throws RangeError when a loss is not finite, with the update's number
 */
export function startPretraining(
  shape: TransformerShape,
  corpora: readonly Corpus[],
  settings: PretrainingSettings,
  from?: TrainingState,
): Pretraining {
  const { seed, steps, rows, turns } = settings;
  const batches = corpora.map((corpus, k) =>
    batchNumbers(corpus, rows, randomStream('pretraining order', seed, k)),
  );
  const kernels = trainingKernels(shape, settings);
  const initial = transformerWeights(shape, randomStream('pretraining weights', seed));
  const zeros = Object.fromEntries(
    Object.entries(initial).map(([name, { shape: dims, data }]) => [
      name,
      { shape: dims, data: new Float32Array(data.length) },
    ]),
  );
  const part = (name: string, otherwise: Weights) => (from ? partOf(from.arrays, name) : otherwise);
  let params = paramsFrom(part('weights', initial));
  let first = paramsFrom(part('first', zeros));
  let second = paramsFrom(part('second', zeros));
  let embedding = floats(params.embedding.ref);
  let step = from?.step ?? 0;
  for (let done = 0; done < step; done++) batches[turns[done % turns.length]].next();

  const prefixes = corpora.map(({ prefix }) => padded(prefix));
  const vectorsOf = (ids: Int32Array, count: number) =>
    np.array(tokenVectors(embedding, shape.width, ids)).reshape([count, ids.length / count, shape.width]);
  const arrays = (params: Params) =>
    Object.fromEntries(
      Object.entries(initial).map(([name, { shape: dims }]) => [
        name,
        { shape: dims, data: floats(params[name].ref).slice() },
      ]),
    );
  return {
    get step() {
      return step;
    },
    advance: () => {
      const turn = turns[step % turns.length];
      const corpus = corpora[turn];
      const batch = rowsOf(corpus, batches[turn].next().value as Uint32Array);
      const temperature = settings.temperatures?.[turn] ?? 1;
      step++;
      const [loss, gradients, prefixGradient, promptGradient] = kernels.gradient(
        tree.ref(params),
        vectorsOf(prefixes[turn], 1),
        vectorsOf(batch.ids, rows),
        np.array(new Int32Array([corpus.prefix.length])),
        np.array(batch.lengths.map((n) => n - 1)).reshape([rows, 1]),
        np.array(batch.answers),
        np.array(choiceMask(batch.choices, shape.vocabulary)).reshape([rows, shape.vocabulary]),
        np.array(temperature),
      );
      const value = loss.item() / temperature;
      if (!Number.isFinite(value)) throw new RangeError(`The loss of update ${step} is ${value}.`);
      const embeddingGradient = floats(gradients.embedding).slice();
      addTokenGradients(embeddingGradient, shape.width, prefixes[turn], floats(prefixGradient));
      addTokenGradients(embeddingGradient, shape.width, batch.ids, floats(promptGradient));
      gradients.embedding = np.array(embeddingGradient).reshape([shape.vocabulary, shape.width]);
      const rate = np.array(adamRate(rateAt(settings, step), step, adam));
      [params, first, second] = kernels.update(params, gradients, first, second, rate);
      embedding = floats(params.embedding.ref);
      return value;
    },
    weights: () => arrays(params),
    state: () => ({
      step,
      arrays: {
        ...prefixed('weights', arrays(params)),
        ...prefixed('first', arrays(first)),
        ...prefixed('second', arrays(second)),
      },
    }),
  };

  function rateAt({ learningRate, warmupSteps }: PretrainingSettings, update: number): number {
    const rise = Math.min(1, update / Math.max(1, warmupSteps));
    const fall = Math.max(0.02, 1 - (update - 1) / steps);
    return learningRate * rise * fall;
  }
}

type GradientKernel = (
  params: Params,
  prefix: Tensor,
  prompts: Tensor,
  prefixLength: Tensor,
  places: Tensor,
  answers: Tensor,
  available: Tensor,
  temperature: Tensor,
) => [Tensor, Params, Tensor, Tensor];
type UpdateKernel = (
  p: Params,
  g: Params,
  first: Params,
  second: Params,
  rate: Tensor,
) => [Params, Params, Params];

function trainingKernels(
  shape: TransformerShape,
  { balanceWeight, vocabularyShare }: PretrainingSettings,
): { readonly gradient: GradientKernel; readonly update: UpdateKernel } {
  const loss = (
    params: Params,
    prefix: Tensor,
    prompts: Tensor,
    prefixLength: Tensor,
    places: Tensor,
    answers: Tensor,
    available: Tensor,
    temperature: Tensor,
  ) => {
    const balance: Tensor[] = [];
    const memory = readPrefix(params, shape, prefix, prefixLength);
    const logits = promptLogits(params, shape, memory, prompts, places, shape.experts ? balance : undefined);
    tree.dispose(params);
    const [rows] = prompts.shape;
    const scores = logits.reshape([rows, shape.vocabulary]).div(temperature.ref);
    const chosen = scores.ref.mul(nn.oneHot(answers, shape.vocabulary)).sum(-1);
    const among = nn.logsumexp(np.where(available.greater(0.5), scores.ref, -1e9), -1);
    const normaliser = among.mul(1 - vocabularyShare).add(nn.logsumexp(scores, -1).mul(vocabularyShare));
    // Times the temperature, so that the gradient of a score is p - y at any.
    let total = normaliser.sub(chosen).mean().mul(temperature);
    for (const term of balance) total = total.add(term.mul(balanceWeight));
    return total;
  };
  const slopes = valueAndGrad(loss, { argnums: [0, 1, 2] });
  const gradient = (...inputs: Parameters<GradientKernel>): ReturnType<GradientKernel> => {
    const [value, [own, ofPrefix, ofPrompts]] = slopes(...inputs);
    return [value, own, ofPrefix, ofPrompts];
  };
  const update = (
    ...[params, gradients, first, second, rate]: Parameters<UpdateKernel>
  ): ReturnType<UpdateKernel> => {
    const next = adamStep(params, gradients, { first, second }, rate, adam);
    return [next.params, next.moments.first, next.moments.second];
  };
  return { gradient: jit(gradient), update: jit(update) };
}

/** 1 at the tokens of a row's available actions, [rows, vocabulary]. */
function choiceMask(choices: readonly Uint16Array[], vocabulary: number): Float32Array {
  const mask = new Float32Array(choices.length * vocabulary);
  choices.forEach((row, r) => {
    for (const token of row) mask[r * vocabulary + token] = 1;
  });
  return mask;
}

/** Token numbers padded on the right to a multiple of 8. */
function padded(ids: readonly number[]): Int32Array {
  const out = new Int32Array(Math.ceil(ids.length / 8) * 8);
  out.set(ids);
  return out;
}

function prefixed(prefix: string, weights: Weights): Weights {
  return Object.fromEntries(Object.entries(weights).map(([name, array]) => [`${prefix}.${name}`, array]));
}

function partOf(arrays: Weights, prefix: string): Weights {
  const start = `${prefix}.`;
  return Object.fromEntries(
    Object.entries(arrays)
      .filter(([name]) => name.startsWith(start))
      .map(([name, array]) => [name.slice(start.length), array]),
  );
}
