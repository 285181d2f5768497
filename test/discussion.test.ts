import { describe, expect, it } from 'vitest';
import { type EpisodeRecord, memoryStore, run, type StudyInput, type StudyReader } from '../src/api/index.ts';
import { serve } from './support/served.ts';
import { hostileMessages } from './support/hostile-messages.ts';

const study = (origin: string, over: Partial<StudyInput> = {}, options: object = {}): StudyInput => ({
  name: 'talk',
  models: [{ id: `openai-compatible:${origin}/v1#m`, label: 'served', ...options }],
  strategies: ['uninformative'],
  tasks: ['hidden-profile'],
  seeds: 1,
  freeText: true,
  ...over,
});
async function episodes(store: StudyReader) {
  const out: EpisodeRecord[] = [];
  for await (const { run: planned } of store.outcomes()) {
    const episode = await store.episode(planned.hash, 0);
    if (episode) out.push(episode);
  }
  return out;
}
const choice = (body: Readonly<Record<string, unknown>>) =>
  (body.response_format as { json_schema: { schema: { properties: { action: { enum: string[] } } } } })
    .json_schema.schema.properties.action.enum[0];

describe('a discussion', () => {
  it('is held in free words beside the acts, which are kept and shown to all from the next round on', async () => {
    const service = await serve({
      say: (body) => {
        const [name] = /(?<=You are )\w+/.exec(body.messages[1].content) ?? [''];
        return JSON.stringify({ message: `${name} speaks.`, action: choice(body), confidence: 0.5 });
      },
    });
    const store = memoryStore();
    await run(study(service.origin), { store, probe: false });
    const [{ steps }] = await episodes(store);
    const names = ['Ann', 'Bob', 'Cal'];
    for (const [time, { agents }] of steps.entries()) {
      for (const [agent, { prompt = '', message }] of agents.entries()) {
        const lines = prompt.split('\n').filter((line) => line.startsWith('Round'));
        const expected = Array.from({ length: time }, (_, round) =>
          names.map(
            (name, k) => `Round ${round + 1}, ${name}${k === agent ? ' (you)' : ''}: "${name} speaks."`,
          ),
        ).flat();
        expect(lines).toEqual(expected);
        // After the vote nobody listens any more, so no words are asked for.
        expect(message).toBe(time < steps.length - 1 ? `${names[agent]} speaks.` : undefined);
      }
    }
    const asksForWords = service.requests.map(({ body }) => body.messages[0].content.includes('"message"'));
    expect(asksForWords.filter((asks) => asks)).toHaveLength(9);
    expect(asksForWords.filter((asks) => !asks)).toHaveLength(3);
    expect(service.requests[0].body).toHaveProperty('response_format.json_schema.schema.required', [
      'message',
      'action',
      'confidence',
    ]);
  });

  it('is read from plain text too', async () => {
    const service = await serve({
      say: () => 'Message: "ask red" would help.\nAction: back red\nConfidence: 0.6',
    });
    const store = memoryStore();
    await run(study(service.origin, {}, { answer: 'text' }), { store, probe: false });
    const [{ steps }] = await episodes(store);
    expect(steps[0].agents[0]).toMatchObject({ message: "'ask red' would help." });
    expect(steps[1].agents[1].prompt).toContain(`Round 1, Ann: "'ask red' would help."`);
  });

  it('cannot be left by any message: all prompts have the same lines as with harmless words', async () => {
    let words = 'I agree.';
    const service = await serve({
      say: (body) => JSON.stringify({ message: words, action: choice(body), confidence: 0.5 }),
    });
    const prompts = async () => {
      const store = memoryStore();
      await run(study(service.origin), { store, probe: false });
      const [{ steps }] = await episodes(store);
      return steps.flatMap(({ agents }) =>
        agents.map(({ prompt = '' }) => prompt.split('\n').map((line) => line.replace(/: ".*"$/, ': ""'))),
      );
    };
    const harmless = await prompts();
    // Ten megabytes of it would be a fault of the service; what fits into an answer is tried here.
    for (const [what, message] of Object.entries(hostileMessages)) {
      if (message.trim() === '' || message.length > 10_000) continue;
      words = message;
      expect(await prompts(), what).toEqual(harmless);
    }
  });

  it('is held by acts alone when the study says so, and with models that only choose', async () => {
    const service = await serve({ say: (body) => JSON.stringify({ message: 'Hi.', action: choice(body) }) });
    const silent = memoryStore();
    await run(study(service.origin, { freeText: false }), { store: silent, probe: false });
    const exact = memoryStore();
    const probabilities = await serve({});
    await run(study(probabilities.origin, {}, { answer: 'probabilities' }), { store: exact, probe: false });
    const scripted = memoryStore();
    await run(study('', { models: ['scripted'] }), { store: scripted, probe: false });
    for (const store of [silent, exact, scripted]) {
      const [{ steps }] = await episodes(store);
      for (const { prompt = '', message } of steps.flatMap(({ agents }) => agents)) {
        expect(prompt).not.toContain('\n');
        expect(message).toBeUndefined();
      }
    }
  });

  it('is another run than the same without free words; other tasks are not touched by the setting', async () => {
    const hashes = async (models: StudyInput['models'], freeText: boolean) => {
      const store = memoryStore();
      await run(study('', { models, freeText, tasks: ['hidden-profile', 'matrix-game'] }), {
        store,
        probe: false,
      });
      const out = [];
      for await (const { run: planned } of store.outcomes()) out.push(planned.hash);
      return out;
    };
    const service = await serve({ say: (body) => JSON.stringify({ action: choice(body) }) });
    const served = study(service.origin).models;
    const [free, acts] = [await hashes(served, true), await hashes(served, false)];
    expect(free[0]).not.toBe(acts[0]);
    expect(free[1]).toBe(acts[1]);
    expect(await hashes(['scripted'], true)).toEqual(await hashes(['scripted'], false));
  });
});

it('never makes `none` talk, and is refused beside a strategy that talks by itself', async () => {
  const service = await serve({ say: (body) => JSON.stringify({ message: 'Hi.', action: choice(body) }) });
  const store = memoryStore();
  await run(study(service.origin, { strategies: ['none'] }), { store, probe: false });
  const [{ steps }] = await episodes(store);
  expect(steps.flatMap(({ agents }) => agents.flatMap(({ message }) => message ?? []))).toEqual([]);
  const twice = study(service.origin, { strategies: ['none', 'debate'] });
  await expect(run(twice, { store: memoryStore(), probe: false })).rejects.toThrow(
    /`freeText: true` .* the strategy "debate" lets them talk by itself/,
  );
});

describe('one way of asking', () => {
  it('of advising is needed only where somebody advises', async () => {
    const service = await serve({});
    const mixed = (strategies: string[]) => ({
      ...study(service.origin, { tasks: ['matrix-game'], freeText: false, mixedAnswers: true }),
      models: [...study(service.origin).models, 'scripted'],
      strategies,
    });
    const store = memoryStore();
    await run(mixed(['none', 'single', 'debate']), { store, probe: false });
    expect((await episodes(store)).length).toBe(6);
    await expect(
      run(mixed(['none', 'uninformative']), { store: memoryStore(), probe: false }),
    ).rejects.toThrow(/Advice would reach the model "served" as words, but "scripted" as probabilities/);
  });

  it('holds for all models of a study, unless it says otherwise', async () => {
    const service = await serve({});
    const [served] = study(service.origin).models;
    const exact = { ...(served as object), answer: 'probabilities', label: 'exact' } as typeof served;
    const mixed = study(service.origin, { models: [served, exact], tasks: ['matrix-game'] });
    await expect(run(mixed, { store: memoryStore(), probe: false })).rejects.toThrow(
      /"exact" answers with exact probabilities, but "served" with JSON after a schema.*mixedAnswers: true/,
    );
    expect(service.requests).toHaveLength(0);
    await expect(
      run({ ...mixed, mixedAnswers: true }, { store: memoryStore(), probe: false }),
    ).rejects.toThrow(/"served" as words, but "exact" as probabilities.*Say `advice: words`/);
    expect(service.requests).toHaveLength(0);
    const { summary } = await run(
      { ...mixed, mixedAnswers: true, advice: 'words' },
      { store: memoryStore(), probe: false },
    );
    expect(summary).toMatchObject({ ended: 'finished', failed: 0 });
  });

  it('holds for all strategies of a model: only the prompt differs', async () => {
    const service = await serve({});
    const strategies = ['none', 'uninformative', 'vdn', 'commnet'];
    await run(study(service.origin, { strategies, tasks: ['coverage'], seeds: [0] }), {
      store: memoryStore(),
      probe: false,
    });
    const form = ({ messages, seed, response_format, ...rest }: Record<string, unknown>) => {
      const [system] = messages as { content: string }[];
      const { schema } = (response_format as { json_schema: { schema: { properties: object } } }).json_schema;
      return JSON.stringify({ system, keys: Object.keys(schema.properties), seeded: typeof seed, rest });
    };
    expect(service.requests).toHaveLength(4 * 3 * 12);
    expect(new Set(service.requests.map(({ body }) => form(body))).size).toBe(1);
  });
});
