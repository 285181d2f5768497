import {
  type JsonObject,
  type Model,
  type ModelContext,
  type ModelFacts,
  type ModelRequest,
  ProviderError,
  type ScoreReply,
  type ScoreRequest,
  totalUsage,
  type Usage,
} from '../../../contracts/index.ts';
import { answerTemplatesRevision } from '../../../prompt/index.ts';
import type { ChatCall, ChatReply, ChatService } from './chat-service.ts';
import { checkService, type ServiceCheck } from './check.ts';
import { ContextOverflow } from './fault.ts';
import type { Prices } from './known-models.ts';
import { askLetters, letterCall, longestLetterRepair, refuseTooManyLetters } from './letters.ts';
import type { ServiceOptions } from './options.ts';
import { probeService } from './probe.ts';
import { type RetryOptions, sendPatiently } from './retry.ts';
import { type TelemetryTarget, traced } from './telemetry.ts';
import { textCall, textReply } from './text.ts';
import { type Throttle, throttle } from './throttle.ts';

export interface ServedModelParts {
  /** Names the model in errors, such as `openai:gpt-5-mini`. */
  readonly name: string;
  readonly service: ChatService;
  readonly options: ServiceOptions;
  readonly facts: ModelFacts;
  readonly prices?: Prices;
  /** Whatever else fixes the answers. */
  readonly fingerprint?: JsonObject;
  /** Calls that share a service's limits have the same key, whatever their model. */
  readonly throttleKey: string;
  /** How its service can be asked what it has; absent where it cannot. */
  readonly check?: Omit<ServiceCheck, 'name' | 'service'>;
  /** The context length that the study says, where the service is told. */
  readonly contextLength?: number;
  readonly telemetry: TelemetryTarget;
}

/** Tokens that a chat template adds around a few messages, generously. */
const framing = 256;

/** A study has not begun yet: somebody waits for it. */
const probeAttempts = 5;
const probePatienceMs = 60_000;

/** A chat service as a model: it writes, and scores where its option `answer` says so. */
export async function servedModel(parts: ServedModelParts, context: ModelContext): Promise<Model> {
  const { name, service, options, facts, prices } = parts;
  const { limits, answer } = options;
  const serviceFor = await traced(service, parts.telemetry);
  const retry = {
    name,
    clock: context.clock,
    throttle: sharedThrottle(parts, context),
    attempts: limits.attempts,
    patienceMs: limits.patienceMs,
    onFault: (kind: string) => context.onFault?.(name, kind),
    onWait: (ms: number, why: string) => context.onWait?.({ model: name, ms, why }),
    ...(context.stop && { stop: context.stop }),
  };
  const brief = {
    ...retry,
    attempts: Math.min(limits.attempts, probeAttempts),
    patienceMs: Math.min(limits.patienceMs, probePatienceMs),
  };
  /** How far a service went beyond the limit of an answer; what is set aside for a call follows. */
  let overrun = 0;
  /** @param patience how a call is tried again */
  const sending =
    (to: ChatService, { seed }: ModelRequest, patience: RetryOptions, signal?: AbortSignal) =>
    async (call: ChatCall): Promise<ChatReply> => {
      const reply = await sendPatiently(to, call, seed, patience, signal);
      overrun = Math.max(overrun, (reply.usage.outputTokens ?? 0) - call.maxOutputTokens);
      return { ...reply, usage: priced(reply.usage, prices) };
    };
  const callOf = (request: ModelRequest): ChatCall =>
    'candidates' in request
      ? // Exact probabilities are read at temperature 1 and need no seed.
        { ...letterCall(request), ...(options.temperature === 'study' && { temperature: 1 }) }
      : {
          ...textCall(request, options.maxOutputTokens),
          ...(options.temperature === 'study' && { temperature: request.temperature }),
          ...(options.seed === 'study' && { seed: request.seed }),
        };

  return {
    facts,
    fingerprint: {
      ...parts.fingerprint,
      ...(answer === 'probabilities' && { answer, answerTemplates: answerTemplatesRevision }),
    },
    ...(answer !== 'probabilities' && { asking: { form: answer, maxTokens: options.maxOutputTokens } }),
    generate: async (request, signal) => {
      try {
        return textReply(await sending(serviceFor(request.call), request, retry, signal)(callOf(request)));
      } catch (error) {
        if (error instanceof ContextOverflow) return { text: '', usage: {}, truncated: true };
        throw error;
      }
    },
    ...(answer === 'probabilities' && {
      score: async (request: ScoreRequest, signal?: AbortSignal): Promise<ScoreReply> => {
        refuseTooManyLetters(request);
        const { send, costs } = counting(sending(serviceFor(request.call), request, retry, signal));
        try {
          const { truncated, ...read } = await askLetters(request, callOf(request), send);
          return truncated ? { ...costs(), truncated } : { ...read, ...costs() };
        } catch (error) {
          if (error instanceof ContextOverflow) return { ...costs(), truncated: true };
          const { usage } = costs();
          if (error instanceof ProviderError && Object.keys(usage).length > 0) error.usage = usage;
          throw error;
        }
      },
    }),
    service: {
      name,
      worstCase: (request) => {
        const { messages, schema, maxOutputTokens } = callOf(request);
        const read = Buffer.byteLength(JSON.stringify([messages, schema])) + framing;
        const written = maxOutputTokens + overrun;
        // A question about letters may be put twice.
        const usage =
          'candidates' in request
            ? { inputTokens: 2 * read + longestLetterRepair(request), outputTokens: 2 * written }
            : { inputTokens: read, outputTokens: written };
        return priced(usage, prices);
      },
      check: async (signal) => (parts.check ? checkService({ name, service, ...parts.check }, signal) : []),
      probe: (request, signal) =>
        probeService(name, {
          service,
          request,
          call: callOf(request),
          send: sending(service, request, brief, signal),
          ...(parts.contextLength !== undefined && { contextLength: parts.contextLength }),
        }),
    },
    close: () => service.close(),
  };
}

/** Counts what several calls used together. */
function counting(send: (call: ChatCall) => Promise<ChatReply>) {
  const usages: Usage[] = [];
  const sent: string[] = [];
  return {
    send: async (call: ChatCall) => {
      const reply = await send(call);
      usages.push(reply.usage);
      if (reply.sent !== undefined) sent.push(reply.sent);
      return reply;
    },
    costs: () => ({ usage: totalUsage(usages), ...(sent.length > 0 && { sent }) }),
  };
}

function priced(usage: Usage, prices: Prices | undefined): Usage {
  const { inputTokens, outputTokens } = usage;
  if (!prices || inputTokens === undefined || outputTokens === undefined) return usage;
  return { ...usage, costUsd: (inputTokens * prices.input + outputTokens * prices.output) / 1e6 };
}

/** Throttles of the services that one study uses; they go with the study's context. */
const throttlesOf = new WeakMap<ModelContext, Map<string, Throttle>>();

function sharedThrottle({ throttleKey, options }: ServedModelParts, context: ModelContext): Throttle {
  const throttles = throttlesOf.get(context) ?? new Map<string, Throttle>();
  throttlesOf.set(context, throttles);
  const { concurrency, requestsPerMinute, tokensPerMinute } = options.limits;
  const key = JSON.stringify([throttleKey, concurrency, requestsPerMinute, tokensPerMinute]);
  const known = throttles.get(key) ?? throttle(options.limits, context.clock, context.stop);
  throttles.set(key, known);
  return known;
}
