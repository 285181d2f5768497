import { reasonOf } from '../../../core/index.ts';
import type { Attributes, Tracer } from '@opentelemetry/api';
import type { Usage } from '../../../contracts/index.ts';
import type { ChatCall, ChatService } from './chat-service.ts';
import { ServiceFault } from './fault.ts';

/**
 * The one place that knows OpenTelemetry: attempts at a service as spans of the semantic conventions for generative
 * AI, version 1.45.0 (their names are still in development there). What is said and answered is never part of a
 * span, and keys never reach this file.
 */
export const semanticConventions = 'https://opentelemetry.io/schemas/1.45.0';

/** Whom the spans of a model name. */
export interface TelemetryTarget {
  /** The service, such as `openai`. */
  readonly provider: string;
  /** The model's name at the service. */
  readonly model: string;
  /** The service's address, where it is known. */
  readonly url?: string;
}

/** The key under which OpenTelemetry's API keeps what a user's SDK registered (the same for all versions 1.x). */
const registry = Symbol.for('opentelemetry.js.api.1');

/**
 * A tracer, when the user's process has registered one (`node --import ./tracing.mjs`, or in a TypeScript study);
 * otherwise undefined, and nothing is loaded.
 */
async function registeredTracer(): Promise<Tracer | undefined> {
  const registered = (globalThis as Record<symbol, unknown>)[registry] as
    { readonly trace?: unknown } | undefined;
  if (!registered?.trace) return undefined;
  const { trace } = await import('@opentelemetry/api');
  return trace.getTracerProvider().getTracer('agentmesh-stm', undefined, { schemaUrl: semanticConventions });
}

/**
 * The service for one decision, with a client span per attempt; the service as it is, without a registered tracer.
 * `decision` is what the decision is called in its study.
 */
export type TracedService = (decision: string | undefined) => ChatService;

export async function traced(service: ChatService, target: TelemetryTarget): Promise<TracedService> {
  const tracer = await registeredTracer();
  if (!tracer) return () => service;
  const { SpanKind, SpanStatusCode } = await import('@opentelemetry/api');
  const send = (call: ChatCall, decision: string | undefined, signal?: AbortSignal) => {
    const named = decision === undefined ? {} : { [decisionAttribute]: decision };
    const attributes = { ...requestAttributes(call, target), ...named };
    return tracer.startActiveSpan(
      `chat ${target.model}`,
      { kind: SpanKind.CLIENT, attributes },
      async (span) => {
        try {
          const reply = await service.send(call, signal);
          span.setAttributes(usageAttributes(reply.usage));
          return reply;
        } catch (error) {
          const message = reasonOf(error);
          span.setAttribute('error.type', errorType(error));
          span.setStatus({ code: SpanStatusCode.ERROR, message });
          throw error;
        } finally {
          span.end();
        }
      },
    );
  };
  return (decision) => ({ ...service, send: (call, signal) => send(call, decision, signal) });
}

/** An attribute of ours: no convention has one for it. */
const decisionAttribute = 'agentmesh.decision';

function requestAttributes(call: ChatCall, { provider, model, url }: TelemetryTarget): Attributes {
  const { hostname, port, protocol } =
    url === undefined ? { hostname: undefined, port: '', protocol: '' } : new URL(url);
  return {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': provider,
    'gen_ai.request.model': model,
    'gen_ai.request.max_tokens': call.maxOutputTokens,
    'gen_ai.output.type': call.schema ? 'json' : 'text',
    ...(call.temperature !== undefined && { 'gen_ai.request.temperature': call.temperature }),
    ...(call.seed !== undefined && { 'gen_ai.request.seed': call.seed }),
    ...(hostname !== undefined && {
      'server.address': hostname,
      'server.port': port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port),
    }),
  };
}

function usageAttributes({ inputTokens, outputTokens }: Usage): Attributes {
  return {
    ...(inputTokens !== undefined && { 'gen_ai.usage.input_tokens': inputTokens }),
    ...(outputTokens !== undefined && { 'gen_ai.usage.output_tokens': outputTokens }),
  };
}

function errorType(error: unknown): string {
  if (error instanceof ServiceFault) return error.kind;
  return error instanceof Error ? error.name : '_OTHER';
}
