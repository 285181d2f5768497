import type { AnswerForm, DecisionRequest, JsonObject, ModelProbe, Usage } from '../../../contracts/index.ts';
import { ProviderError, sumUsage } from '../../../contracts/index.ts';
import type { AnswerFormat } from '../answer/formats.ts';
import type { ChatCall, ChatReply, ChatService } from './chat-service.ts';
import { repairCall } from '../answer/repair.ts';
import { ContextOverflow, ServiceFault } from './fault.ts';
import type { ServiceOptions } from './options.ts';

export interface ProbeRequest {
  readonly service: ChatService;
  readonly format: AnswerFormat;
  readonly options: ServiceOptions;
  readonly request: DecisionRequest;
  /** What a decision would send. */
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
 * Asks one question as the study will, and finds out what of it reaches the service. What the service refuses is
 * left out and the question is put again, so that all of it is found; refusals cost nothing.
 */
export async function probeService(probe: ProbeRequest): Promise<ModelProbe> {
  const { format, service } = probe;
  const problems: string[] = [];
  let call: ChatCall =
    probe.call.topLogprobs === undefined ? { ...probe.call, topLogprobs: someCandidates } : probe.call;
  for (;;) {
    let reply: ChatReply;
    try {
      reply = await probe.send(call);
    } catch (error) {
      if (error instanceof ContextOverflow) {
        problems.push(`The prompt does not fit its context: ${error.message} Use a model with a longer context.`);
        return { problems, found: {}, usage: {} };
      }
      if (!(error instanceof ProviderError)) throw error;
      const refused = error instanceof ServiceFault && error.kind === 'refused' ? error.message : undefined;
      const sent = parts.filter(({ field }) => call[field] !== undefined);
      const part = refused === undefined ? undefined : sent.find(({ words }) => words.test(refused));
      // Services that know no log-probabilities refuse, or fail on, the request in words of their own.
      const probing = call.topLogprobs !== undefined && !format.exact;
      const left = part?.field ?? (probing && (refused !== undefined || broken(error)) ? 'topLogprobs' : undefined);
      if (left === undefined) return { problems: [...problems, error.message], found: {}, usage: {} };
      if (part && !(left === 'topLogprobs' && probing)) {
        // A single token is not a setting.
        const remedy = format.exact && left === 'maxOutputTokens' ? parts[0].remedy : part.remedy;
        problems.push(`The service refuses ${part.what(call)}; ${remedy}. It says: ${error.message}`);
      }
      if (left === 'maxOutputTokens') return { problems, found: {}, usage: {} };
      call = without(call, left);
      continue;
    }
    const { usage } = reply;
    problems.push(...notSent(call, reply), ...notHonoured(call, reply, format));
    const read = await answered(probe, call, reply);
    problems.push(...read.problems);
    const context = await contextOf(probe, problems);
    const found: JsonObject = {
      ...(call.temperature !== undefined && { temperature: call.temperature }),
      seed: call.seed !== undefined,
      maxOutputTokens: call.maxOutputTokens,
      ...(context !== undefined && { contextLength: context }),
      schema: call.schema !== undefined,
      logprobs: (reply.logprobs?.length ?? 0) > 0,
      answered: read.answered,
      ...(reply.from && { readFrom: reply.from }),
      ...(reply.doubt !== undefined && { counts: reply.doubt }),
      ...service.variant?.(),
      ...(service.proxy !== undefined && { proxy: service.proxy }),
    };
    return {
      problems,
      ...(read.unreadable !== undefined && { unreadable: read.unreadable }),
      found,
      usage: sumUsage([usage, read.usage]),
    };
  }
}

interface ReadProbe {
  readonly answered: boolean;
  readonly problems: readonly string[];
  readonly unreadable?: string;
  readonly usage: Usage;
}

/** Whether the answer can be read; one that cannot is asked for once more, as a decision would. */
async function answered(
  { format, request, options, send }: ProbeRequest,
  call: ChatCall,
  first: ChatReply,
): Promise<ReadProbe> {
  let reply = first;
  let usage: Usage = {};
  for (const last of [false, true]) {
    if (reply.truncated) {
      const cut = 'The service may have cut the prompt. Raise `contextLength`, or use a model with a longer context.';
      return { answered: false, problems: [cut], usage };
    }
    if (last && format.exact && !first.logprobs && !reply.logprobs) {
      // Where the request for them was refused before, that has been said.
      return { answered: false, problems: call.topLogprobs === undefined ? [] : [noLogprobs], usage };
    }
    try {
      if (format.read(reply, request)) return { answered: true, problems: [], usage };
      if (last) break;
      const again = format.exact ? call : without(call, 'topLogprobs');
      reply = await send(repairCall(again, first.text, format.repair(request)));
      usage = reply.usage;
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      return { answered: false, problems: [error.message], usage };
    }
  }
  return { answered: false, problems: [], unreadable: unreadable(reply.text, options), usage };
}

const noLogprobs =
  'The service returned no log-probabilities, asked twice. Set the model’s option `answer: structured`.';

const otherForm: Readonly<Record<AnswerForm, string>> = {
  structured: '`answer: text`',
  text: '`answer: structured`',
  probabilities: '`answer: structured`',
};

function unreadable(text: string, { answer, maxOutputTokens }: ServiceOptions): string {
  const other = `set ${otherForm[answer]} for this model`;
  if (text.trim() === '' && answer !== 'probabilities') {
    return (
      `It answered with nothing within ${maxOutputTokens} tokens. Models that reason first need more: raise ` +
      `\`maxOutputTokens\` for this model, or ${other}.`
    );
  }
  // What a model says is shown as a text, whatever it holds.
  const words = text.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim();
  const shown = JSON.stringify(words.length > longestShown ? `${words.slice(0, longestShown)}...` : words);
  const more = answer === 'probabilities' ? '' : ', raise `maxOutputTokens` if it was cut off';
  return `No answer could be read, asked twice. It said last: ${shown}. To help it: ${other}${more}, or use another model.`;
}

const longestShown = 160;

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
  const holds = (name: RegExp, value: number) => [...names].some(([key, held]) => name.test(key) && held === value);
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
function notHonoured({ maxOutputTokens }: ChatCall, { usage, hiddenTokens = 0 }: ChatReply, { exact }: AnswerFormat) {
  const most = exact ? Math.max(maxOutputTokens, marksAround) : maxOutputTokens;
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
  return cause instanceof ServiceFault && ['server-error', 'malformed', 'connection-lost'].includes(cause.kind);
}

async function contextOf({ service, contextLength }: ProbeRequest, problems: string[]): Promise<number | undefined> {
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
