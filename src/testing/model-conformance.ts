import assert from 'node:assert/strict';
import { setMaxListeners } from 'node:events';
import {
  type JsonObject,
  type Model,
  type ModelContext,
  type ModelDefinition,
  type ModelRequest,
  ProviderError,
  type ScoreReply,
  type ScoreRequest,
  type TextReply,
  type TextRequest,
} from '../contracts/index.ts';
import { InputError, systemClock } from '../core/index.ts';
import type { Check } from './check.ts';

export interface ModelConformanceOptions {
  /** Options to test with; the model's defaults when absent. */
  readonly options?: JsonObject;
  /** What it is asked for probabilities of, if it scores. Models differ in what they can read, so a default is offered. */
  readonly scores?: readonly ScoreRequest[];
  /** What it is asked to write, if it writes. */
  readonly texts?: readonly TextRequest[];
  readonly context?: Partial<ModelContext>;
  /** False for models whose distribution is not a softmax of fixed scores, so that temperature need not sharpen it exactly. */
  readonly exactProbabilities?: boolean;
  /** Options under which every request must fail with a ProviderError. */
  readonly failing?: JsonObject;
  /** Options with which it cannot be made: `create` must reject with an InputError. */
  readonly impossible?: readonly JsonObject[];
}

/**
 * What every model has to keep, whatever is behind it. Run each check as a test of its own; a model that
 * passes works with the study runner.
 *
 * @example
 * for (const check of modelConformance(myModel)) it(check.name, check.run);
 */
export function modelConformance<Options extends JsonObject>(
  definition: ModelDefinition<Options>,
  config: ModelConformanceOptions = {},
): Check[] {
  const { scores = sampleScores, texts = sampleTexts, failing, impossible } = config;
  const context = { clock: systemClock, workers: 1, ...config.context };
  const create = (options: JsonObject = config.options ?? {}) =>
    definition.create(definition.optionsSchema.parse(options), context);
  const using = async (
    body: (model: Model, requests: readonly ModelRequest[]) => Promise<void>,
    options?: JsonObject,
  ) => {
    const model = await create(options);
    try {
      await body(model, [...(model.score ? scores : []), ...(model.generate ? texts : [])]);
    } finally {
      await model.close();
    }
  };
  const checks: Check[] = [
    {
      name: 'every option has a default, and unknown options are errors',
      run: () => {
        definition.optionsSchema.parse(config.options ?? {});
        assert.equal(
          definition.optionsSchema.safeParse({ ...config.options, 'no such option': 1 }).success,
          false,
        );
      },
    },
    {
      name: 'facts are known numbers or absent, and the active parameters are among the total',
      run: () => using(async (model) => checkFacts(model)),
    },
    {
      name: 'it writes or scores: text is within its limit, probabilities are one per candidate and sum to 1',
      run: () =>
        using(async (model, requests) => {
          assert.ok(requests.length > 0, 'it has neither `generate` nor `score`, or is asked nothing');
          for (const request of requests) checkReply(request, await ask(model, request));
        }),
    },
    {
      name: 'the same request has the same answer, from the same model and from another instance of it',
      run: () =>
        using(async (model, requests) => {
          const first = await inTurn(model, requests);
          assert.deepEqual(await inTurn(model, requests), first);
          await using(async (other) => {
            assert.deepEqual(other.fingerprint, model.fingerprint);
            assert.deepEqual(await inTurn(other, requests), first);
          });
        }),
    },
    {
      name: 'answers do not depend on what else is asked at the same time',
      run: () =>
        using(async (model, requests) => {
          const alone = await inTurn(model, requests);
          const many = [...requests, ...requests, ...requests].reverse();
          const together = await Promise.all(many.map((request) => ask(model, request)));
          assert.deepEqual(together.reverse().slice(0, requests.length), alone);
        }),
    },
    {
      name: 'an abort rejects with its reason, before and during a call, and the model goes on working',
      run: () => using(checkAbort),
    },
    {
      name: 'a model of a service says the most that a call can use, which is no less than it used',
      run: () => using(checkWorstCase),
    },
  ];
  checks.push({
    name: 'vectors of texts are finite, of one length, and do not depend on what else is embedded, where it embeds',
    run: () => using(checkVectors),
  });
  if (config.exactProbabilities !== false) {
    checks.push({
      name: 'temperature T gives probabilities in proportion to p^(1/T), where it scores',
      run: () => using(async (model) => (model.score ? checkTemperature(model, scores) : undefined)),
    });
  }
  if (failing) {
    checks.push({
      name: 'a failing provider is a ProviderError',
      run: () =>
        using(async (model, requests) => {
          for (const request of requests) await assert.rejects(ask(model, request), ProviderError);
        }, failing),
    });
  }
  if (impossible) {
    checks.push({
      name: 'what cannot work is an InputError when the model is made',
      run: async () => {
        for (const options of impossible) await assert.rejects(create(options), InputError);
      },
    });
  }
  return checks;
}

const rules = 'The team is Ann, Bob, Cal. Choose well.';
const promptOf = (size: number) => `You are Ann. ${'Beacon 1 is 2 north 1 east. '.repeat(size)}Choose:`;

/** Questions of different lengths and numbers of candidates. */
export const sampleScores: readonly ScoreRequest[] = [1, 2, 3, 5, 8].flatMap((size) =>
  [2, 3, 5].map((count) => ({
    prefix: rules,
    prompt: promptOf(size),
    candidates: ['stay', 'north', 'south', 'east', 'west'].slice(0, count),
    temperature: 1,
    seed: size * 10 + count,
  })),
);

/** Requests of different lengths, some of them after an answer that was not enough. */
export const sampleTexts: readonly TextRequest[] = [1, 2, 3, 5, 8].flatMap((size) =>
  [0, 1].map((told) => ({
    prefix: rules,
    prompt: promptOf(size),
    ...(told > 0 && { turns: [{ answer: 'stay', reply: 'Choose well:' }] }),
    maxTokens: 16,
    temperature: 1,
    seed: size * 10 + told,
  })),
);

type Reply = TextReply | ScoreReply;

function ask(model: Model, request: ModelRequest, signal?: AbortSignal): Promise<Reply> {
  return 'candidates' in request ? model.score!(request, signal) : model.generate!(request, signal);
}

function checkFacts({ facts }: Model) {
  const { total, active } = facts.parameters ?? {};
  for (const [name, value] of Object.entries({ total, active, contextLength: facts.contextLength })) {
    assert.ok(value === undefined || (Number.isSafeInteger(value) && value > 0), `${name} is ${value}`);
  }
  if (total !== undefined && active !== undefined)
    assert.ok(active <= total, 'more active than total parameters');
  if (facts.architecture === 'dense' && total !== undefined && active !== undefined)
    assert.equal(active, total);
}

function checkReply(request: ModelRequest, reply: Reply) {
  if ('candidates' in request) checkScores(request, reply);
  else checkText(request, reply as TextReply);
  for (const [name, value] of Object.entries<number | undefined>({ ...reply.usage })) {
    assert.ok(value === undefined || (Number.isFinite(value) && value >= 0), `usage.${name} is ${value}`);
    if (name !== 'costUsd')
      assert.ok(value === undefined || Number.isInteger(value), `usage.${name} is ${value}`);
  }
  for (const hash of reply.sent ?? []) assert.match(hash, /^[0-9a-f]{64}$/);
}

function checkScores({ candidates }: ScoreRequest, { distribution }: ScoreReply) {
  if (!distribution) return;
  assert.equal(distribution.length, candidates.length, 'one probability per candidate');
  for (const p of distribution) assert.ok(p >= 0 && p <= 1 + 1e-9, `a probability is ${p}`);
  const total = distribution.reduce((sum, p) => sum + p, 0);
  assert.ok(Math.abs(total - 1) <= 1e-6, `the distribution sums to ${total}`);
}

function checkText({ maxTokens }: TextRequest, { text, usage: { outputTokens = 0 } }: TextReply) {
  assert.equal(typeof text, 'string');
  assert.ok(outputTokens <= maxTokens, `${outputTokens} tokens of at most ${maxTokens}`);
}

async function inTurn(model: Model, requests: readonly ModelRequest[]) {
  const replies = [];
  for (const request of requests) replies.push(await ask(model, request));
  return replies;
}

async function checkAbort(model: Model, requests: readonly ModelRequest[]) {
  const reason = new Error('the study was stopped');
  const before = await inTurn(model, requests);
  await assert.rejects(ask(model, requests[0], AbortSignal.abort(reason)), reason);
  const controller = new AbortController();
  setMaxListeners(requests.length, controller.signal);
  const underWay = requests.map((request) => ask(model, request, controller.signal));
  controller.abort(reason);
  // A model that answers at once may have finished; whatever was still under way ends with the reason.
  for (const result of await Promise.allSettled(underWay)) {
    if (result.status === 'rejected') assert.equal(result.reason, reason);
  }
  assert.deepEqual(await inTurn(model, requests), before, 'an abort changed later answers');
}

async function checkWorstCase(model: Model, requests: readonly ModelRequest[]) {
  const { service } = model;
  if (!service) return;
  assert.ok(service.name.length > 0, 'it has no name');
  for (const request of requests) {
    const { usage } = await ask(model, request);
    const most = service.worstCase(request);
    for (const part of ['inputTokens', 'outputTokens', 'costUsd'] as const) {
      const [used = 0, limit = Infinity] = [usage[part], most[part]];
      assert.ok(used <= limit, `${part} is ${used}, at most ${limit}`);
    }
  }
}

async function checkVectors(model: Model) {
  if (!model.embed) return;
  const texts = ['red', 'A man paints a wall.', 'red', '  spaces  and\nlines ', 'Größe: 4 ⌀'];
  const vectors = await model.embed(texts);
  assert.equal(vectors.length, texts.length, 'one vector per text');
  for (const vector of vectors) {
    assert.ok(vector.length >= 1 && vector.length === vectors[0].length, 'vectors are of one length');
    assert.ok(
      vector.every((x) => Number.isFinite(x)) && vector.some((x) => x !== 0),
      'a vector has no direction',
    );
  }
  assert.deepEqual(vectors[2], vectors[0], 'the same text gives the same vector');
  for (const [k, text] of texts.entries())
    assert.deepEqual(await model.embed([text]), [vectors[k]], 'a vector depends on what else is embedded');
  assert.deepEqual(await model.embed([]), []);
}

async function checkTemperature(model: Model, requests: readonly ScoreRequest[]) {
  let compared = 0;
  for (const request of requests) {
    const at = async (temperature: number) => (await model.score!({ ...request, temperature })).distribution;
    const [p, sharp, flat] = [await at(1), await at(0.5), await at(2)];
    if (!p || !sharp || !flat) continue;
    compared++;
    assertProportional(
      sharp,
      p.map((x) => x ** 2),
    );
    assertProportional(
      flat,
      p.map((x) => x ** 0.5),
    );
  }
  assert.ok(compared > 0, 'no request had a distribution, so nothing was checked');
}

function assertProportional(actual: readonly number[], weights: readonly number[]) {
  const total = weights.reduce((sum, w) => sum + w, 0);
  actual.forEach((p, k) => {
    assert.ok(
      Math.abs(p - weights[k] / total) < 1e-5,
      `probability ${k} is ${p}, expected ${weights[k] / total}`,
    );
  });
}
