import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import * as conventions from '@opentelemetry/semantic-conventions/incubating';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../core/index.ts';
import { openaiCompatible, openaiCompatibleOptions } from '../../openai-compatible.ts';
import { flakyService } from '../../../../test/support/flaky-service.ts';
import { semanticConventions } from './telemetry.ts';
import { askModel, type DecisionRequest } from '../../../episode/asking/index.ts';

const open: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((thing) => thing.close()));
  trace.disable();
  context.disable();
});
const request: DecisionRequest = {
  prefix: 'Secret rules.',
  prompt: 'You are Ann.',
  actions: ['stay', 'north'],
  temperature: 0.7,
  seed: 42,
  call: 'served, none, coverage, seed 0, episode 0, step 1, Ann',
};
async function modelOf(script: ('500' | undefined)[]) {
  const service = await flakyService({ script });
  const options = openaiCompatibleOptions.parse({ url: `${service.origin}/v1`, model: 'my-model' });
  const model = await openaiCompatible.create(options, { clock: systemClock, workers: 1 });
  open.push(service, model);
  return { model, port: Number(new URL(service.origin).port) };
}
function collectSpans() {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  trace.setGlobalTracerProvider(provider);
  open.push({ close: () => provider.shutdown() });
  return exporter;
}

describe('spans', () => {
  it('are one per attempt, with the attributes of the GenAI conventions, and hold nothing of what is said', async () => {
    const exporter = collectSpans();
    const { model, port } = await modelOf(['500', undefined]);
    await askModel(model, request);
    const [failed, answered] = exporter.getFinishedSpans();
    expect(exporter.getFinishedSpans()).toHaveLength(2);
    const asked = {
      [conventions.ATTR_GEN_AI_OPERATION_NAME]: 'chat',
      [conventions.ATTR_GEN_AI_PROVIDER_NAME]: 'openai-compatible',
      [conventions.ATTR_GEN_AI_REQUEST_MODEL]: 'my-model',
      [conventions.ATTR_GEN_AI_REQUEST_MAX_TOKENS]: 1024,
      [conventions.ATTR_GEN_AI_REQUEST_TEMPERATURE]: 0.7,
      [conventions.ATTR_GEN_AI_REQUEST_SEED]: 42,
      [conventions.ATTR_GEN_AI_OUTPUT_TYPE]: 'json',
      [conventions.ATTR_SERVER_ADDRESS]: '127.0.0.1',
      [conventions.ATTR_SERVER_PORT]: port,
      'agentmesh.decision': request.call,
    };
    for (const span of [failed, answered]) {
      expect(span).toMatchObject({ name: 'chat my-model', kind: SpanKind.CLIENT });
      expect(span.instrumentationScope).toMatchObject({
        name: 'agentmesh-stm',
        schemaUrl: semanticConventions,
      });
      expect(JSON.stringify([span.attributes, span.events])).not.toContain('Secret rules');
    }
    expect(failed.attributes).toEqual({ ...asked, [conventions.ATTR_ERROR_TYPE]: 'server-error' });
    expect(failed.status.code).toBe(SpanStatusCode.ERROR);
    expect(answered.attributes).toEqual({
      ...asked,
      [conventions.ATTR_GEN_AI_USAGE_INPUT_TOKENS]: 100,
      [conventions.ATTR_GEN_AI_USAGE_OUTPUT_TOKENS]: 10,
    });
  });

  it('are not there unless the process has registered a tracer', async () => {
    const { model } = await modelOf([]);
    const exporter = collectSpans();
    await askModel(model, request);
    expect(exporter.getFinishedSpans()).toEqual([]);
  });
});
