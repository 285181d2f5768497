import { describe, expect, it } from 'vitest';
import { type EpisodeRecord, memoryStore, run, type StudyInput, type StudyReader } from '../src/api/index.ts';
import { choiceOf } from '../src/contracts/index.ts';
import type { ChatBody } from './support/flaky-answers.ts';
import { serve } from './support/served.ts';

const study = (origin: string, over: Partial<StudyInput> = {}, options: object = {}): StudyInput => ({
  name: 'alone',
  models: [{ id: `openai-compatible:${origin}/v1#m`, label: 'served', ...options }],
  strategies: ['single'],
  tasks: ['coverage'],
  seeds: 1,
  ...over,
});
async function results(store: StudyReader) {
  const out: {
    strategy: string;
    tokens: number;
    decisions: number;
    error?: string;
    episode?: EpisodeRecord;
  }[] = [];
  for await (const { run: planned, outcome } of store.outcomes()) {
    const episode = await store.episode(planned.hash, 0);
    const { inputTokens = 0, outputTokens = 0 } = outcome?.usage ?? {};
    const { decisions = 0, error } = outcome ?? {};
    const base = { strategy: planned.strategy, tokens: inputTokens + outputTokens, decisions };
    out.push({ ...base, ...(error !== undefined && { error }), ...(episode && { episode }) });
  }
  return out;
}
type Schema = { properties: Record<string, { enum?: string[] }> };
const schemaOf = (body: ChatBody) =>
  (body as unknown as { response_format: { json_schema: { schema: Schema } } }).response_format.json_schema
    .schema;
/** Picks the n-th action of everybody, with a confidence. */
const answer = (body: ChatBody, n: number, confidence: number) =>
  JSON.stringify({
    ...Object.fromEntries(
      Object.entries(schemaOf(body).properties).flatMap(([name, { enum: actions }]) =>
        actions ? [[name, actions.at(n)]] : [],
      ),
    ),
    confidence,
  });

describe('one agent for the whole team', () => {
  it('is asked once per step, sees what everybody sees, and moves everybody', async () => {
    const service = await serve({ say: (body) => answer(body, 1, 1) });
    const store = memoryStore();
    await run(study(service.origin), { store, probe: false });
    const [{ decisions, episode, tokens }] = await results(store);
    expect(service.requests).toHaveLength(12);
    expect(decisions).toBe(12);
    expect(tokens).toBe(12 * 110);
    const [{ body }] = service.requests;
    const lines = body.messages[1].content.split('\n');
    expect(lines).toHaveLength(4);
    ['Ann', 'Bob', 'Cal'].forEach((name, k) =>
      expect(lines[k + 1]).toMatch(new RegExp(`^${name}: Step 1 of 12\\. Beacon \\d .* Choose stay or `)),
    );
    expect(Object.keys(schemaOf(body).properties)).toEqual(['Ann', 'Bob', 'Cal', 'confidence']);
    expect(body.messages[0].content).toContain(
      '{"Ann": "...", "Bob": "...", "Cal": "...", "confidence": ...}',
    );
    for (const { agents } of episode?.steps ?? []) {
      for (const { action, answered, availableActions } of agents) {
        expect(action).toBe(availableActions[1]);
        expect(answered).toBe(action);
      }
      expect(agents[0].confidence).toBe(1);
      expect(agents.map(({ prompt }) => prompt !== undefined)).toEqual([true, false, false]);
      expect(agents.map(({ sent }) => sent?.length)).toEqual([1, undefined, undefined]);
    }
  });

  it('is asked for nobody who has no choice', async () => {
    // The last action is a start where there is one, and who works has no choice.
    const service = await serve({ say: (body) => answer(body, -1, 1) });
    const store = memoryStore();
    await run(study(service.origin, { tasks: ['assembly'] }), { store, probe: false });
    const [{ episode }] = await results(store);
    for (const { agents } of episode?.steps ?? []) {
      for (const { availableActions, answered } of agents)
        expect(answered).toBe(availableActions.length > 1 ? availableActions.at(-1) : undefined);
    }
    expect(service.requests.some(({ body }) => Object.keys(schemaOf(body).properties).length < 4)).toBe(true);
    expect(service.requests.some(({ body }) => body.messages[1].content.includes('No choice but: '))).toBe(
      true,
    );
  });

  it('is asked again once when its answer is unreadable, then everybody acts at random, flagged', async () => {
    const service = await serve({ say: () => '{"Ann": "north", "confidence": 1}' });
    const store = memoryStore();
    await run(study(service.origin), { store, probe: false });
    const [{ episode }] = await results(store);
    expect(service.requests).toHaveLength(24);
    expect(service.requests[1].body.messages[3].content).toMatch(
      /^Not everybody got .* Ann: stay, .*; Bob: stay, /,
    );
    expect(episode?.steps.every(({ agents }) => agents.every(({ unparsable }) => unparsable))).toBe(true);
  });

  it('answers in plain text too', async () => {
    const service = await serve({ say: () => 'ann: **stay**\nBob: "stay".\n- Cal: Stay\nConfidence: 80%' });
    const store = memoryStore();
    await run(study(service.origin, {}, { answer: 'text' }), { store, probe: false });
    const [{ episode }] = await results(store);
    expect(service.requests).toHaveLength(12);
    expect(episode?.steps[0].agents.map(({ answered }) => answered)).toEqual([0, 0, 0]);
    expect(episode?.steps[0].agents[0].confidence).toBe(0.8);
  });

  it('with a model that names one action at a time, chooses for one after another, knowing what it chose', async () => {
    const store = memoryStore();
    await run(study('', { models: ['scripted'] }), { store, probe: false });
    const [{ decisions, episode }] = await results(store);
    expect(decisions).toBe(36);
    const [{ agents }] = episode?.steps ?? [];
    expect(agents[2].prompt).toMatch(
      /^You are Cal\. Step 1 .* Ann sees: Step 1 .* Bob sees: .* Ann plans \w+\. Bob plans \w+\. Choose /,
    );
    const planned = /Ann plans (\w+)/.exec(agents[2].prompt ?? '')?.[1];
    expect(['stay', 'north', 'south', 'east', 'west'][choiceOf(agents[0].action)]).toBe(planned);
  });

  it('with the tokens of a team asks again, and acts on what it says most often, however sure it is', async () => {
    // Of three answers one is sure and names the second action; the others are not and name the first.
    let asked = 0;
    const service = await serve({
      say: (body) => (asked++ % 3 === 0 ? answer(body, 1, 1) : answer(body, 0, 0.1)),
    });
    const store = memoryStore();
    const over: Partial<StudyInput> = { strategies: ['single-best-of-n'], tasks: ['hidden-profile'] };
    await run(study(service.origin, over), { store, probe: false });
    const [{ decisions, tokens, episode }] = await results(store);
    // Three agents read the rules each; one agent reads them once with all observations: about two for the price.
    // (In coverage most of what is read is observation, and the price buys one.)
    const perStep = service.requests.length / (episode?.steps.length ?? 0);
    expect(decisions).toBe(service.requests.length);
    expect(tokens).toBe(service.requests.length * 110);
    expect(new Set(service.requests.map(({ body }) => body.seed)).size).toBe(service.requests.length);
    const [{ agents }] = episode?.steps ?? [];
    // Two answers that differ are a tie, and the first of them counts: in the first step the sure one, in the second
    // the one that is hardly sure.
    expect(perStep).toBe(2);
    const picks = episode?.steps.map((step) =>
      step.agents.map(({ availableActions, action }) => availableActions.indexOf(choiceOf(action))),
    );
    expect(picks?.slice(0, 2)).toEqual([
      [1, 1, 1],
      [0, 0, 0],
    ]);
    // The answers that were not taken stand beside the one that was.
    const [{ sent, questions = [] }] = agents;
    expect(questions.map(({ sample }) => sample)).toEqual([1]);
    expect(questions[0].prompt).toBe(agents[0].prompt);
    expect(questions[0].answer).toMatch(/0\.1/);
    expect(new Set([sent, ...questions.map((question) => question.sent)].flat()).size).toBe(perStep);
  });
});

describe('equal budgets', () => {
  it('give every strategy the same tokens, spent on asking again', async () => {
    const service = await serve({});
    const strategies = ['none', 'uninformative', 'single', 'single-best-of-n'];
    const store = memoryStore();
    // A team of three asks 36 questions of 110 tokens, so 8,000 pay for about two of each; one agent has six.
    await run(study(service.origin, { strategies, tokensPerRun: 8000, seeds: 3 }), { store, probe: false });
    const all = await results(store);
    expect(all).toHaveLength(12);
    for (const { strategy, tokens, decisions, error } of all) {
      expect(error, strategy).toBeUndefined();
      expect(tokens, strategy).toBeLessThanOrEqual(8000);
      expect(tokens, strategy).toBeGreaterThan(8000 - 3 * 110 * 2);
      expect(decisions * 110).toBe(tokens);
    }
  });

  it('let the most frequent answer of a team member count', async () => {
    // One in three answers is very sure of the second action; the others are hardly sure of the first.
    let asked = 0;
    const service = await serve({
      say: (body) => (asked++ % 3 === 0 ? answer(body, 1, 1) : answer(body, 0, 0.1)),
    });
    const store = memoryStore();
    await run(study(service.origin, { strategies: ['none'], tokensPerRun: 8000, tasks: ['matrix-game'] }), {
      store,
      probe: false,
    });
    const [{ episode }] = await results(store);
    const [{ agents }] = episode?.steps ?? [];
    for (const { calls = 0, answered, action } of agents) {
      expect(calls).toBeGreaterThan(10);
      expect([answered, action]).toEqual([0, 0]);
    }
  });

  it('that do not pay for one question each end the run, saying so', async () => {
    const service = await serve({});
    const store = memoryStore();
    await run(study(service.origin, { strategies: ['none'], tokensPerRun: 1000 }), { store, probe: false });
    const [{ error }] = await results(store);
    expect(error).toMatch(
      /1000 tokens per episode were used up after step 4 of at most 12\. Raise `tokensPerRun`/,
    );
  });

  it('are refused for exact probabilities', async () => {
    await expect(
      run(study('', { models: ['scripted'], tokensPerRun: 1000 }), { store: memoryStore(), probe: false }),
    ).rejects.toThrow(/"scripted" answers with exact probabilities, which are the same every time/);
  });
});
