import assert from 'node:assert/strict';
import { setMaxListeners } from 'node:events';
import {
  type Decision,
  type DecisionRequest,
  type JsonObject,
  type Model,
  type ModelContext,
  type ModelDefinition,
  ProviderError,
  scoresExactly,
  type TextRequest,
} from '../contracts/index.ts';
import { InputError, systemClock } from '../core/index.ts';
import type { Check } from './check.ts';
import { checkWriting, checkWritingStops, sampleTexts } from './text-checks.ts';

export interface ModelConformanceOptions {
  /** Options to test with; the model's defaults when absent. */
  readonly options?: JsonObject;
  /** What it is asked. Embedded models and providers differ in what they can read, so a default is offered. */
  readonly requests?: readonly DecisionRequest[];
  /** What it is asked to write. */
  readonly texts?: readonly TextRequest[];
  readonly context?: Partial<ModelContext>;
  /**
   * False for models that answer with an action, and those whose distribution is not a softmax of fixed scores, so
   * that temperature need not sharpen it exactly.
   */
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
  const requests = config.requests ?? sampleRequests;
  const context = { clock: systemClock, workers: 1, ...config.context };
  const create = (options: JsonObject = config.options ?? {}) =>
    definition.create(definition.optionsSchema.parse(options), context);
  const using = async (body: (model: Model) => Promise<void>, options?: JsonObject) => {
    const model = await create(options);
    try {
      await body(model);
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
      name: 'a decision is one offered action, or probabilities of all that sum to 1; usage is counted or absent',
      run: () =>
        using(async (model) => {
          for (const request of requests) checkDecision(model, request, await model.decide(request));
        }),
    },
    {
      name: 'the same request has the same answer, from the same model and from another instance of it',
      run: () =>
        using(async (model) => {
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
        using(async (model) => {
          const alone = await inTurn(model, requests);
          const many = [...requests, ...requests, ...requests].reverse();
          const together = await Promise.all(many.map((request) => model.decide(request)));
          assert.deepEqual(together.reverse().slice(0, requests.length), alone);
        }),
    },
    {
      name: 'an abort rejects with its reason, before and during a call, and the model goes on working',
      run: () => using((model) => checkAbort(model, requests)),
    },
  ];
  const texts = config.texts ?? sampleTexts;
  checks.push(
    {
      name: 'text, where it writes, is within its limit and the same for the same request, whatever else is asked',
      run: () =>
        using(({ generate }) =>
          using(async (other) => {
            if (generate) await checkWriting(generate, other.generate!, texts);
          }),
        ),
    },
    {
      name: 'an abort ends writing with its reason',
      run: () => using(async ({ generate }) => generate && checkWritingStops(generate, texts)),
    },
  );
  if (config.exactProbabilities !== false) {
    checks.push({
      name: 'temperature T gives probabilities in proportion to p^(1/T)',
      run: () => using((model) => checkTemperature(model, requests)),
    });
  }
  const { failing, impossible } = config;
  if (failing) {
    checks.push({
      name: 'a failing provider is a ProviderError',
      run: () =>
        using(async (model) => {
          for (const request of requests) await assert.rejects(model.decide(request), ProviderError);
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

/** Requests of different lengths and numbers of actions. */
export const sampleRequests: readonly DecisionRequest[] = [1, 2, 3, 5, 8].flatMap((size) =>
  [2, 3, 5].map((actions) => ({
    prefix: 'The team is Ann, Bob, Cal. Choose well.',
    prompt: `You are Ann. ${'Beacon 1 is 2 north 1 east. '.repeat(size)}Choose:`,
    actions: ['stay', 'north', 'south', 'east', 'west'].slice(0, actions),
    temperature: 1,
    seed: size * 10 + actions,
  })),
);

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

function checkDecision(model: Model, request: DecisionRequest, decision: Decision) {
  const { distribution, action, confidence = 0, usage } = decision;
  const other = scoresExactly(model) ? 'action' : 'distribution';
  assert.equal(decision[other], undefined, `a model with \`answers: ${model.answers}\` gives no ${other}`);
  if (action !== undefined)
    assert.ok(action in request.actions, `action ${action} of ${request.actions.length}, from 0`);
  assert.ok(confidence >= 0 && confidence <= 1, `a confidence is ${confidence}`);
  if (distribution) {
    assert.equal(distribution.length, request.actions.length, 'one probability per offered action');
    for (const p of distribution) assert.ok(p >= 0 && p <= 1 + 1e-9, `a probability is ${p}`);
    const total = distribution.reduce((sum, p) => sum + p, 0);
    assert.ok(Math.abs(total - 1) <= 1e-6, `the distribution sums to ${total}`);
  }
  for (const [name, value] of Object.entries({ ...usage })) {
    assert.ok(value === undefined || (Number.isFinite(value) && value >= 0), `usage.${name} is ${value}`);
    if (name !== 'costUsd')
      assert.ok(value === undefined || Number.isInteger(value), `usage.${name} is ${value}`);
  }
}

async function inTurn(model: Model, requests: readonly DecisionRequest[]) {
  const decisions = [];
  for (const request of requests) decisions.push(await model.decide(request));
  return decisions;
}

async function checkAbort(model: Model, requests: readonly DecisionRequest[]) {
  const reason = new Error('the study was stopped');
  const before = await inTurn(model, requests);
  await assert.rejects(model.decide(requests[0], AbortSignal.abort(reason)), reason);
  const controller = new AbortController();
  setMaxListeners(requests.length, controller.signal);
  const underWay = requests.map((request) => model.decide(request, controller.signal));
  controller.abort(reason);
  // A model that answers at once may have finished; whatever was still under way ends with the reason.
  for (const result of await Promise.allSettled(underWay)) {
    if (result.status === 'rejected') assert.equal(result.reason, reason);
  }
  assert.deepEqual(await inTurn(model, requests), before, 'an abort changed later answers');
}

async function checkTemperature(model: Model, requests: readonly DecisionRequest[]) {
  let compared = 0;
  for (const request of requests) {
    const [p, sharp, flat] = await inTurn(
      model,
      [1, 0.5, 2].map((temperature) => ({ ...request, temperature })),
    );
    if (!p.distribution || !sharp.distribution || !flat.distribution) continue;
    compared++;
    assertProportional(
      sharp.distribution,
      p.distribution.map((x) => x ** 2),
    );
    assertProportional(
      flat.distribution,
      p.distribution.map((x) => x ** 0.5),
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
