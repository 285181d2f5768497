import {
  type JsonObject,
  type ModelRequest,
  ProviderError,
  type ScoreReply,
  type ServiceProbe,
  type TextReply,
  totalUsage,
  type Usage,
} from '../../../contracts/index.ts';
import type { ChatCall, ChatReply, ChatService } from './chat-service.ts';
import { ContextOverflow, ServiceFault } from './fault.ts';
import { askLetters } from './letters.ts';
import { textReply } from './text.ts';

export interface ProbeRequest {
  readonly service: ChatService;
  readonly request: ModelRequest;
  /** What would be sent for it. */
  readonly call: ChatCall;
  /** Sends with all patience. */
  readonly send: (call: ChatCall) => Promise<ChatReply>;
  /** Tokens of prompt and answer together, where the study says them. */
  readonly contextLength?: number;
}

/** A part of a call that a service may refuse, how its refusal can be told, and what helps. */
interface Part {
  readonly field: 'temperature' | 'seed' | 'maxOutputTokens' | 'schema' | 'topLogprobs';
  readonly words: RegExp;
  readonly what: (call: ChatCall) => string;
  readonly remedy: string;
}

const parts: readonly Part[] = [
  {
    field: 'topLogprobs',
    words: /log-?_?prob/i,
    what: () => 'log-probabilities',
    remedy: 'set `answer: structured` for this model',
  },
  {
    field: 'temperature',
    words: /temperature/i,
    what: ({ temperature }) => `the temperature ${temperature}`,
    remedy: 'set `temperature: provider-default` for this model, and its own temperature is used',
  },
  {
    field: 'seed',
    words: /\bseed\b/i,
    what: () => 'a seed',
    remedy: 'set `seed: provider-default` for this model, and its answers differ from start to start',
  },
  {
    field: 'schema',
    words: /response_?format|json_?schema|structured output|responseFormat|\bschema\b/i,
    what: () => 'an answer after a JSON schema',
    remedy: 'set `answer: text` for this model',
  },
  {
    field: 'maxOutputTokens',
    words: /max_?(completion_?|output_?)?tokens|maxOutputTokens|num_predict|output tokens/i,
    what: ({ maxOutputTokens }) => `a limit of ${maxOutputTokens} output tokens`,
    remedy: 'change `maxOutputTokens` for this model',
  },
];

/** Candidates that are asked for where they are not needed, to learn whether they can be had. */
const someCandidates = 2;

/**
 * Makes one call as the study will, and finds out what of it reaches the service. What the service refuses is left out
 * and the call is made again, so that all of it is found; refusals cost nothing.
 *
 * @param name of the model, which every problem begins with
 */
export async function probeService(name: string, probe: ProbeRequest): Promise<ServiceProbe> {
  const problems: string[] = [];
  const usages: Usage[] = [];
  const send = async (call: ChatCall) => {
    const reply = await probe.send(call);
    usages.push(reply.usage);
    return reply;
  };
  const end = (found: JsonObject = {}, reply?: TextReply | ScoreReply): ServiceProbe => ({
    problems: problems.map((problem) => `${name}: ${problem}`),
    found,
    ...(reply && { reply }),
    usage: totalUsage(usages),
  });
  const made = await firstReply({ ...probe, send }, problems);
  if (!made) return end();
  const { call, reply } = made;
  const { service, request } = probe;
  const scored = 'candidates' in request;
  problems.push(...notSent(call, reply), ...notHonoured(call, reply, scored));
  const answer = scored ? await lettersOf(request, made, send, problems) : textReply(reply);
  if (answer?.truncated)
    problems.push(
      'The service may have cut the prompt. Raise `contextLength`, or use a model with a longer context.',
    );
  const context = await contextOf(probe, problems);
  const found: JsonObject = {
    ...(call.temperature !== undefined && { temperature: call.temperature }),
    seed: call.seed !== undefined,
    maxOutputTokens: call.maxOutputTokens,
    ...(context !== undefined && { contextLength: context }),
    schema: call.schema !== undefined,
    logprobs: (reply.logprobs?.length ?? 0) > 0,
    answered: answer !== undefined,
    ...(reply.from && { readFrom: reply.from }),
    ...(reply.doubt !== undefined && { counts: reply.doubt }),
    ...service.variant?.(),
    ...(service.proxy !== undefined && { proxy: service.proxy }),
  };
  return end(found, answer);
}

interface MadeCall {
  /** Without what the service refused. */
  readonly call: ChatCall;
  readonly reply: ChatReply;
}

/** @param problems gets what was refused, or why there is no answer */
async function firstReply(
  { request, call: asked, send }: ProbeRequest,
  problems: string[],
): Promise<MadeCall | undefined> {
  const scored = 'candidates' in request;
  let call: ChatCall = scored ? asked : { ...asked, topLogprobs: someCandidates };
  for (;;) {
    try {
      return { call, reply: await send(call) };
    } catch (error) {
      if (error instanceof ContextOverflow) {
        problems.push(
          `The prompt does not fit its context: ${error.message} Use a model with a longer context.`,
        );
        return undefined;
      }
      if (!(error instanceof ProviderError)) throw error;
      const refused = error instanceof ServiceFault && error.kind === 'refused' ? error.message : undefined;
      const sent = parts.filter(({ field }) => call[field] !== undefined);
      const part = refused === undefined ? undefined : sent.find(({ words }) => words.test(refused));
      // Services that know no log-probabilities refuse, or fail on, the request in words of their own.
      const probing = call.topLogprobs !== undefined && !scored;
      const left =
        part?.field ?? (probing && (refused !== undefined || broken(error)) ? 'topLogprobs' : undefined);
      if (left === undefined) {
        problems.push(error.message);
        return undefined;
      }
      if (part && !(left === 'topLogprobs' && probing)) {
        // A single token is not a setting.
        const remedy = scored && left === 'maxOutputTokens' ? parts[0].remedy : part.remedy;
        problems.push(`The service refuses ${part.what(call)}; ${remedy}. It says: ${error.message}`);
      }
      if (left === 'maxOutputTokens') return undefined;
      call = without(call, left);
    }
  }
}

/** What the first reply says of lettered choices, asked again where it says nothing. */
async function lettersOf(
  request: Parameters<typeof askLetters>[0],
  { call, reply: first }: MadeCall,
  send: ProbeRequest['send'],
  problems: string[],
): Promise<ScoreReply | undefined> {
  const replies: ChatReply[] = [];
  try {
    const { truncated, ...read } = await askLetters(request, call, async (next) => {
      const reply = replies.length === 0 ? first : await send(next);
      replies.push(reply);
      return reply;
    });
    const usage = totalUsage(replies.map((reply) => reply.usage));
    if (truncated) return { usage, truncated };
    if (read.distribution || replies.some(({ logprobs }) => logprobs)) return { ...read, usage };
    // Where the request for them was refused before, that has been said.
    if (call.topLogprobs !== undefined) problems.push(noLogprobs);
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    problems.push(error.message);
  }
  return undefined;
}

const noLogprobs =
  'The service returned no log-probabilities, asked twice. Set the model’s option `answer: structured`.';

function without(call: ChatCall, field: Part['field']): ChatCall {
  return { ...call, [field]: undefined };
}

/** What a provider's own code left out of the body that it put together. */
function notSent(call: ChatCall, { requestBody }: ChatReply): string[] {
  let body = requestBody;
  if (typeof body === 'string') {
    try {
      body = JSON.parse(body) as unknown;
    } catch {
      return [];
    }
  }
  if (typeof body !== 'object' || body === null) return [];
  const names = new Map<string, unknown>();
  const walk = (value: unknown, depth: number) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value) || depth > 4) return;
    for (const [name, inner] of Object.entries(value)) {
      if (typeof inner === 'number') names.set(name.toLowerCase(), inner);
      walk(inner, depth + 1);
    }
  };
  walk(body, 0);
  const holds = (name: RegExp, value: number) =>
    [...names].some(([key, held]) => name.test(key) && held === value);
  const missing: string[] = [];
  const check = (field: Part['field'], name: RegExp) => {
    const value = call[field];
    const part = parts.find((p) => p.field === field);
    if (typeof value !== 'number' || !part || holds(name, value)) return;
    missing.push(`The provider's package does not send ${part.what(call)}; ${part.remedy}.`);
  };
  check('temperature', /temperature/);
  check('seed', /seed/);
  check('maxOutputTokens', /tokens|num_?predict/);
  return missing;
}

/**
 * Some count the marks around an answer, which matters beside a single token. Reasoning beyond the limit is no reason
 * not to start: what is set aside for a call grows with it.
 */
function notHonoured(
  { maxOutputTokens }: ChatCall,
  { usage, hiddenTokens = 0 }: ChatReply,
  scored: boolean,
): string[] {
  const most = scored ? Math.max(maxOutputTokens, marksAround) : maxOutputTokens;
  const { outputTokens } = usage;
  if (outputTokens === undefined || outputTokens - hiddenTokens <= most) return [];
  return [
    `The limit of ${maxOutputTokens} output tokens did not reach the service: its answer took ${outputTokens}. ` +
      'Use a service that honours it, for a budget cannot hold without.',
  ];
}

const marksAround = 16;

/** Whether the service answered all attempts with something broken. */
function broken({ cause }: Error): boolean {
  return (
    cause instanceof ServiceFault && ['server-error', 'malformed', 'connection-lost'].includes(cause.kind)
  );
}

async function contextOf(
  { service, contextLength }: ProbeRequest,
  problems: string[],
): Promise<number | undefined> {
  if (contextLength === undefined || !service.contextLength) return undefined;
  let held: number | undefined;
  try {
    held = await service.contextLength();
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
  }
  if (held !== undefined && held < contextLength) {
    problems.push(
      `The context length ${contextLength} did not reach the service: it holds the model to ${held} tokens and cuts ` +
        `longer prompts. Set \`contextLength: ${held}\` for this model, or give the service more.`,
    );
  }
  return held;
}
