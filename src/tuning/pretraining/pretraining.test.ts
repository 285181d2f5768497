import { beforeAll, describe, expect, it } from 'vitest';
import {
  decodeSafetensors,
  encodeSafetensors,
  type Params,
  paramsFrom,
  promptLogits,
  readPrefix,
  startEngine,
  Tokeniser,
  tokenVectors,
  type Weights,
} from '../../nn/index.ts';
import { floats, np } from '../../nn/index.ts';
import { randomStream } from '../../core/index.ts';
import { type Corpus, encodeCorpus } from './corpus.ts';
import {
  type Pretraining,
  type PretrainingSettings,
  startPretraining,
  type TrainingState,
} from './pretraining.ts';

beforeAll(startEngine);

const tokeniser = new Tokeniser({ phrases: ['left', 'right', 'say', 'same', 'other'] });
const shape = { vocabulary: tokeniser.size, width: 8, layers: 2, heads: 2, hidden: 16, gists: 2 };
const settings: PretrainingSettings = {
  seed: 3,
  steps: 250,
  rows: 16,
  turns: [0, 1],
  learningRate: 1e-2,
  warmupSteps: 10,
  balanceWeight: 0.01,
  vocabularyShare: 0.1,
};

/** "say left": under the rule "same" the answer is left, under "other" right; the rest of the words is noise. */
function sayings(rule: 'same' | 'other'): Corpus {
  const stream = randomStream('sayings', rule);
  const source = Array.from({ length: 160 }, () => {
    const [noise, word] = [stream.pick(['left', 'right']), stream.pick(['left', 'right'])];
    const answer = (word === 'left') === (rule === 'same') ? 'left' : 'right';
    return { prompt: `${noise} say ${word}`, actions: ['left', 'right'], answer };
  });
  return encodeCorpus(rule, source, source.length, tokeniser);
}
const corpora = [sayings('same'), sayings('other')];

function probabilityOfLeft(weights: Weights, rule: string, prompt: string): number {
  const params: Params = paramsFrom(weights);
  const vectors = (text: string) => {
    const ids = tokeniser.encode(text);
    return np.array(tokenVectors(weights.embedding.data, 8, ids)).reshape([1, ids.length, 8]);
  };
  const memory = readPrefix(params, shape, vectors(rule), np.array(new Int32Array([1])));
  const logits = floats(
    promptLogits(params, shape, memory, vectors(prompt), np.array(new Int32Array([2])).reshape([1, 1])),
  );
  const [left, right] = ['left', 'right'].map((word) => Math.exp(logits[tokeniser.encode(word)[0]]));
  return left / (left + right);
}

/** A training's state as a checkpoint gives it back after a kill. */
function stored(training: Pretraining): TrainingState {
  const { step, arrays } = training.state();
  const bytes = encodeSafetensors({ weights: arrays, metadata: {} }, 'F32');
  return { step, arrays: decodeSafetensors(bytes, 'checkpoint').weights };
}

const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;

describe('pretraining', () => {
  it('learns to answer by the prompt and by the rules in the prefix', () => {
    const training = startPretraining(shape, corpora, settings);
    const losses = Array.from({ length: settings.steps }, () => training.advance());
    expect(mean(losses.slice(0, 4))).toBeGreaterThan(0.7);
    expect(mean(losses.slice(-20))).toBeLessThan(0.1);
    for (const noise of ['left', 'right']) {
      expect(probabilityOfLeft(training.weights(), 'same', `${noise} say left`)).toBeGreaterThan(0.9);
      expect(probabilityOfLeft(training.weights(), 'same', `${noise} say right`)).toBeLessThan(0.1);
      expect(probabilityOfLeft(training.weights(), 'other', `${noise} say left`)).toBeLessThan(0.1);
    }
  });

  it('measures the loss among the available actions, and a share of it among all tokens', () => {
    const first = (vocabularyShare: number) =>
      startPretraining(shape, corpora, { ...settings, vocabularyShare }).advance();
    const [among, overall] = [first(0), first(1)];
    // Of 46 tokens about as likely one, or of two: ln(46) = 3.8 nats or ln(2) = 0.7, less what chance gave.
    expect(overall).toBeGreaterThan(3);
    expect(among).toBeLessThan(1.5);
    expect(first(0.25)).toBeCloseTo(0.75 * among + 0.25 * overall, 5);
  });

  it('at temperature T learns odds that are the T-th power of those in the corpus', () => {
    // After one and the same prompt the answer is left three times of four.
    const source = Array.from({ length: 64 }, (_, k) => ({
      prompt: 'left say left',
      actions: ['left', 'right'],
      answer: k % 4 < 3 ? 'left' : 'right',
    }));
    const corpus = encodeCorpus('same', source, source.length, tokeniser);
    const learned = (temperature: number) => {
      const own = { ...settings, rows: 64, turns: [0], steps: 150, vocabularyShare: 0 };
      const training = startPretraining(shape, [corpus], { ...own, temperatures: [temperature] });
      const losses = Array.from({ length: own.steps }, () => training.advance());
      // The loss is measured at that temperature, so at best it is the entropy of 3/4 and 1/4 at any.
      expect(losses.at(-1)).toBeCloseTo(0.75 * Math.log(4 / 3) + 0.25 * Math.log(4), 3);
      return probabilityOfLeft(training.weights(), 'same', 'left say left');
    };
    expect(learned(1)).toBeCloseTo(3 / (3 + 1), 2);
    expect(learned(2)).toBeCloseTo(9 / (9 + 1), 2);
  });

  it('gives the same bytes for the same seed, also when it was interrupted', () => {
    const run = (seed: number, from: number) => {
      let training = startPretraining(shape, corpora, { ...settings, seed });
      for (let k = 0; k < 30; k++) {
        if (k === from) training = startPretraining(shape, corpora, { ...settings, seed }, stored(training));
        training.advance();
      }
      return training.state();
    };
    const whole = run(1, -1);
    expect(whole.step).toBe(30);
    expect(run(1, 13)).toEqual(whole);
    expect(run(2, -1)).not.toEqual(whole);
  });

  it('trains mixtures of experts', () => {
    const training = startPretraining({ ...shape, hidden: 8, experts: 4 }, corpora, settings);
    const losses = Array.from({ length: 120 }, () => training.advance());
    // Two layers add 0.01 each for a perfectly balanced load.
    expect(mean(losses.slice(0, 4)) - mean(losses.slice(-4))).toBeGreaterThan(0.5);
  });

  it('stops at a loss that is not finite', () => {
    const training = startPretraining(shape, corpora, settings);
    const { arrays } = training.state();
    arrays['weights.embedding'].data[0] = NaN;
    const broken = startPretraining(shape, corpora, settings, { step: 4, arrays });
    expect(() => broken.advance()).toThrow('The loss of update 5 is NaN');
  });
});
