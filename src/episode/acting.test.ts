import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomStream } from '../core/index.ts';
import type { AdviceForm } from './advice.ts';
import type { Decision } from './asking/index.ts';
import { actOn as actOnReading, readAnswers } from './acting.ts';

const actOn = (
  decisions: readonly Decision[],
  advice: readonly number[] | undefined,
  form: AdviceForm,
  count: number,
  draw: number,
) => actOnReading(readAnswers(decisions, form, count), advice, form, count, draw);

const exact = (...distribution: number[]): Decision[] => [{ distribution, usage: {} }];
const sampled = (...actions: (number | undefined)[]): Decision[] =>
  actions.map((action) => ({ ...(action !== undefined && { action }), usage: {} }));
const words = { kind: 'words' } as const;
const probabilities = { kind: 'probabilities' } as const;
const samples = { kind: 'samples', n: 5 } as const;

/** How often each action is done, over evenly spread draws. */
function shares(act: (draw: number) => { readonly pick: number }, count: number, draws = 4000): number[] {
  const counts = Array.from({ length: count }, () => 0);
  for (let k = 0; k < draws; k++) counts[act((k + 0.5) / draws).pick]++;
  return counts.map((c) => c / draws);
}

describe('exact probabilities', () => {
  it('are multiplied with advice, or drawn from as they are where advice is told in words', () => {
    // p (.5, .5) and advice log 3 on the second action: weights .5 and 1.5.
    const advice = [0, Math.log(3)];
    const fused = shares((draw) => actOn(exact(0.5, 0.5), advice, probabilities, 2, draw), 2);
    expect(fused[1]).toBeCloseTo(0.75, 3);
    const told = shares((draw) => actOn(exact(0.5, 0.5), advice, words, 2, draw), 2);
    expect(told[1]).toBeCloseTo(0.5, 3);
  });

  it('keep how probable any of the actions was', () => {
    const decisions = [{ distribution: [0.5, 0.5], mass: 0.01, usage: {} }];
    for (const advice of [undefined, [0, 1]]) {
      for (const form of [probabilities, words])
        expect(actOn(decisions, advice, form, 2, 0.1).mass).toBe(0.01);
    }
  });
});

describe('a sampled answer', () => {
  const advice = [0, 9, 9];

  it('is done, whatever is advised and however sure the model says it is', () => {
    for (const confidence of [0, 0.2, 0.5, 1]) {
      for (let draw = 0; draw < 1; draw += 0.05) {
        const act = actOn([{ action: 0, confidence, usage: {} }], advice, words, 3, draw);
        expect(act).toEqual({ pick: 0, answered: 0, confidence, advice });
      }
    }
  });

  it('of several is the most frequent one, of equals the first', () => {
    expect(actOn(sampled(2, 1, 1), undefined, words, 3, 0.5)).toEqual({ pick: 1, answered: 1 });
    expect(actOn(sampled(2, 1, 1, 2), undefined, words, 3, 0.5).pick).toBe(2);
    expect(actOn(sampled(undefined, 0, undefined), undefined, words, 3, 0.5)).toEqual({
      pick: 0,
      answered: 0,
      unread: 2,
    });
  });

  it('that names no available action is an error of whoever made the model', () => {
    for (const action of [-1, 3, 0.5, NaN])
      expect(() => actOn(sampled(action), undefined, words, 3, 0)).toThrow(/answered with action .* of 3/);
  });
});

describe('advice by samples', () => {
  it('draws from shares times exp(advice), on average over the order of the answers', () => {
    // Answers 0, 0, 0, 1, 1 and advice log 3 on the second action: weights .6 and 1.2 of 1.8.
    const answers = [0, 0, 0, 1, 1];
    const advice = [0, Math.log(3), 5];
    const each = answers.map((_, k) => {
      const order = [...answers.slice(k), ...answers.slice(0, k)];
      return shares((draw) => actOn(sampled(...order), advice, samples, 3, draw), 3);
    });
    const mean = [0, 1, 2].map((a) => each.reduce((sum, s) => sum + s[a] / answers.length, 0));
    expect(mean[0]).toBeCloseTo(1 / 3, 3);
    expect(mean[1]).toBeCloseTo(2 / 3, 3);
  });

  it('never does what was never answered, and parts from the first answer only as far as the policy does', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 2, maxLength: 8 }),
        fc.array(fc.double({ min: -8, max: 8, noNaN: true }), { minLength: 4, maxLength: 4 }),
        fc.double({ min: 0, max: 0.999999, noNaN: true }),
        (answers, advice, draw) => {
          const act = actOn(sampled(...answers), advice, samples, 4, draw);
          expect(answers).toContain(act.pick);
          const { distribution = [], policy = distribution } = act;
          // Where the policy gives the answer all the weight it has among the answers, it is done.
          if (policy[answers[0]] >= distribution[answers[0]]) expect(act.pick).toBe(answers[0]);
        },
      ),
    );
  });

  it('moves nothing where all answers agree, as at temperature 0', () => {
    const stream = randomStream('acting test');
    for (let k = 0; k < 100; k++)
      expect(actOn(sampled(1, 1, 1, 1, 1), [50, 0, 50], samples, 3, stream.next()).pick).toBe(1);
  });
});

describe('an answer that cannot be read', () => {
  // Softmax of (0, log 3) is (1/4, 3/4).
  it.each([words, probabilities, samples])('is acted on as uniform times advice: $kind', (form) => {
    const act = (draw: number) => actOn(sampled(undefined), [0, Math.log(3)], form, 2, draw);
    expect(shares(act, 2)[1]).toBeCloseTo(0.75, 3);
    expect(act(0.1)).toMatchObject({ pick: 0, unparsable: true, advice: [0, Math.log(3)] });
  });

  it('without advice is acted on at random', () => {
    const each = shares((draw) => actOn(sampled(undefined, undefined), undefined, words, 4, draw), 4);
    for (const share of each) expect(share).toBeCloseTo(0.25, 3);
    expect(actOn(sampled(undefined), undefined, words, 4, 0.3)).toEqual({ pick: 1, unparsable: true });
  });
});
