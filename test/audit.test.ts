import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  BudgetReachedError,
  diagnose,
  memoryStore,
  ProblemsError,
  run,
  type StudyInput,
} from '../src/api/index.ts';
import { serve } from './support/served.ts';
import { cli, scratch } from './support/cli-process.ts';

/** As reasoning models do. */
const stubborn = (body: Readonly<Record<string, unknown>>) =>
  body.temperature === undefined || body.temperature === 1 ? undefined : 'temperature: only 1 is supported';
const model = (origin: string, over: object = {}) => ({
  id: `openai-compatible:${origin}/v1#test-model`,
  label: 'served',
  ...over,
});
const study = (models: StudyInput['models'], over: Partial<StudyInput> = {}): StudyInput => ({
  name: 'audited',
  models,
  strategies: ['none'],
  tasks: ['two-step-game'],
  seeds: 3,
  ...over,
});

/** A study with a different thing wrong with each model. */
async function allWrong() {
  const gone = await serve();
  await gone.close();
  const [refusing, other] = [await serve({ refuse: stubborn }), await serve({ models: ['llama3.2:3b'] })];
  const models = [
    { id: 'openai:gpt-5-mini', apiKeyVariable: 'AGENTMESH_TEST_NO_KEY' },
    { id: 'openai:gpt-5-nano', apiKeyVariable: 'AGENTMESH_TEST_NO_OTHER_KEY' },
    { id: 'ollama:llama3.2:1b', url: other.origin },
    model(gone.origin, { label: 'gone' }),
    model(refusing.origin, { label: 'refusing' }),
    'pocket-32kk',
  ];
  return { models };
}
const whatIsWrong = [
  /"openai:gpt-5-mini" needs a key.*AGENTMESH_TEST_NO_KEY/,
  /"openai:gpt-5-nano" needs a key.*AGENTMESH_TEST_NO_OTHER_KEY/,
  /no model "llama3\.2:1b".*ollama pull llama3\.2:1b/,
  /cannot be reached.*Start the server/,
  /Unknown model "pocket-32kk".*Did you mean "pocket-32k"/,
  /refuses the temperature 0\.5; set `temperature: provider-default`/,
];

describe('before a study starts', () => {
  it('everything that is wrong is said at once, and nothing is written', async () => {
    const { models } = await allWrong();
    const dataDirectory = scratch();
    const started = run(study(models, { temperature: 0.5 }), { dataDirectory });
    await expect(started).rejects.toThrow(ProblemsError);
    const { problems } = (await started.catch((error: unknown) => error)) as ProblemsError;
    for (const wrong of whatIsWrong) expect(problems).toContainEqual(expect.stringMatching(wrong));
    expect(problems).toHaveLength(whatIsWrong.length);
    expect(existsSync(path.join(dataDirectory, 'audited'))).toBe(false);
  });

  it('a setting that does not reach a service is an error, unless the study leaves it to the service', async () => {
    const { origin } = await serve({ refuse: stubborn });
    const cold = study([model(origin)], { temperature: 0.5 });
    await expect(run(cold, { store: memoryStore() })).rejects.toThrow(
      /refuses the temperature 0\.5.*provider-default/,
    );
    const left = study([model(origin, { temperature: 'provider-default' })], { temperature: 0.5 });
    expect((await run(left, { store: memoryStore() })).summary.ended).toBe('finished');
    // A temperature that only some runs have is tried all the same.
    const varied = study([model(origin)], { factors: { temperature: [1, 0.5] } });
    await expect(run(varied, { store: memoryStore() })).rejects.toThrow(/temperature 0\.5/);
  });

  it('each model is probed once; what was found is kept with the study, and what was sent with each run', async () => {
    const service = await serve();
    const store = memoryStore();
    await run(study([model(service.origin)]), { store });
    const asked = service.requests.length;
    expect(asked).toBe(1 + 3 * 4);
    const { definition } = (await store.study()) ?? {};
    expect(Object.values(definition?.probes ?? {})).toEqual([
      expect.objectContaining({ model: 'served', temperature: 1, seed: true, logprobs: true }),
    ]);
    await run(study([model(service.origin)], { seeds: 5 }), { store });
    expect(service.requests.length).toBe(asked + 2 * 4);
    for await (const { run: planned } of store.outcomes()) {
      const episode = await store.episode(planned.hash, 0);
      const sent = episode?.steps.flatMap(({ agents }) => agents.flatMap((agent) => agent.sent ?? []));
      expect(sent).toHaveLength(4);
      for (const hash of sent ?? []) expect(hash).toMatch(/^[0-9a-f]{64}$/);
    }
    const unprobed = await serve();
    await run(study([model(unprobed.origin)]), { store: memoryStore(), probe: false });
    expect(unprobed.requests.length).toBe(3 * 4);
  });
});

describe('the questions before a study', () => {
  const forOne = (body: Readonly<Record<string, unknown>>) =>
    /"Bob"/.test(JSON.stringify(body.response_format ?? null))
      ? 'response_format: one choice at most'
      : undefined;

  it('find a service that cannot answer for a whole team, where the study asks it to', async () => {
    const service = await serve({ refuse: forOne });
    const both = study([model(service.origin)], { strategies: ['none', 'single'] });
    await expect(run(both, { store: memoryStore() })).rejects.toThrow(
      /refuses an answer after a JSON schema; set `answer: text`.*whole team at once, as single does/,
    );
    const apart = await run(study([model(service.origin)]), { store: memoryStore() });
    expect(apart.summary.ended).toBe('finished');
  });

  it('are not asked when the budget may not pay for them', async () => {
    const service = await serve();
    const poor = study([model(service.origin)], { budget: { tokens: 50 } });
    await expect(run(poor, { store: memoryStore() })).rejects.toThrow(BudgetReachedError);
    expect(service.requests).toHaveLength(0);
  });
});

describe('agentmesh doctor', () => {
  it('says all of it, with one line each, and in JSON', async () => {
    const { models } = await allWrong();
    const folder = scratch();
    const file = path.join(folder, 'study.yaml');
    // JSON is YAML.
    writeFileSync(file, JSON.stringify(study(models, { temperature: 0.5 })));
    const findings = await diagnose(folder, file);
    const wrong = findings.filter(({ ok }) => !ok).map(({ message }) => message);
    for (const expected of whatIsWrong) expect(wrong).toContainEqual(expect.stringMatching(expected));
    expect(wrong).toHaveLength(whatIsWrong.length);
    expect(wrong).toContainEqual(expect.stringMatching(/study\.yaml:\d+/));
    const { code, stdout } = await cli(['doctor', 'study.yaml', '--json'], folder);
    expect(code).toBe(2);
    expect((JSON.parse(stdout) as { ok: boolean }[]).filter(({ ok }) => !ok)).toHaveLength(
      whatIsWrong.length,
    );
  });

  it('probes the models of a study that is right, and tells what it found', async () => {
    const service = await serve();
    const folder = scratch();
    const file = path.join(folder, 'study.yaml');
    writeFileSync(file, JSON.stringify(study([model(service.origin)])));
    const findings = await diagnose(folder, file);
    expect(findings.every(({ ok }) => ok)).toBe(true);
    expect(findings).toContainEqual({
      ok: true,
      subject: 'model "served"',
      message: expect.stringMatching(/seed yes.*logprobs yes/) as string,
    });
    expect(service.requests).toHaveLength(1);
    await diagnose(folder, file, { probe: false });
    expect(service.requests).toHaveLength(1);
  });
});
