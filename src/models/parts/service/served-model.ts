import {
  type Decision,
  type JsonObject,
  type Model,
  type ModelContext,
  type ModelFacts,
  ProviderError,
  type Usage,
} from '../../../contracts/index.ts';
import { textCall, textReply } from './text.ts';
import { type AnswerFormat, answerFormats } from '../answer/formats.ts';
import { answerTemplatesRevision } from '../../../prompt/index.ts';
import type { ChatCall, ChatReply, ChatService } from './chat-service.ts';
import type { Prices } from './known-models.ts';
import { longestEcho, repairCall } from '../answer/repair.ts';
import { sendPatiently } from './retry.ts';
import { probeService } from './probe.ts';
import { checkService, type ServiceCheck } from './check.ts';
import { ContextOverflow } from './fault.ts';
import type { ServiceOptions } from './options.ts';
import { type TelemetryTarget, traced } from './telemetry.ts';
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

/** A chat service as a model that chooses among actions. */
export async function servedModel(parts: ServedModelParts, context: ModelContext): Promise<Model> {
  const { name, service, facts, prices } = parts;
  const format = answerFormats[parts.options.answer];
  const options = { ...parts.options, ...(format.outputTokens && { maxOutputTokens: format.outputTokens }) };
  const { limits } = options;
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
  /** How far a service went beyond the limit of an answer; what is set aside for a call follows. */
  let overrun = 0;
  const noted = (reply: ChatReply, { maxOutputTokens }: ChatCall): ChatReply => {
    overrun = Math.max(overrun, (reply.usage.outputTokens ?? 0) - maxOutputTokens);
    return reply;
  };

  return {
    facts,
    fingerprint: { ...parts.fingerprint, answer: options.answer, answerTemplates: answerTemplatesRevision },
    answers: options.answer,
    ...(format.speaks && { speaks: true }),
    ...(format.forTeams && { decidesForTeams: true }),
    worstCase: (request) => {
      if ('maxTokens' in request) {
        const { messages, schema, maxOutputTokens } = textCall(request, parts.options.maxOutputTokens);
        const inputTokens = Buffer.byteLength(JSON.stringify([messages, schema])) + framing;
        return priced({ inputTokens, outputTokens: maxOutputTokens + overrun }, prices);
      }
      const { messages, schema } = format.ask(request);
      const bytes = Buffer.byteLength(JSON.stringify([messages, schema]));
      // The repair attempt repeats all of it, with the answer and what is said to it. Read again, an answer may fall
      // into other tokens than it was written in; not into twice as many.
      const echo = Math.min(4 * longestEcho, 2 * options.maxOutputTokens);
      const repair = Buffer.byteLength(format.repair(request)) + echo;
      const inputTokens = 2 * (bytes + framing) + repair;
      return priced({ inputTokens, outputTokens: 2 * (options.maxOutputTokens + overrun) }, prices);
    },
    ...(parts.check && {
      check: (signal?: AbortSignal) => checkService({ name, service, ...parts.check! }, signal),
    }),
    probe: async (request, signal) => {
      const call: ChatCall = { ...format.ask(request), ...settings(format, options, request) };
      const brief = {
        ...retry,
        attempts: Math.min(limits.attempts, probeAttempts),
        patienceMs: Math.min(limits.patienceMs, probePatienceMs),
      };
      const send = async (next: ChatCall) => noted(await sendPatiently(service, next, request.seed, brief, signal), next);
      const { contextLength } = parts;
      const made = { service, format, options, request, call, send };
      const probe = await probeService({ ...made, ...(contextLength !== undefined && { contextLength }) });
      return {
        ...probe,
        problems: probe.problems.map((problem) => `${name}: ${problem}`),
        ...(probe.unreadable !== undefined && { unreadable: `${name}: ${probe.unreadable}` }),
        usage: priced(probe.usage, prices),
      };
    },
    decide: async (request, signal) => {
      const asked = format.ask(request);
      const call: ChatCall = { ...asked, ...settings(format, options, request) };
      const attempts = serviceFor(request.call);
      let usage: Usage = {};
      const hashes: string[] = [];
      const send = async (next: ChatCall) => {
        const reply = noted(await sendPatiently(attempts, next, request.seed, retry, signal), next);
        usage = plus(usage, priced(reply.usage, prices));
        if (reply.sent !== undefined) hashes.push(reply.sent);
        return reply;
      };
      const sent = () => hashes.length > 0 && { sent: hashes };
      const cut = (): Decision => ({ usage, truncated: true, ...sent() });
      try {
        const first = await send(call);
        if (first.truncated) return cut();
        const read = format.read(first, request);
        if (read) return { ...read, answer: first.text, usage, ...sent() };
        const second = await send(repairCall(call, first.text, format.repair(request)));
        if (second.truncated) return cut();
        const repaired = format.read(second, request);
        const answer = `${first.text}\n[asked again]\n${second.text}`;
        return { ...repaired, answer, usage, ...sent() };
      } catch (error) {
        if (error instanceof ContextOverflow) return cut();
        if (error instanceof ProviderError && Object.keys(usage).length > 0) error.usage = usage;
        throw error;
      }
    },
    generate: async (request, signal) => {
      const { temperature, seed } = settings({ exact: false }, options, request);
      const call = {
        ...textCall(request, parts.options.maxOutputTokens),
        ...(temperature !== undefined && { temperature }),
        ...(seed !== undefined && { seed }),
      };
      try {
        const reply = noted(await sendPatiently(serviceFor(request.call), call, request.seed, retry, signal), call);
        return { ...textReply(reply), usage: priced(reply.usage, prices) };
      } catch (error) {
        if (error instanceof ContextOverflow) return { text: '', usage: {}, truncated: true };
        throw error;
      }
    },
    close: () => service.close(),
  };
}

/** What is sent of the study's settings. Exact probabilities are read at temperature 1 and need no seed. */
function settings(
  { exact }: Pick<AnswerFormat, 'exact'>,
  options: ServiceOptions,
  request: { readonly temperature: number; readonly seed: number },
): Omit<ChatCall, 'messages'> {
  const { maxOutputTokens } = options;
  const temperature = exact ? 1 : request.temperature;
  return {
    maxOutputTokens,
    ...(options.temperature === 'study' && { temperature }),
    ...(options.seed === 'study' && !exact && { seed: request.seed }),
  };
}

function priced(usage: Usage, prices: Prices | undefined): Usage {
  const { inputTokens, outputTokens } = usage;
  if (!prices || inputTokens === undefined || outputTokens === undefined) return usage;
  return { ...usage, costUsd: (inputTokens * prices.input + outputTokens * prices.output) / 1e6 };
}

/** Both calls together. What one of them does not report is unknown of the sum: it would be too low. */
function plus(a: Usage, b: Usage): Usage {
  if (Object.keys(a).length === 0) return b;
  const sum = (x?: number, y?: number) => (x === undefined || y === undefined ? undefined : x + y);
  const total = {
    inputTokens: sum(a.inputTokens, b.inputTokens),
    outputTokens: sum(a.outputTokens, b.outputTokens),
    costUsd: sum(a.costUsd, b.costUsd),
  };
  return Object.fromEntries(Object.entries(total).filter(([, value]) => value !== undefined));
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
