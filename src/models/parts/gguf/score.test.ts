import { describe, expect, it } from 'vitest';
import type { ScoreRequest } from '../../../contracts/index.ts';
import type { Token } from './candidates.ts';
import { rotated, scorerOf, type ScoreSettings } from './score.ts';

const plain: ScoreSettings = { answerPrefix: '', counted: 'telling', calibration: 'none', order: 'given' };

/**
 * A model whose tokens are characters: after a prompt, the first letter of a choice is as probable as it is frequent
 * among the prompt's letters. What is asked is kept.
 */
function letters(settings: Partial<ScoreSettings> = {}, contextLength = 1000) {
  const asked: { readonly text: string; readonly rules: number }[] = [];
  const score = scorerOf({
    conversations: {
      template: 'letters',
      tokens: ({ prefix, prompt }, begun) => [...`${prefix}|${prompt}|${begun}`].map((c) => c.charCodeAt(0)),
      rulesLength: (prefix) => prefix.length,
    },
    evaluator: {
      alone: (tokens, rules, use) => {
        const text = String.fromCharCode(...tokens);
        asked.push({ text, rules });
        const next = async () => (token: Token) =>
          tokens.filter((other) => other === token).length / tokens.length;
        const draw = () => {
          throw new Error('nothing is written');
        };
        return use({ next, draw });
      },
      close: async () => {},
    },
    settings: { ...plain, ...settings },
    contextLength,
  });
  return { asked, score };
}

const request: ScoreRequest = {
  prefix: 'Rules',
  prompt: 'nnnssw. Choose north or south or west.',
  candidates: ['north', 'south', 'west'],
  temperature: 1,
  seed: 3,
};

describe('probabilities of choices', () => {
  it('come from one evaluation of the prompt, normalised, with their mass beside them', async () => {
    const { asked, score } = letters();
    const { distribution, mass, usage } = await score(request);
    expect(asked).toEqual([{ text: `Rules|${request.prompt}|`, rules: 5 }]);
    // n, s and w stand 4, 6 and 2 times in the 45 characters.
    [4, 6, 2].forEach((count, k) => expect(distribution![k]).toBeCloseTo(count / 12, 10));
    expect(mass).toBeCloseTo(12 / 45, 10);
    expect(usage).toEqual({ inputTokens: 45, outputTokens: 1 });
  });

  it.each([
    ['Action:', 'Action: '],
    ['I go ', 'I go '],
  ])('are those after an answer that begins with "%s"', async (answerPrefix, begun) => {
    const { asked, score } = letters({ answerPrefix });
    await score(request);
    expect(asked[0].text).toBe(`Rules|${request.prompt}|${begun}`);
  });

  it('are sharpened by the temperature, and do not depend on the seed', async () => {
    const { score } = letters();
    const { distribution } = await score({ ...request, temperature: 0.5, seed: 9 });
    [16, 36, 4].forEach((square, k) => expect(distribution![k]).toBeCloseTo(square / 56, 10));
  });

  it('are divided by those of the same choices with nothing observed, which are asked for once', async () => {
    const { asked, score } = letters({ calibration: 'contextual' });
    const [{ distribution }] = await Promise.all([score(request), score(request)]);
    expect(asked.map(({ text }) => text)).toEqual([
      'Rules|Choose north or south or west.|',
      `Rules|${request.prompt}|`,
    ]);
    // There n, s and w stand 1, 4 and 1 times: 4, 6/4 and 2 of 15/2.
    [8, 3, 4].forEach((weight, k) => expect(distribution![k]).toBeCloseTo(weight / 15, 10));
    await score({ ...request, candidates: ['north', 'south'] });
    expect(asked).toHaveLength(4);
  });

  it('are evaluated once, however often and at what temperature the same is asked', async () => {
    const { asked, score } = letters();
    const [first, second] = await Promise.all([score(request), score({ ...request, seed: 9 })]);
    expect(second).toEqual(first);
    expect((await score({ ...request, temperature: 2 })).mass).toBe(first.mass);
    expect(asked).toHaveLength(1);
    await score({ ...request, prompt: `${request.prompt} ` });
    expect(asked).toHaveLength(2);
  });

  it('are not waited for by who gives up, and come to the others', async () => {
    const { score } = letters();
    const aborted = new AbortController();
    const [given, other] = [score(request, aborted.signal), score(request)];
    aborted.abort(new Error('enough'));
    await expect(given).rejects.toThrow('enough');
    expect((await other).distribution).toHaveLength(3);
  });

  it('are had with the choices in another order, and given in theirs', async () => {
    const { asked, score } = letters({ order: 'rotated' });
    const firsts = new Set<string>();
    for (let k = 0; k < 20; k++) {
      const prompt = `${k} ${request.prompt}`;
      const { distribution } = await score({ ...request, prompt });
      expect(distribution![1]).toBeGreaterThan(distribution![0]);
      firsts.add(/Choose (\w+)/.exec(asked[k].text)![1]);
    }
    expect([...firsts].sort()).toEqual(['north', 'south', 'west']);
    expect(rotated(['a', 'b', 'c'], '', '')).toEqual(rotated(['a', 'b', 'c'], '', ''));
  });

  it('are not had where the prompt does not fit', async () => {
    const { asked, score } = letters({}, 40);
    expect(await score(request)).toEqual({ usage: {}, truncated: true });
    expect(asked).toEqual([]);
  });
});
