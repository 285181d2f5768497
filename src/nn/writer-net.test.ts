import { beforeAll, describe, expect, it } from 'vitest';
import { randomStream } from '../core/index.ts';
import { startEngine } from './engine.ts';
import { transformerWeights } from './transformer-shape.ts';
import type { Weights } from './weights.ts';
import { WriterNet, type WrittenText } from './writer-net.ts';

const shape = { vocabulary: 30, written: 12, width: 8, layers: 2, heads: 2, hidden: 8, gists: 0 };
const end = 1;
const made = () => transformerWeights(shape, randomStream('writer test'));
const net = (weights: Weights = made()) => new WriterNet(shape, weights, 8);
const prompts = [[20], [21, 22, 23], [20, 21, 22, 23, 24, 25, 26, 27, 28, 29]];

beforeAll(startEngine);

describe('a writer', () => {
  it('says of what it drew what it says of a given text', () => {
    const own = net();
    const drawn = own.write(
      prompts.map((prompt, k) => ({ prompt, stream: randomStream('draw', k), temperature: 1, maxTokens: 8 })),
    );
    const scored = own.score(drawn.map(({ tokens }, k) => ({ prompt: prompts[k], tokens })));
    drawn.forEach(({ tokens, logProbabilities }, k) => {
      expect(logProbabilities).toHaveLength(tokens.length);
      tokens.forEach((_, t) => expect(scored[k][t]).toBeCloseTo(logProbabilities[t], 4));
    });
  });

  it('draws the first token as often as it says, and never padding', () => {
    const own = net();
    const [log] = own
      .score(Array.from({ length: 11 }, (_, k) => ({ prompt: prompts[1], tokens: [k + 1] })))
      .reduce<number[][]>((all, row) => [[...(all[0] ?? []), row[0]]], []);
    const draws = 4000;
    const counts = new Array<number>(12).fill(0);
    for (const { tokens } of own.write(
      Array.from({ length: draws }, (_, k) => ({
        prompt: prompts[1],
        stream: randomStream('count', k),
        temperature: 1,
        maxTokens: 1,
      })),
    ))
      counts[tokens[0]]++;
    expect(counts[0]).toBe(0);
    const share = log.reduce((sum, x) => sum + Math.exp(x), 0);
    // Chi-square over 11 tokens: 31.3 is the 99.95% point at 10 degrees of freedom.
    const chi = log.reduce((sum, x, k) => {
      const expected = (draws * Math.exp(x)) / share;
      return sum + (counts[k + 1] - expected) ** 2 / expected;
    }, 0);
    expect(chi).toBeLessThan(31.3);
  });

  it('gives the same whatever else is asked', () => {
    const own = net();
    const text = { prompt: prompts[2], stream: randomStream('alone'), temperature: 1, maxTokens: 8 };
    const [alone] = own.write([text]);
    const among = own.write([
      ...prompts.flatMap((prompt, k) =>
        Array.from({ length: 12 }, (_, g) => ({ ...text, prompt, stream: randomStream('others', k, g) })),
      ),
      { ...text, stream: randomStream('alone') },
    ]);
    expect(among.at(-1)!.tokens).toEqual(alone.tokens);
    expect([...among.at(-1)!.logProbabilities]).toEqual([...alone.logProbabilities]);
  });

  it('makes the same of a prompt whatever else is asked, and something else of another', () => {
    const own = net();
    const [alone] = own.states([prompts[1]]);
    expect(alone).toHaveLength(shape.width);
    const among = own.states([...prompts, ...prompts]);
    expect([...among[1]]).toEqual([...alone]);
    expect([...among[4]]).toEqual([...alone]);
    expect([...among[0]]).not.toEqual([...alone]);
  });

  it('cannot write what it only reads', () => {
    const [logs] = net().score([{ prompt: [20], tokens: [3, 25] }]);
    expect(logs[0]).toBeGreaterThan(-Infinity);
    expect(logs[1]).toBe(-Infinity);
  });
});

/** The loss after a push of one number of one weight. */
function lossAt(
  name: string,
  index: number,
  push: number,
  texts: readonly WrittenText[],
  weights: readonly number[],
) {
  const moved = made();
  moved[name].data[index] += push;
  const logs = net(moved).score(texts);
  return -logs.reduce((sum, row, k) => sum + weights[k] * row.reduce((a, b) => a + b, 0), 0);
}

describe('its gradient', () => {
  // A text of one token, which is the end; one that was cut at its limit; one of full length.
  const texts: WrittenText[] = [
    { prompt: prompts[0], tokens: [end] },
    { prompt: prompts[1], tokens: [5, 6] },
    { prompt: prompts[1], tokens: [4, 7, 3, end] },
  ];
  const weights = [0.5, -1, 2];

  it.each(['embedding', 'positions', 'layers.0.keyValue', 'layers.1.down'])(
    'is that of finite differences: %s',
    (name) => {
      const own = net();
      own.accumulate(texts, weights);
      // One step of Adam without history moves each weight by the rate against the sign of its gradient.
      const before = own.weights()[name].data.slice();
      own.step(1e-3);
      const after = own.weights()[name].data;
      let compared = 0;
      for (let k = 0; k < before.length && compared < 12; k += 5) {
        const slope = (lossAt(name, k, 1e-2, texts, weights) - lossAt(name, k, -1e-2, texts, weights)) / 2e-2;
        if (Math.abs(slope) < 0.02) continue;
        compared++;
        expect(Math.sign(after[k] - before[k])).toBe(-Math.sign(slope));
      }
      expect(compared).toBeGreaterThan(3);
    },
  );

  // Fault 1 of the reference: without its last row, a completion of one token teaches nothing, and no text learns to end.
  it('has the first token and the end in it', () => {
    for (const [tokens, token] of [
      [[end], end],
      [[4, end], end],
      [[4, end], 4],
    ] as const) {
      const own = net();
      const text = { prompt: prompts[1], tokens };
      const place = tokens.indexOf(token as never);
      const weight = new Float32Array(tokens.length);
      weight[place] = 1;
      const before = own.score([text])[0][place];
      own.accumulate([text], [weight]);
      expect(own.step(1e-2)).toBeGreaterThan(0);
      expect(own.score([text])[0][place]).toBeGreaterThan(before);
    }
  });

  // Fault 2: columns that only fill up are trained on.
  it('has nothing of what only fills up, however long the others are', () => {
    const alone = net();
    alone.accumulate([texts[0]], [1]);
    alone.step(1e-2);
    const among = net();
    among.accumulate([texts[0], { prompt: prompts[0], tokens: [3, 4, 5, 6, 7, 8, end] }], [1, 0]);
    among.step(1e-2);
    const [a, b] = [alone, among].map((own) => own.weights());
    for (const name of Object.keys(a))
      a[name].data.forEach((x, k) => expect(b[name].data[k]).toBeCloseTo(x, 4));
  });

  it('adds up over calls, and a step forgets it', () => {
    const [once, twice] = [net(), net()];
    once.accumulate(texts, weights);
    for (const [k, text] of texts.entries()) twice.accumulate([text], [weights[k]]);
    expect(twice.step(1e-3)).toBeCloseTo(once.step(1e-3), 3);
    expect(once.step(1e-3)).toBe(0);
  });
});

it('goes on from a snapshot to the same bytes', () => {
  const row = [{ prompt: prompts[1], tokens: [4, 5, end] }];
  const [whole, first] = [net(), net()];
  for (const own of [whole, first]) {
    own.accumulate(row, [1]);
    own.step(1e-2);
  }
  const second = net();
  second.restore(first.snapshot());
  for (const own of [whole, second]) {
    own.accumulate(row, [-1]);
    own.step(1e-2);
  }
  expect(second.snapshot()).toEqual(whole.snapshot());
});
