import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { type ModelContext, ProviderError, type ServiceWait } from '../contracts/index.ts';
import { type Clock, InputError, systemClock } from '../core/index.ts';
import { modelConformance } from '../testing/index.ts';
import { openaiCompatible, openaiCompatibleOptions } from './openai-compatible.ts';
import {
  type FlakyFault,
  flakyFaults,
  type FlakyService,
  flakyService,
  type FlakyServiceOptions,
} from '../../test/support/flaky-service.ts';
import { completion, oddService } from '../../test/support/odd-service.ts';
import { leapingClock } from '../../test/support/virtual-clock.ts';
import { askModel, type DecisionRequest } from '../episode/asking/index.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((thing) => thing.close()));
});
async function serve(options?: FlakyServiceOptions): Promise<FlakyService> {
  const service = await flakyService(options);
  open.push(service);
  return service;
}
const said = completion({ content: '{"action": "north", "confidence": 0.5}' });
async function modelOf(
  service: { origin: string },
  options: object = {},
  clock: Clock = leapingClock().clock,
  context: Partial<ModelContext> = {},
) {
  const parsed = openaiCompatibleOptions.parse({ url: `${service.origin}/v1`, model: 'm', ...options });
  const model = await openaiCompatible.create(parsed, { ...context, clock, workers: 1 });
  open.push(model);
  return model;
}
const request: DecisionRequest = {
  prefix: 'Rules.',
  prompt: 'You are Ann. Choose: stay, north, south.',
  actions: ['stay', 'north', 'south'],
  temperature: 0.7,
  seed: 42,
};

describe('openai-compatible conforms to the contract', async () => {
  // One service for all checks: it lives as long as this file.
  const service = await flakyService();
  const failing = await flakyService({ faultShare: 1, kinds: ['500'] });
  afterAll(() => Promise.all([service.close(), failing.close()]));
  const target = (origin: string) => ({ url: `${origin}/v1`, model: 'm' });
  const checks = modelConformance(openaiCompatible, {
    options: target(service.origin),
    exactProbabilities: false,
    failing: { ...target(failing.origin), limits: { attempts: 2 } },
    impossible: [
      { url: 'here', model: 'm' },
      { url: 'ftp://x/v1', model: 'm' },
      { url: 'http://user:secret@x/v1', model: 'm' },
      { ...target(service.origin), apiKeyVariable: 'AGENTMESH_TEST_NO_SUCH_KEY' },
    ],
    context: { clock: leapingClock().clock },
  });
  for (const check of checks) it(check.name, check.run);

  const exact = modelConformance(openaiCompatible, {
    options: { ...target(service.origin), answer: 'probabilities' },
    context: { clock: leapingClock().clock },
  });
  for (const check of exact) it(`with log-probabilities: ${check.name}`, check.run);
});

describe('what is sent', () => {
  it('is exactly what the study says, with the choices as an enum', async () => {
    const service = await serve();
    await askModel(await modelOf(service, { body: { top_p: 0.9 } }), request);
    const [{ path, body, authorization }] = service.requests;
    expect(path).toBe('/v1/chat/completions');
    expect(authorization).toBeUndefined();
    expect(body).toMatchObject({ model: 'm', temperature: 0.7, seed: 42, max_tokens: 1024, top_p: 0.9 });
    expect(body).toHaveProperty('response_format.json_schema.schema.properties.action.enum', request.actions);
    expect(body.messages.map((m) => m.role)).toEqual(['system', 'user']);
    expect(body.messages[0].content.startsWith('Rules.\n\n')).toBe(true);
    expect(body.messages[1].content).toBe(request.prompt);
  });

  it('leaves out what is left to the provider', async () => {
    const service = await serve();
    const model = await modelOf(service, { temperature: 'provider-default', seed: 'provider-default' });
    await askModel(model, request);
    expect(service.requests[0].body).not.toHaveProperty('temperature');
    expect(service.requests[0].body).not.toHaveProperty('seed');
  });

  it('asks for letters at temperature 1 and without a seed when it reads log-probabilities', async () => {
    const service = await serve();
    const model = await modelOf(service, { answer: 'probabilities' });
    const { distribution, mass } = await askModel(model, { ...request, temperature: 1 });
    expect(service.requests[0].body).toMatchObject({
      ...{ temperature: 1, logprobs: true, top_logprobs: 20, max_tokens: 1 },
    });
    expect(service.requests[0].body).not.toHaveProperty('seed');
    expect(service.requests[0].body.messages[1].content).toContain('\nA: stay\nB: north\nC: south');
    // The service gives A, B, C probabilities 1, 2, 3 in 6.
    distribution?.forEach((p, k) => expect(p).toBeCloseTo((k + 1) / 6, 12));
    expect(mass).toBeCloseTo(1, 12);
  });
});

describe('what is made of an answer', () => {
  it('is the action that it names; what it says of its confidence is kept', async () => {
    const service = await serve({ say: () => '{"action": "north", "confidence": 0.8}' });
    const decision = await askModel(await modelOf(service), request);
    expect(decision).toMatchObject({ action: 1, confidence: 0.8 });
    expect(decision).not.toHaveProperty('distribution');
    expect(decision.answer).toBe('{"action": "north", "confidence": 0.8}');
    expect(decision.usage).toEqual({ inputTokens: 100, outputTokens: 10 });
  });

  it('counts dollars when it is told the prices, and nothing when tokens are not reported', async () => {
    const prices = { input: 2, output: 10 };
    const counted = await askModel(await modelOf(await serve(), { prices }), request);
    expect(counted.usage.costUsd).toBeCloseTo((100 * 2 + 10 * 10) / 1e6, 15);
    const silent = await askModel(await modelOf(await serve({ reportUsage: false }), { prices }), request);
    expect(silent.usage).toEqual({});
  });

  it('asks once more when the answer names no available action, and adds both calls up', async () => {
    const service = await serve({
      say: ({ messages }) => (messages.length === 2 ? 'I would go west.' : 'Action: south\nConfidence: 60%'),
    });
    const decision = await askModel(await modelOf(service, { answer: 'text' }), request);
    expect(decision).toMatchObject({ action: 2, confidence: 0.6 });
    expect(decision.usage).toEqual({ inputTokens: 200, outputTokens: 20 });
    const [, second] = service.requests;
    expect(second.body.messages.map((m) => m.role)).toEqual(['system', 'user', 'assistant', 'user']);
    expect(second.body.messages[2].content).toBe('I would go west.');
  });

  it('is unparsable after one repair attempt, with both answers kept', async () => {
    const service = await serve({ say: () => 'Whatever.' });
    const decision = await askModel(await modelOf(service), request);
    expect(decision.action).toBeUndefined();
    expect(decision.answer).toBe('Whatever.\n[asked again]\nWhatever.');
    expect(service.requests).toHaveLength(2);
  });
});

describe('a service that misbehaves', () => {
  /** Faults that only a timeout ends. */
  const silent: readonly FlakyFault[] = ['hang', 'slow stream'];
  const fine = '{"action": "north", "confidence": 0.5}';

  it.each(flakyFaults)('%s: asked again, with the same answer in the end', async (fault: FlakyFault) => {
    const service = await serve({ script: [fault, fault, undefined], say: () => fine });
    const limits = silent.includes(fault) ? { timeoutMs: 300 } : {};
    const model = await modelOf(service, { limits });
    const decision = await askModel(model, request);
    expect(decision).toMatchObject({ answer: fine, usage: { inputTokens: 100, outputTokens: 10 } });
    expect(service.faults.get(fault)).toBe(2);
    if (!silent.includes(fault)) expect(service.requests).toHaveLength(3);
    // A busy machine may take longer than the timeout for an answer too.
    else expect(service.requests.length).toBeGreaterThanOrEqual(3);
  });

  it('names what happened, how often and for how long, when it gives up', async () => {
    const service = await serve({ faultShare: 1, kinds: ['500'] });
    const model = await modelOf(service, { limits: { attempts: 3 } });
    const failed = askModel(model, request);
    await expect(failed).rejects.toThrow(ProviderError);
    await expect(failed).rejects.toThrow(
      /#m gave no answer in 3 attempts over \d+ s \(3 server-error\).*500: .*limits\.attempts/s,
    );
    expect(service.requests).toHaveLength(3);
  });

  it('waits as long as Retry-After says, and no shorter', async () => {
    const service = await serve({ script: ['429 with Retry-After'], retryAfter: '7' });
    const { clock, slept } = leapingClock();
    await askModel(await modelOf(service, {}, clock), request);
    expect(slept).toContain(7000);
  });

  it.each([
    ['Retry-After 0', { 'retry-after': '0' }, {}],
    ['a date before the clock began', { 'retry-after': 'Wed, 31 Dec 1969 09:00:00 GMT' }, {}],
    ['0 milliseconds', { 'retry-after-ms': '0' }, {}],
    ['a body that says 0', {}, { error: { details: [{ retryDelay: '0s' }] } }],
    [
      'a body with the words billing and insufficient_quota',
      {},
      { error: { message: 'billing: insufficient_quota?', code: 429 } },
    ],
  ])('is asked no sooner than without it for %s', async (_, headers, body) => {
    const service = await oddService((__, before) =>
      before < 6 ? { status: 429, headers, body } : { body: said },
    );
    const { clock } = leapingClock();
    await askModel(await modelOf(service, {}, clock), request);
    // Six waits, each at least half of 250, 500, ... 8000 ms.
    expect(clock.monotonicMs()).toBeGreaterThanOrEqual(125 * (2 ** 6 - 1));
    expect(service.requests).toHaveLength(7);
  });

  it('tells long waits, and gives up at once on one that is longer than its patience', async () => {
    const headers = { 'retry-after': '86400' };
    const service = await oddService((_, before) =>
      before === 0 ? { status: 429, headers } : { body: said },
    );
    const waits: ServiceWait[] = [];
    await askModel(
      await modelOf(service, {}, leapingClock().clock, { onWait: (wait) => waits.push(wait) }),
      request,
    );
    expect(waits).toEqual([
      expect.objectContaining({
        ms: 600_000,
        why: expect.stringContaining('It asks to wait 86400 s.') as string,
      }),
    ]);
    const strict = await modelOf(await oddService(() => ({ status: 429, headers })), {
      limits: { patienceMs: 1000 },
    });
    await expect(askModel(strict, request)).rejects.toThrow(
      /asks to wait 600 s, longer than patience has left/,
    );
  });

  it('is not waited for once the study is to stop', async () => {
    const service = await oddService(() => ({ status: 429, headers: { 'retry-after': '300' } }));
    const stop = new AbortController();
    const reason = new Error('stopped');
    const model = await modelOf(service, {}, systemClock, { stop: stop.signal });
    const asked = askModel(model, request);
    const behind = askModel(model, { ...request, seed: 1 });
    while (service.requests.length === 0) await systemClock.sleep(5);
    await systemClock.sleep(50);
    stop.abort(reason);
    expect(await Promise.allSettled([asked, behind])).toEqual([
      { status: 'rejected', reason },
      { status: 'rejected', reason },
    ]);
  });

  it('backs off between half and all of 250, 500, 1000, ... ms', async () => {
    const { clock, slept } = leapingClock();
    const service = await serve({ script: ['500', '500', '500', '500'] });
    await askModel(await modelOf(service, {}, clock), request);
    expect(slept).toHaveLength(4);
    slept.forEach((ms, k) => {
      expect(ms).toBeGreaterThanOrEqual(125 * 2 ** k);
      expect(ms).toBeLessThanOrEqual(250 * 2 ** k);
    });
  });

  it('does not count being told to slow down as a failed attempt, but loses patience', async () => {
    const service = await serve({ script: Array<FlakyFault>(6).fill('429') });
    await expect(
      askModel(await modelOf(service, { limits: { attempts: 2 } }), request),
    ).resolves.toBeDefined();
    const strict = await modelOf(await serve({ faultShare: 1, kinds: ['429'] }), {
      limits: { patienceMs: 1 },
    });
    await expect(askModel(strict, request)).rejects.toThrow(/1 rate-limited.*patienceMs/s);
  });

  it('outlives a service that is dead for a while', async () => {
    const service = await serve();
    const model = await modelOf(service, {}, systemClock);
    await askModel(model, request);
    const back = service.die(600);
    await expect(askModel(model, request)).resolves.toHaveProperty('action');
    await back;
  });

  it('gives up at once when it is told that asking again is of no use', async () => {
    const refusing = await serveRaw(401, '{"error": {"message": "Incorrect API key"}}');
    await expect(askModel(await modelOf(refusing), request)).rejects.toThrow(/401: .*Incorrect API key/);
    expect(refusing.asked()).toBe(1);
    const broke = await serveRaw(429, '{"error": {"code": "insufficient_quota"}}');
    await expect(askModel(await modelOf(broke), request)).rejects.toThrow(/insufficient_quota/);
    expect(broke.asked()).toBe(1);
  });

  it('reports a prompt that does not fit as truncated', async () => {
    const full = await serveRaw(400, '{"error": {"code": "context_length_exceeded", "message": "too long"}}');
    await expect(askModel(await modelOf(full), request)).resolves.toEqual({ usage: {}, truncated: true });
  });

  it('closes the connection when the study is aborted', async () => {
    const service = await serve({ faultShare: 1, kinds: ['hang'] });
    const model = await modelOf(service, {}, systemClock);
    const abort = new AbortController();
    const asked = askModel(model, request, abort.signal);
    while (service.requests.length === 0) await systemClock.sleep(5);
    const reason = new Error('stopped');
    abort.abort(reason);
    await expect(asked).rejects.toBe(reason);
    await expect.poll(() => service.hungUp()).toBe(1);
  });

  it('never gets more requests at once than it may', async () => {
    const service = await serve({ latencyMs: 100 });
    const model = await modelOf(service, { limits: { concurrency: 8 } });
    const seeds = [...Array(40).keys()];
    await Promise.all(seeds.map((seed) => askModel(model, { ...request, seed })));
    expect(service.mostInFlight()).toBe(8);
  });
});

describe('keys', () => {
  it('go into the header and nowhere else, even when a service repeats them', async () => {
    const key = 'sk-test-0123456789';
    process.env.AGENTMESH_TEST_KEY = key;
    try {
      const withKey = { apiKeyVariable: 'AGENTMESH_TEST_KEY' };
      const service = await serve({ say: () => `stay, says ${key}` });
      const model = await modelOf(service, { ...withKey, answer: 'text' });
      const decision = await askModel(model, request);
      expect(service.requests[0].authorization).toBe(`Bearer ${key}`);
      expect(decision.answer).toBe('stay, says [key]');
      expect(JSON.stringify([model.facts, model.fingerprint, decision])).not.toContain(key);
      const rude = await serveRaw(403, JSON.stringify({ error: `the key ${key} is blocked` }));
      const error = await askModel(await modelOf(rude, withKey), request).catch((e: unknown) => e as Error);
      expect(String((error as Error).stack)).toMatch(/the key \[key\] is blocked/);
      expect(String((error as Error).stack)).not.toContain(key);
    } finally {
      delete process.env.AGENTMESH_TEST_KEY;
    }
  });

  it('that are missing are named by their variable before anything is asked', async () => {
    const missing = modelOf(await serve(), { apiKeyVariable: 'AGENTMESH_TEST_NO_SUCH_KEY' });
    await expect(missing).rejects.toThrow(InputError);
    await expect(missing).rejects.toThrow(/AGENTMESH_TEST_NO_SUCH_KEY is not set/);
  });
});

/** A service with one answer for everything. */
async function serveRaw(status: number, text: string) {
  const { createServer } = await import('node:http');
  let asked = 0;
  const server = createServer((incoming, response) => {
    asked++;
    incoming.resume();
    response.writeHead(status, { 'content-type': 'application/json' }).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const { port } = server.address() as { port: number };
  open.push({
    close: async () => {
      server.closeAllConnections();
      server.close();
    },
  });
  return { origin: `http://127.0.0.1:${port}`, asked: () => asked };
}
