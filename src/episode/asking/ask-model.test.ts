import { describe, expect, it } from 'vitest';
import type { Model, TextReply, TextRequest } from '../../contracts/index.ts';
import { askModel, type DecisionRequest, fingerprintOf, firstCall, mostCalls } from './index.ts';

const request: DecisionRequest = {
  prefix: 'Rules.',
  prompt: 'You are Ann. Choose stay or north.',
  actions: ['stay', 'north'],
  temperature: 0.5,
  seed: 7,
  call: 'step 1, Ann',
};

/** A model that only writes, one text after another. */
function writer(replies: readonly (string | Partial<TextReply>)[], more: Partial<Model> = {}) {
  const asked: TextRequest[] = [];
  const model: Model = {
    facts: {},
    fingerprint: { mine: 1 },
    generate: async (text) => {
      const reply = replies[asked.push(text) - 1];
      const usage = { inputTokens: 10, outputTokens: 1 };
      return typeof reply === 'string' ? { text: reply, usage } : { text: '', usage, ...reply };
    },
    close: async () => {},
    ...more,
  };
  return { model, asked };
}

describe('a model that only writes', () => {
  it('is asked in plain words, and its answer is read', async () => {
    const { model, asked } = writer(['Action: north\nConfidence: 0.8']);
    expect(await askModel(model, request)).toEqual({
      action: 1,
      confidence: 0.8,
      answer: 'Action: north\nConfidence: 0.8',
      usage: { inputTokens: 10, outputTokens: 1 },
    });
    expect(asked).toMatchObject([{ prompt: request.prompt, maxTokens: 1024, temperature: 0.5, seed: 7 }]);
    expect(asked[0].prefix).toMatch(/^Rules\.\n\nAnswer in two lines/);
    expect(asked[0]).not.toHaveProperty('schema');
  });

  it('is held to a schema where it says so', async () => {
    const asking = { form: 'structured', maxTokens: 99 } as const;
    const { model, asked } = writer(['{"action": "stay", "confidence": 1}'], { asking });
    expect(await askModel(model, request)).toMatchObject({ action: 0, confidence: 1 });
    expect(asked[0].maxTokens).toBe(99);
    expect(asked[0].schema).toHaveProperty('properties.action.enum', ['stay', 'north']);
  });

  it('is asked once more where its answer cannot be read, and both count', async () => {
    const { model, asked } = writer([
      { text: 'Hm.', sent: ['a'] },
      { text: 'north', sent: ['b'] },
    ]);
    expect(await askModel(model, request)).toEqual({
      action: 1,
      answer: 'Hm.\n[asked again]\nnorth',
      usage: { inputTokens: 20, outputTokens: 2 },
      sent: ['a', 'b'],
    });
    const [{ answer, reply }] = asked[1].turns!;
    expect(answer).toBe('Hm.');
    expect(reply).toMatch(/^That is none of the choices\. Choose exactly one of: stay, north\./);
    const mute = writer(['Hm.', '']);
    expect(await askModel(mute.model, request)).toEqual({
      answer: 'Hm.\n[asked again]\n',
      usage: { inputTokens: 20, outputTokens: 2 },
    });
  });

  it('says nothing of a sum where one of the calls was not counted', async () => {
    const { model } = writer([{ text: 'Hm.', usage: { inputTokens: 10 } }, 'stay']);
    expect((await askModel(model, request)).usage).toEqual({ inputTokens: 20 });
  });

  it('is not asked again where the prompt was cut', async () => {
    const { model, asked } = writer([{ truncated: true }]);
    expect(await askModel(model, request)).toMatchObject({ truncated: true });
    expect(asked).toHaveLength(1);
  });

  it('answers for a team at once, and says something beside its choice', async () => {
    const team = [
      { name: 'Ann', actions: ['stay', 'north'] },
      { name: 'Bob', actions: ['stay', 'south'] },
    ];
    const both = writer(['Ann: north\nBob: stay\nConfidence: 0.5']);
    expect(await askModel(both.model, { ...request, actions: [], team })).toMatchObject({ team: [1, 0] });
    const talking = writer(['Message: I go north.\nAction: north\nConfidence: 0.5']);
    expect(await askModel(talking.model, { ...request, speech: true })).toMatchObject({
      action: 1,
      message: 'I go north.',
    });
  });

  it('has the way in which it is asked in its fingerprint', () => {
    const { model } = writer([]);
    expect(fingerprintOf(model)).toEqual({ mine: 1, answer: 'text', answerTemplates: 1 });
  });

  it('can come to two calls', () => {
    const { model } = writer([], { asking: { form: 'text', maxTokens: 50 } });
    const [first, second] = mostCalls(model, request) as TextRequest[];
    expect(first).toEqual(firstCall(model, request));
    expect(second.turns![0].answer).toHaveLength(100);
  });
});

describe('a model that scores', () => {
  it('is asked for probabilities of the actions, whatever else it can', async () => {
    const { model, asked } = writer(['stay'], {
      score: async ({ candidates, temperature, seed, call }) => {
        expect({ candidates, temperature, seed, call }).toEqual({
          ...{ candidates: ['stay', 'north'], temperature: 0.5, seed: 7, call: 'step 1, Ann' },
        });
        return { distribution: [0.25, 0.75], usage: { inputTokens: 5 } };
      },
    });
    expect(await askModel(model, request)).toEqual({ distribution: [0.25, 0.75], usage: { inputTokens: 5 } });
    expect(asked).toEqual([]);
    expect(fingerprintOf(model)).toEqual({ mine: 1 });
    expect(mostCalls(model, request)).toHaveLength(1);
  });
});

it('a model that does neither is told so', async () => {
  const model: Model = { facts: {}, fingerprint: {}, close: async () => {} };
  await expect(askModel(model, request)).rejects.toThrow(/neither scores nor writes \(step 1, Ann\)/);
});
