import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import type { TeamShape } from '../contracts/index.ts';
import { randomStream } from '../core/index.ts';
import { floats, np, paramsFrom, startEngine, type Weights } from '../nn/index.ts';
import { paddedRows } from './parts/network/inputs.ts';
import { monotonicMixing } from './qmix.ts';

beforeAll(() => startEngine());

const anyMixing = fc.record({
  seed: fc.integer(),
  agents: fc.integer({ min: 2, max: 5 }),
  embed: fc.integer({ min: 1, max: 12 }),
  scale: fc.constantFrom(0.1, 1, 10),
});

function build({
  seed,
  agents,
  embed,
  scale,
}: {
  seed: number;
  agents: number;
  embed: number;
  scale: number;
}) {
  const stream = randomStream('qmix-test', seed);
  const shape: TeamShape = { agents, actions: 2, featureLength: 1, stateLength: 6, horizon: 1 };
  const mixing = monotonicMixing(shape, { embed, hyperHidden: 7 });
  const weights: Weights = {};
  mixing.addWeights(weights, shape, stream);
  for (const { data } of Object.values(weights)) data.forEach((_, k) => (data[k] += 0.3 * stream.normal()));
  const state = Float32Array.from({ length: 6 }, () => scale * stream.normal());
  const chosen = Float32Array.from({ length: agents }, () => scale * stream.normal());
  const engine = (q: Float32Array) =>
    floats(
      mixing.combine(
        paramsFrom(weights),
        np.array(q).reshape([1, agents]),
        np.array(paddedRows(state, 6)).reshape([1, 8]),
      ),
    )[0];
  const plain = (q: Float32Array) => mixing.jointValue!(weights)(q, state);
  return { stream, chosen, engine, plain };
}

it('never falls when one utility rises, whatever the networks and the state', () => {
  let rises = 0;
  fc.assert(
    fc.property(anyMixing, (settings) => {
      const { stream, chosen, plain } = build(settings);
      for (let i = 0; i < settings.agents; i++) {
        const raised = chosen.slice();
        raised[i] += settings.scale * (0.1 + stream.next());
        const before = plain(chosen);
        const after = plain(raised);
        expect(after).toBeGreaterThanOrEqual(before - 1e-5 * Math.abs(before));
        if (after > before) rises++;
      }
    }),
    { numRuns: 300, seed: 3 },
  );
  // Far below zero ELU is flat, so a few do not rise; a constant would not rise at all.
  expect(rises).toBeGreaterThan(600);
});

it('is not merely a sum: what one utility adds depends on the others and on the state', () => {
  const { chosen, plain } = build({ seed: 1, agents: 2, embed: 8, scale: 1 });
  const gain = (other: number) =>
    plain(Float32Array.of(chosen[0] + 1, other)) - plain(Float32Array.of(chosen[0], other));
  expect(Math.abs(gain(-2) - gain(2))).toBeGreaterThan(0.01);
});

it('mixes in plain arrays as in the engine', () => {
  fc.assert(
    fc.property(anyMixing, (settings) => {
      const { chosen, engine, plain } = build(settings);
      const expected = engine(chosen);
      expect(Math.abs(plain(chosen) - expected)).toBeLessThan(2e-5 * (1 + Math.abs(expected)));
    }),
    { numRuns: 20, seed: 4 },
  );
});
