import { type AdamOptions, adamRate, adamStep, type Moments, type Params, zeroMoments } from './adam.ts';
import { floats, jit, np, type Tensor, tree, valueAndGrad } from './engine.ts';
import { packWeights, vectorWeights, type Weights } from './weights.ts';

/** Tensors by name, as a compiled update takes them. */
export type Tensors = { [name: string]: Tensor | Tensors };

/**
 * A network that is trained by Adam as one vector, with its weights at hand in plain arrays.
 *
 * @param loss of the network's parameters and a batch; consumes both
 */
export interface TrainedNet<Data extends Tensors> {
  /** One update; consumes `data`. Returns the loss before it. */
  update(data: Data, learningRate: number): number;
  /** Views of the weights, the same arrays for good; call `sync` before reading them. */
  readonly weights: Weights;
  /** Brings `weights` up to date. Costs nothing when they are. */
  sync(): void;
  /**
   * Goes on from these weights: parts are replaced by name, others stay, and the optimiser starts anew.
   * @throws RangeError for a name or a size that the network does not have
   */
  adopt(weights: Weights): void;
  /** Copies of the parameters, of what the optimiser remembers, and of the number of updates. */
  snapshot(): Weights;
  /**
   * Goes on from a snapshot of such a network; its updates are then the same to the bit.
   * @throws RangeError when the snapshot is of another network
   */
  restore(snapshot: Weights): void;
  /** All parameters as they are now, as one vector of the engine; later updates leave it as it is. */
  vector(): Tensor;
  /** The vector's parts by name, inside `jit`. Consumes it. */
  readonly unpack: (vector: Tensor) => Params;
  dispose(): void;
}

export function trainedNet<Data extends Tensors>(
  initial: Weights,
  loss: (params: Params, data: Data, unpack: (vector: Tensor) => Params) => Tensor,
  options: AdamOptions,
): TrainedNet<Data> {
  const packed = packWeights(initial);
  let params: Params = { all: packed.toEngine() };
  let moments = zeroMoments(params);
  let updates = 0;
  let stale = false;
  const lossOfVector = (vector: Tensor, data: Data) => loss(packed.unpack(vector), data, packed.unpack);
  const step = jit((live: Params, state: Moments, rate: Tensor, data: Data) => {
    const [value, all] = valueAndGrad(lossOfVector)(live.all.ref, data as never);
    return { value, ...adamStep(live, { all }, state, rate, options) };
  });
  return {
    weights: packed.weights,
    update: (data, learningRate) => {
      updates++;
      const rate = np.array(adamRate(learningRate, updates, options));
      const result = step(params, moments, rate, data as never);
      params = result.params;
      moments = result.moments;
      stale = true;
      return floats(result.value)[0];
    },
    sync: () => {
      if (stale) packed.copyOut(params.all);
      stale = false;
    },
    adopt: (adopted) => {
      if (stale) packed.copyOut(params.all);
      stale = false;
      for (const [name, { data }] of Object.entries(adopted)) {
        if (packed.weights[name]?.data.length !== data.length)
          throw new RangeError(`The network has no weights "${name}" of ${data.length} numbers.`);
        packed.weights[name].data.set(data);
      }
      tree.dispose(params);
      tree.dispose(moments);
      params = { all: packed.toEngine() };
      moments = zeroMoments(params);
      updates = 0;
    },
    snapshot: () => ({
      params: vectorWeights(floats(params.all.ref)),
      first: vectorWeights(floats(moments.first.all.ref)),
      second: vectorWeights(floats(moments.second.all.ref)),
      updates: vectorWeights(Float32Array.of(updates)),
    }),
    restore: (snapshot) => {
      const part = (name: string) => {
        const data = snapshot[name]?.data;
        if (data?.length !== packed.data.length)
          throw new RangeError(`The snapshot has no "${name}" of ${packed.data.length} numbers.`);
        return np.array(data.slice());
      };
      const restored = { params: part('params'), first: part('first'), second: part('second') };
      tree.dispose(params);
      tree.dispose(moments);
      params = { all: restored.params };
      moments = { first: { all: restored.first }, second: { all: restored.second } };
      updates = snapshot.updates.data[0];
      stale = true;
    },
    vector: () => params.all.ref,
    unpack: packed.unpack,
    dispose: () => {
      tree.dispose(params);
      tree.dispose(moments);
      step.dispose();
    },
  };
}
