import { expect, it, vi } from 'vitest';
import { type EpisodeRecord, simulated, type StudyReader } from '../contracts/index.ts';
import { memoryStore } from '../store/index.ts';
import { systemClock } from '../core/index.ts';
import { coverage, matrixGame } from '../tasks/index.ts';
import { episodeView } from './episode-view.ts';
import { sameSecret } from './guard.ts';
import { startViewServer } from './start.ts';
import type { StudySource } from './studies.ts';
import { viewApp } from './view-app.ts';

const files = new Map([['index.html', { type: 'text/html', body: '<!doctype html>' }]]);
const source: StudySource = {
  folder: 'data',
  version: '0.0.0',
  clock: systemClock,
  list: () => [],
  identity: (id) => (id === 'here' ? '1' : undefined),
  open: async () => ({ ...memoryStore(), version: async () => 1 }),
  running: () => false,
  report: () => '<script>1</script>',
  hasReport: () => true,
  taskOf: () => ({}),
};
const app = (token?: string) =>
  viewApp({
    source,
    files,
    guard: { hosts: ['127.0.0.1'], ...(token && { token }) },
    stop: new AbortController().signal,
  });
const ask = (path: string, headers: Record<string, string> = {}, token?: string, method = 'GET') =>
  app(token).request(`http://localhost:4270${path}`, {
    method,
    headers: { host: 'localhost:4270', ...headers },
  });

it('answers under names of this machine only, so that no other site can rebind its name to this address', async () => {
  for (const host of ['localhost:4270', '127.0.0.1', '[::1]:4270', 'LOCALHOST:4270'])
    expect((await ask('/', { host })).status).toBe(200);
  for (const host of [
    'evil.example',
    'localhost.evil.example:4270',
    '127.0.0.1.evil.example',
    '10.0.0.1',
    '',
  ])
    expect((await ask('/', { host })).status).toBe(421);
});

it('answers no page of another site', async () => {
  expect((await ask('/api/studies', { origin: 'http://localhost:4270' })).status).toBe(200);
  for (const origin of ['https://evil.example', 'null'])
    expect((await ask('/api/studies', { origin })).status).toBe(403);
});

it('changes nothing: only reading is possible', async () => {
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS'])
    expect((await ask('/api/studies', {}, undefined, method)).status).toBe(405);
});

it('lets the page run its own script and nothing else', async () => {
  const { headers } = await ask('/');
  const policy = headers.get('content-security-policy');
  expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
  expect(policy).not.toMatch(/unsafe|\*/);
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect((await ask('/api/studies')).headers.get('content-security-policy')).toBe(policy);
});

it('gives the report an origin of its own', async () => {
  const policy = (await ask('/study/here/report')).headers.get('content-security-policy');
  expect(policy).toContain('sandbox allow-scripts');
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toContain('allow-same-origin');
});

it('with a token: once in the address, then as a cookie that no script and no other site can use', async () => {
  const token = 'a-token-of-24-characters';
  expect((await ask('/api/studies', {}, token)).status).toBe(401);
  expect((await ask('/?token=wrong', {}, token)).status).toBe(401);
  const entry = await ask(`/study/x?step=3&token=${token}`, {}, token);
  expect([entry.status, entry.headers.get('location')]).toEqual([303, '/study/x?step=3']);
  const cookie = entry.headers.get('set-cookie') ?? '';
  expect(cookie).toMatch(/HttpOnly.*SameSite=Strict/);
  expect((await ask('/api/studies', { cookie: cookie.split(';')[0] }, token)).status).toBe(200);
  expect(sameSecret('a', 'ab')).toBe(false);
  expect(sameSecret(token, token)).toBe(true);
});

it('another address than the loopback one needs a token', async () => {
  await expect(startViewServer({ source, files, port: 0, host: '0.0.0.0' })).rejects.toThrow(
    'a token is needed',
  );
});

it('a port that is taken is answered with a remedy', async () => {
  const first = await startViewServer({ source, files, port: 0 });
  const port = Number(new URL(first.url).port);
  await expect(startViewServer({ source, files, port })).rejects.toThrow('Choose another with --port');
  await first.close();
});

it('there is no port 99999', async () => {
  for (const port of [99_999, -1, 1.5, NaN])
    await expect(startViewServer({ source, files, port })).rejects.toThrow(/^There is no port .*65535/);
});

it('names that hold a NUL are none, wherever they stand', async () => {
  for (const path of [
    '/api/studies/a%00b',
    '/api/studies/here/runs/a%00b',
    '/api/studies/here/runs?factor.%00=1',
  ])
    expect((await ask(path)).status).toBe(400);
});

it('says what is missing and what was asked wrongly', async () => {
  const problem = async (path: string) => {
    const response = await ask(path);
    return [response.status, ((await response.json()) as { error: string }).error];
  };
  expect(await problem('/api/studies/gone')).toEqual([404, 'There is no study "gone" in data.']);
  expect(await problem('/api/studies/here')).toEqual([404, expect.stringContaining('no design yet')]);
  expect(await problem('/api/studies/here/runs?order=luck')).toEqual([
    400,
    expect.stringContaining('Available: design'),
  ]);
  expect(await problem('/api/studies/here/runs?status=odd')).toEqual([
    400,
    expect.stringContaining('no status "odd"'),
  ]);
  expect(await problem('/api/studies/here/runs?offset=-1')).toEqual([
    400,
    expect.stringContaining('offset takes'),
  ]);
  expect((await ask('/assets/../package.json')).status).toBe(404);
});

it('the scores of a study that has none are an empty table', async () => {
  expect(await (await ask('/api/studies/here/scores')).json()).toEqual({ version: 1, tasks: [], rows: [] });
});

const run = { hash: 'h', model: 'm', strategy: 's', task: 't', seed: 0, factors: {} };
const references = { high: 11, low: 0, lowStandardError: 0 };
const told = { availableActions: [0, 1, 2], distribution: [0.5, 0.25, 0.25] };
const record: EpisodeRecord = {
  run: 'h',
  episode: 0,
  instance: null,
  references,
  return: 7,
  score: 0.5,
  prefix: 'Rules.',
  steps: [
    {
      agents: [
        { ...told, action: 1 },
        { ...told, action: 1, broadcast: 2 },
      ],
      reward: 7,
    },
  ],
};
const climbing = matrixGame.create(matrixGame.optionsSchema.parse({}));

it('an episode is shown in words, each choice with its credit', () => {
  const view = episodeView(run, record, { task: simulated(climbing) });
  const [ann, bob] = view.steps[0].agents;
  expect([ann.chosen, bob.announced, ann.available.length]).toEqual(['action 2', 'action 3', 3]);
  // Bob's column 2 of the climbing game pays -30, 7, 6; Ann's row 2 pays -30, 7, 0.
  expect(ann.credit).toBeCloseTo(7 - (-30 + 7 + 6) / 3, 12);
  expect(bob.credit).toBeCloseTo(7 - (-30 + 7 + 0) / 3, 12);
  expect(view.undrawn).toContain('does not say what it looks like');
});

it('a decision whose action is not the answer is marked with what was answered', () => {
  const step = (agent: object) => ({
    ...record,
    steps: [{ reward: 7, agents: [{ ...told, action: 1, ...agent }] }],
  });
  const said = (agent: object) =>
    episodeView(run, step(agent), { task: simulated(climbing) }).steps[0].agents[0].said;
  expect(said({ answer: 'Action: action 1' })).toBe('action 1');
  expect(said({ answer: 'Action: action 2', distribution: [0.1, 0.8, 0.1] })).toBeUndefined();
  expect(said({ answer: 'x', answered: 2, distribution: [0.1, 0.8, 0.1] })).toBe('action 3');
  // Probabilities without words are no answer; what could not be read, or is level, named nothing.
  expect(said({})).toBeUndefined();
  expect(said({ answer: 'hm', unparsable: true })).toBeUndefined();
  expect(said({ answer: 'hm', distribution: [0.5, 0.5, 0] })).toBeUndefined();
});

it('texts are shown as they were written, with what was asked before, cut where they run away', () => {
  const question = { form: 'text' as const, prompt: 'p'.repeat(30_000), text: 'Hm.' };
  const agents = [
    { offer: 'text' as const, availableActions: [], action: 'Done.', questions: Array(60).fill(question) },
    { offer: 'none' as const, availableActions: [], action: '' },
  ];
  const shown = { ...record, steps: [{ agents, reward: 7, measures: { passed: 2 } }] };
  const [step] = episodeView(run, shown, { missing: 'Not here.' }).steps;
  expect(step.measures).toEqual({ passed: 2 });
  expect(step.agents[0]).toMatchObject({ chosen: 'Done.', chosenIndex: -1, furtherQuestions: 10 });
  expect(step.agents[0].questions).toHaveLength(50);
  expect(step.agents[0].questions![0].prompt.length).toBeLessThan(21_000);
});

it('an episode whose task plays differently today has no pictures and no credits', () => {
  const changed = { ...record, steps: [{ ...record.steps[0], reward: 8 }] };
  const view = episodeView(run, changed, { task: simulated(climbing) });
  expect(view.undrawn).toContain('other rewards today');
  expect(view.steps[0].agents[0].credit).toBeUndefined();
  expect(
    episodeView(
      run,
      { ...record, instance: {} },
      { task: simulated(coverage.create(coverage.optionsSchema.parse({}))) },
    ).undrawn,
  ).toContain('Playing it again failed');
  expect(episodeView(run, record, { actions: ['a', 'b', 'c'], missing: 'Not here.' })).toMatchObject({
    undrawn: 'Not here.',
    agentNames: ['Agent 1', 'Agent 2'],
  });
});

it('an answer without end is cut', () => {
  const huge = {
    ...record,
    steps: [{ reward: 7, agents: [{ ...told, action: 1, answer: 'x'.repeat(1e6) }] }],
  };
  const answer = episodeView(run, huge, {}).steps[0].agents[0].answer ?? '';
  expect(answer.length).toBeLessThan(21_000);
  expect(answer).toContain('1000000 characters');
});

it('scores are worked out again at most for a twentieth of the time', async () => {
  let now = 0;
  let version = 1;
  const clock = { ...systemClock, monotonicMs: () => now };
  const outcomes = vi.fn(() => {
    now += 100;
    return memoryStore().outcomes();
  });
  const reader: StudyReader = { ...memoryStore(), version: async () => version, outcomes };
  const busy = viewApp({
    source: { ...source, clock, open: async () => reader },
    files,
    guard: { hosts: [] },
    stop: new AbortController().signal,
  });
  const scores = () =>
    busy.request('http://localhost/api/studies/here/scores', { headers: { host: 'localhost' } });
  await scores();
  version++;
  now += 1_900;
  await scores();
  expect(outcomes).toHaveBeenCalledTimes(1);
  now += 200;
  await scores();
  expect(outcomes).toHaveBeenCalledTimes(2);
});
