import { describe, expect, it } from 'vitest';
import {
  type AgentTrace,
  type JsonObject,
  memoryStore,
  run,
  type StudyInput,
  type StudyReader,
} from '../src/api/index.ts';
import { sha256 } from '../src/core/index.ts';
import type { ChatBody } from './support/flaky-answers.ts';
import { serve } from './support/served.ts';

// What agents do with what their models answered. The model behind the loopback server is the same throughout, as at
// temperature 0: it goes by the words of its prompt, and does what it is strongly or clearly advised.

const study = (origin: string, over: Partial<StudyInput> = {}): StudyInput => ({
  name: 'acting',
  models: [{ id: `openai-compatible:${origin}/v1#m`, label: 'served' }],
  strategies: ['none', 'vdn'],
  tasks: ['coverage'],
  seeds: 4,
  ...over,
});

function choicesOf(body: ChatBody): readonly string[] {
  const format = body.response_format as {
    json_schema: { schema: { properties: { action: { enum: string[] } } } };
  };
  return format.json_schema.schema.properties.action.enum;
}

function choiceOf(body: ChatBody): string {
  const choices = choicesOf(body);
  const prompt = body.messages[1].content;
  const advised = /Your coordinator (?:clearly|strongly) advises ([^.]+)\./.exec(prompt)?.[1];
  return advised ?? choices[parseInt(sha256(prompt).slice(0, 8), 16) % choices.length];
}

async function played(store: StudyReader) {
  const out: {
    strategy: string;
    seed: number;
    factors: JsonObject;
    score: number;
    unparsable: number;
    decisions: number;
    agents: AgentTrace[];
  }[] = [];
  for await (const { run: planned, outcome } of store.outcomes()) {
    const { strategy, seed, factors, hash } = planned;
    const { score = NaN, unparsable = NaN, decisions = NaN } = outcome ?? {};
    const episode = await store.episode(hash, 0);
    const agents = (episode?.steps ?? []).flatMap((step) => step.agents).filter(({ prompt }) => prompt);
    out.push({ strategy, seed, factors, score, unparsable, decisions, agents });
  }
  return out;
}

describe('a sampled answer', () => {
  it('is done as it is: the confidence that the model states changes nothing', async () => {
    const results: { strategy: string; seed: number; score: number }[][] = [];
    for (const confidence of [0.5, 0.8, 1]) {
      const service = await serve({ say: (body) => JSON.stringify({ action: choiceOf(body), confidence }) });
      const store = memoryStore();
      // The model's name is that of the address, and with it the dice: they do not matter either.
      await run(study(service.origin), { store, probe: false });
      const all = await played(store);
      for (const { agents } of all) {
        expect(agents.length).toBeGreaterThan(20);
        for (const trace of agents) {
          expect(trace.action).toBe(trace.answered);
          expect(trace.confidence).toBe(confidence);
          expect(trace).not.toHaveProperty('distribution');
        }
      }
      results.push(all.map(({ strategy, seed, score }) => ({ strategy, seed, score })));
    }
    expect(results[1]).toEqual(results[0]);
    expect(results[2]).toEqual(results[0]);
    const mean = (strategy: string) =>
      results[0].filter((r) => r.strategy === strategy).reduce((sum, { score }) => sum + score / 4, 0);
    // The advice arrives by its words alone: a model that heeds them plays better than by a hash of its prompt.
    expect(mean('vdn')).toBeGreaterThan(mean('none') + 0.2);
  });

  it('is given after a line of advice where the strategy has some, and after the plain prompt elsewhere', async () => {
    const service = await serve({ say: (body) => JSON.stringify({ action: choiceOf(body), confidence: 1 }) });
    const store = memoryStore();
    await run(study(service.origin, { seeds: 1 }), { store, probe: false });
    for (const { strategy, agents } of await played(store)) {
      for (const { prompt = '', advice } of agents) {
        const lines = prompt.match(/Your coordinator (slightly|clearly|strongly) advises \w+\. /g) ?? [];
        expect(lines).toHaveLength(strategy === 'vdn' ? 1 : 0);
        expect(advice === undefined).toBe(strategy === 'none');
      }
    }
    const { definition } = (await store.study())!;
    expect(definition).toMatchObject({ advice: { kind: 'words' } });
  });
});

describe('advice by samples', () => {
  it('asks for several answers where there is advice, and acts on one of them', async () => {
    const service = await serve({});
    const store = memoryStore();
    const advice = { kind: 'samples', n: 3 } as const;
    await run(study(service.origin, { advice, seeds: 2 }), { store, probe: false });
    let moved = 0;
    for (const { strategy, agents, decisions } of await played(store)) {
      expect(decisions).toBe(agents.length * (strategy === 'vdn' ? 3 : 1));
      for (const { availableActions, distribution, answered, action, prompt, calls = 1 } of agents) {
        expect(prompt).not.toContain('coordinator');
        expect(calls).toBe(strategy === 'vdn' ? 3 : 1);
        if (strategy === 'none') expect(action).toBe(answered);
        else expect(distribution?.[availableActions.indexOf(action as number)]).toBeGreaterThan(0);
        if (action !== answered) moved++;
      }
    }
    expect(moved).toBeGreaterThan(0);
  });

  it('can be compared with words as levels of a factor', async () => {
    const service = await serve({});
    const store = memoryStore();
    await run(study(service.origin, { factors: { advice: ['words', 'samples'] }, seeds: 1 }), {
      store,
      probe: false,
    });
    const all = await played(store);
    expect(all.map(({ strategy, factors }) => [strategy, factors.advice])).toEqual([
      ['none', 'words'],
      ['vdn', 'words'],
      ['none', 'samples'],
      ['vdn', 'samples'],
    ]);
    // Without a strategy there is nothing to tell: the dice are the same, and so is the play.
    expect(all[2].agents).toEqual(all[0].agents);
    expect(all[3].agents[0].calls).toBe(5);
  });
});

describe('a form of advice that a model cannot take', () => {
  it.each([
    [
      'probabilities',
      /`advice: probabilities` needs exact probabilities, and the model "served" answers with an action/,
    ],
    ['noise', /advice: .*"words".*"samples"/],
    [{ kind: 'samples', n: 1 }, /advice\.n: /],
  ] as const)('is refused before anything is asked: %j', async (advice, message) => {
    const service = await serve({});
    const wrong = { ...study(service.origin), advice } as StudyInput;
    await expect(run(wrong, { store: memoryStore(), probe: false })).rejects.toThrow(message);
    expect(service.requests).toHaveLength(0);
  });

  it('is refused for exact models and for equal budgets, and as a level of a factor', async () => {
    const start = (over: Partial<StudyInput>) =>
      run({ ...study(''), models: ['scripted'], ...over }, { store: memoryStore(), probe: false });
    await expect(start({ advice: 'samples' })).rejects.toThrow(
      /the model "scripted" gives exact probabilities/,
    );
    await expect(start({ factors: { advice: ['words', 'samples'] } })).rejects.toThrow(/"scripted"/);
    await expect(start({ factors: { advice: ['loud'] } })).rejects.toThrow(/loud is no advice/);
    const service = await serve({});
    await expect(
      run(study(service.origin, { advice: 'samples', tokensPerRun: 9000 }), { store: memoryStore() }),
    ).rejects.toThrow(/`tokensPerRun` asks again .* Say|`tokensPerRun` asks again .*say `advice: words`/);
    expect(service.requests).toHaveLength(0);
  });
});

describe('an answer that cannot be read', () => {
  it('is acted on as uniform times advice, and counts as unreadable all the same', async () => {
    const service = await serve({ say: () => 'I would rather not say.' });
    const store = memoryStore();
    await run(study(service.origin, { seeds: 3 }), { store, probe: false });
    const scores = { none: 0, vdn: 0 };
    for (const { strategy, score, agents, unparsable, decisions } of await played(store)) {
      scores[strategy as keyof typeof scores] += score / 3;
      expect(unparsable).toBe(decisions);
      for (const { unparsable: flagged, advice, policy, answered } of agents) {
        expect([flagged, answered]).toEqual([true, undefined]);
        if (!advice) expect(policy).toBeUndefined();
        const weights = (advice ?? []).map(Math.exp);
        const total = weights.reduce((sum, w) => sum + w, 0);
        weights.forEach((w, k) => expect(policy?.[k]).toBeCloseTo(w / total, 12));
      }
    }
    expect(scores.vdn).toBeGreaterThan(scores.none);
  });
});

it('prompts of exact models hold no line of advice unless a study asks for it', async () => {
  for (const [advice, lines] of [
    [undefined, 0],
    ['words', 1],
  ] as const) {
    const store = memoryStore();
    const over = { models: ['scripted'], strategies: ['vdn'], seeds: 1, ...(advice && { advice }) };
    await run(study('', over), { store, probe: false });
    const [{ agents }] = await played(store);
    for (const { prompt = '', policy } of agents) {
      expect(prompt.match(/coordinator/g) ?? []).toHaveLength(lines);
      expect(policy === undefined).toBe(lines === 1);
    }
  }
});
