import { beforeAll, describe, expect, it } from 'vitest';
import { randomStream } from '../../../core/index.ts';
import {
  floats,
  np,
  paramsFrom,
  promptLogits,
  readPrefix,
  Tokeniser,
  tokenVectors,
} from '../../../nn/index.ts';
import { batchSizes, pocketEngine, type PocketEngine, type PocketNetwork } from './engine.ts';
import type { PocketAnswer, PocketNextToken, PocketQuestion } from './requests.ts';
import { readPocketFiles } from './files.ts';
import { untrainedModel } from '../../../../test/support/tiny-pocket.ts';
import { logSoftmax } from '../service/sampling.ts';

let network: PocketNetwork;
let engine: PocketEngine;
beforeAll(async () => {
  network = readPocketFiles(untrainedModel()).network;
  engine = await pocketEngine(network);
});

/** Questions of many lengths, some with spelled words and actions, behind two prefixes. */
function question(k: number): PocketQuestion {
  const stream = randomStream('question', k);
  const words = [
    'You',
    'are',
    'Ann',
    'Bob',
    'Beacon 1 is 2 north 1 east.',
    'Choose',
    ...(k % 9 === 0 ? ['zebra'] : []),
  ];
  const spelled = k % 7 === 0 ? ['jump', 'set blue'] : [];
  return {
    prefix: k % 2 ? 'The team is Ann or Bob.' : 'The team is Cal. Choose well.',
    prompt: Array.from({ length: stream.integer(1, 30) }, () => stream.pick(words)).join(' '),
    actions: [
      ...stream.shuffle(['stay', 'north', 'south', 'east', 'set red']).slice(0, stream.integer(2, 5)),
      ...spelled,
    ],
    temperature: 1,
  };
}
const questions = Array.from({ length: 96 }, (_, k) => question(k));

describe('the engine of embedded models', () => {
  it.each([1, 3, 8, 17, 96])('gives byte-identical answers in batches of %i', (size) => {
    const expected = engine.answer(questions);
    const got = Array.from({ length: Math.ceil(questions.length / size) }, (_, b) =>
      engine.answer(questions.slice(b * size, (b + 1) * size)),
    ).flat();
    expect(got).toEqual(expected);
    const turned = engine.answer([...questions].reverse()).reverse();
    expect(turned).toEqual(expected);
  });

  it('gives byte-identical answers whatever the sizes of the batches that equally long prompts come in', () => {
    const equal = Array.from({ length: 96 }, (_, k) => ({
      ...question(1),
      prompt: `Choose ${k % 10} Ann ${k % 7} Bob`,
    }));
    const expected = engine.answer(equal);
    expect(batchSizes(96)).toEqual([96]);
    for (const size of [1, 8, 24, 48]) {
      const parts = Array.from({ length: 96 / size }, (_, b) =>
        engine.answer(equal.slice(b * size, (b + 1) * size)),
      );
      expect(parts.flat()).toEqual(expected);
    }
  });

  it('cuts rows into batches that have room for all and leave little of it empty', () => {
    expect([0, 1, 8, 9, 17, 48, 80, 81, 200].map(batchSizes)).toEqual([
      [],
      [8],
      [8],
      [8, 8],
      [24],
      [24, 24],
      [24, 24, 24, 8],
      [96],
      [96, 96, 8],
    ]);
    for (let count = 1; count <= 400; count++) {
      const room = batchSizes(count).reduce((sum, size) => sum + size, 0);
      expect(room).toBeGreaterThanOrEqual(count);
      // At most 15 rows of the last large batch, or 7 of the last small ones, are empty.
      expect(room - count).toBeLessThan(16);
    }
  });

  it('gives byte-identical answers in batches of 1, 3, 8, 17 and 96 as a mixture of experts, too', async () => {
    const shape = { layers: 3, hidden: 16, lastHidden: 24, experts: 4 };
    const mixture = await pocketEngine(readPocketFiles(untrainedModel(shape)).network);
    const expected = mixture.answer(questions);
    for (const size of [1, 3, 8, 17]) {
      const got = Array.from({ length: Math.ceil(questions.length / size) }, (_, b) =>
        mixture.answer(questions.slice(b * size, (b + 1) * size)),
      ).flat();
      expect(got).toEqual(expected);
    }
  });

  it('gives the exact probabilities of the actions, renormalised', () => {
    for (const asked of questions.slice(0, 14)) {
      const [{ distribution }] = engine.answer([asked]);
      const scores = asked.actions.map((action) => slowLogProbability(asked, action));
      const total = scores.reduce((sum, x) => sum + Math.exp(x), 0);
      scores.forEach((x, a) => expect(distribution[a]).toBeCloseTo(Math.exp(x) / total, 5));
    }
    // The comparison would mean little if the untrained model were indifferent.
    const peaks = engine.answer(questions).map(({ distribution }) => Math.max(...distribution));
    expect(Math.max(...peaks)).toBeGreaterThan(0.9);
  });

  it('sharpens and flattens with the temperature', () => {
    const [p, sharp] = engine.answer([1, 0.5].map((temperature) => ({ ...questions[1], temperature })));
    const squares = p.distribution.map((x) => x ** 2);
    const total = squares.reduce((sum, x) => sum + x, 0);
    sharp.distribution.forEach((x, a) => expect(x).toBeCloseTo(squares[a] / total, 9));
  });

  it('gives the scores of the next token of a text that is being written', () => {
    const { vocabulary } = network;
    const tokeniser = new Tokeniser(vocabulary);
    for (const action of ['north', 'jump']) {
      const { prefix, prompt } = questions[1];
      const ids = tokeniser.encodeAnswer(action);
      const steps = ids.map((_, k) => ({ prefix, prompt, said: ids.slice(0, k) }));
      const replies = engine.reply([...steps, questions[2]]);
      const logProbability = ids.reduce((sum, id, k) => {
        const reply = replies[k];
        return sum + ('logits' in reply ? logSoftmax(reply.logits)[id] : Number.NaN);
      }, 0);
      expect(logProbability).toBeCloseTo(slowLogProbability(questions[1], action), 4);
      expect(replies.at(-1)).toEqual(engine.answer([questions[2]])[0]);
    }
  });

  it('reads a prefix without words, and a prompt without any', () => {
    const [{ distribution, inputTokens }, next] = engine.reply([
      { ...questions[1], prefix: '', prompt: '...' },
      { prefix: '', prompt: '', said: [] },
    ]) as [PocketAnswer, PocketNextToken];
    expect(inputTokens).toBe(0);
    expect(distribution.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 9);
    expect([...next.logits].every(Number.isFinite)).toBe(true);
  });

  it('counts the tokens of prefix and prompt', () => {
    const [{ inputTokens, truncated }] = engine.answer([
      {
        ...questions[1],
        prefix: 'The team is Ann or Bob.',
        prompt: 'You are Ann. Beacon 1 is 2 north 1 east.',
      },
    ]);
    expect(inputTokens).toBe(6 + 7);
    expect(truncated).toBe(false);
  });

  it('keeps the most recent tokens of a prompt that is too long, and says so', () => {
    const long = { ...questions[1], prompt: `${'Bob '.repeat(60)}${'Ann '.repeat(96)}` };
    const [cut, kept] = engine.answer([long, { ...long, prompt: 'Ann '.repeat(96) }]);
    expect(cut.truncated).toBe(true);
    expect(kept.truncated).toBe(false);
    expect(cut.distribution).toEqual(kept.distribution);
    const [prefix] = engine.answer([{ ...questions[1], prefix: 'Bob '.repeat(65) }]);
    expect(prefix.truncated).toBe(true);
  });

  it('answers prompts and prefixes without words, and any number of prefixes', () => {
    const [{ distribution }] = engine.answer([
      { prefix: '', prompt: '', actions: ['stay', 'north'], temperature: 1 },
    ]);
    expect(distribution[0] + distribution[1]).toBeCloseTo(1, 12);
    const many = Array.from({ length: 80 }, (_, k) => ({ ...questions[1], prefix: 'Ann '.repeat(k % 40) }));
    const answers = engine.answer(many);
    expect(engine.answer(many.slice(0, 3))).toEqual(answers.slice(0, 3));
    expect(answers.slice(40)).toEqual(answers.slice(0, 40));
  });

  /** log P(action | prompt), token by token, each from a forward pass of its own over the whole text. */
  function slowLogProbability({ prefix, prompt }: PocketQuestion, action: string): number {
    const { shape, vocabulary, weights } = network;
    const tokeniser = new Tokeniser(vocabulary);
    const vectors = (ids: number[]) =>
      np.array(tokenVectors(weights.embedding.data, shape.width, ids)).reshape([1, ids.length, shape.width]);
    const before = tokeniser.encode(prefix);
    let text = tokeniser.encode(prompt);
    let sum = 0;
    for (const id of tokeniser.encodeAnswer(action)) {
      const params = paramsFrom(weights);
      const memory = readPrefix(params, shape, vectors(before), np.array(new Int32Array([before.length])));
      const place = np.array(new Int32Array([text.length - 1])).reshape([1, 1]);
      const logits = [...floats(promptLogits(params, shape, memory, vectors(text), place))];
      const top = Math.max(...logits);
      sum += logits[id] - top - Math.log(logits.reduce((all, x) => all + Math.exp(x - top), 0));
      text = [...text, id];
    }
    return sum;
  }
});
