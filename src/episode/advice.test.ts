import { describe, expect, it } from 'vitest';
import { adviceFor, adviceForm, refuseSeveralForms, spokenAdvice } from './advice.ts';

const place = { file: 'study.yaml', line: 3 };
const named = (label: string, answers?: 'structured' | 'text' | 'probabilities') => ({
  entry: { label, place },
  model: {
    ...((answers ?? 'probabilities') === 'probabilities' && {
      score: () => Promise.reject(new Error('asked')),
    }),
  },
});

describe('how advice reaches a model', () => {
  it('is by probabilities where models score exactly, else in words', () => {
    expect(adviceFor(named('served', 'probabilities'), undefined)).toEqual({ kind: 'probabilities' });
    expect(adviceFor(named('served', 'structured'), undefined)).toEqual({ kind: 'words' });
  });

  it('is what the study says, words for every model', () => {
    expect(adviceFor(named('pocket'), 'words')).toEqual({ kind: 'words' });
    expect(adviceFor(named('served', 'text'), 'samples')).toEqual({ kind: 'samples', n: 5 });
    expect(adviceForm({ kind: 'samples', n: 9 })).toEqual({ kind: 'samples', n: 9 });
  });

  it('is refused where a model does not give what it needs, naming both', () => {
    expect(() => adviceFor(named('served', 'structured'), 'probabilities')).toThrow(
      /`advice: probabilities` needs exact probabilities, and the model "served" answers with an action/,
    );
    expect(() => adviceFor(named('pocket'), 'samples')).toThrow(
      /`advice: samples` counts .* the model "pocket" gives exact probabilities/,
    );
  });

  it('is never of two kinds in one comparison of models', () => {
    const advised = (label: string, answers?: 'text') => {
      const { entry, model } = named(label, answers);
      return { entry, form: adviceFor({ entry, model }, undefined) };
    };
    expect(() => refuseSeveralForms([])).not.toThrow();
    expect(() => refuseSeveralForms([advised('pocket'), advised('gguf')])).not.toThrow();
    expect(() => refuseSeveralForms([advised('pocket'), advised('pocket', 'text')])).toThrow(
      /at another level/,
    );
    expect(() => refuseSeveralForms([advised('pocket'), advised('served', 'text')])).toThrow(
      /the model "pocket" as probabilities, but "served" as words, .* Say `advice: words`/,
    );
  });
});

describe('advice in words', () => {
  it('names the most advised action and how far above chance it is', () => {
    // Of two actions softmax(0, x) gives the second q; (q - .5) / .5 passes 1/3 at q = 2/3 and 2/3 at q = 5/6.
    const logit = (q: number) => Math.log(q / (1 - q));
    expect(spokenAdvice([0, logit(0.66)])).toEqual({ pick: 1, strength: 1 });
    expect(spokenAdvice([0, logit(0.67)])).toEqual({ pick: 1, strength: 2 });
    expect(spokenAdvice([logit(0.83), 0])).toEqual({ pick: 0, strength: 2 });
    expect(spokenAdvice([logit(0.84), 0])).toEqual({ pick: 0, strength: 3 });
    // Of five, with the others alike: (q - .2) / .8, so 7/15 and 11/15.
    const five = (q: number) => spokenAdvice([0, 0, Math.log((4 * q) / (1 - q)), 0, 0])?.strength;
    expect([0.46, 0.47, 0.73, 0.74].map(five)).toEqual([1, 2, 2, 3]);
  });

  it('does not depend on a constant that is added, and names the first of equals', () => {
    expect(spokenAdvice([1000, 1002, 1002])).toEqual(spokenAdvice([0, 2, 2]));
    expect(spokenAdvice([0, 2, 2])?.pick).toBe(1);
  });

  it('is nothing where nothing is preferred', () => {
    expect(spokenAdvice(undefined)).toBeUndefined();
    expect(spokenAdvice([0, 0, 0])).toBeUndefined();
    expect(spokenAdvice([3, 3])).toBeUndefined();
  });
});
