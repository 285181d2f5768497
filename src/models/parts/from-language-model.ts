import type {
  LanguageModelV3,
  LanguageModelV3CallOptions,
  LanguageModelV3GenerateResult,
  SharedV3ProviderOptions,
} from '@ai-sdk/provider';
import { z } from 'zod';
import type { JsonObject, ModelDefinition, ModelFacts } from '../../contracts/index.ts';
import { AgentMeshError, InputError, sha256 } from '../../core/index.ts';
import { secretCutter, secretsOfEnvironment } from './service/secrets.ts';
import { wordsOf } from './service/words.ts';
import { type ChatCall, charactersOf, type ChatReply, type ChatService } from './service/chat-service.ts';
import type { Prices } from './service/known-models.ts';
import { readUsage } from './service/read-usage.ts';
import { retryAfterMs } from './service/retry-after.ts';
import { servedModel } from './service/served-model.ts';
import {
  ContextOverflow,
  gist,
  isOverflow,
  kindOfConnectionError,
  kindOfReported,
  kindOfStatus,
  reportedError,
  ServiceFault,
} from './service/fault.ts';
import { operationalServiceOptions, serviceOptions } from './service/options.ts';
import { adapting, messagesFor, type SystemRole, systemRoleVariation } from './service/variants.ts';

export interface LanguageModelSetup {
  /** How tables call it; `<provider>:<model>` when absent. */
  readonly id?: string;
  /** What is known of it; a study overrides it with the option `facts`. */
  readonly facts?: ModelFacts;
  readonly prices?: Prices;
  /** Settings of the provider's own, sent with every request; part of every run's hash. */
  readonly providerOptions?: SharedV3ProviderOptions;
}

export const languageModelOptions = z.strictObject(serviceOptions);
export type LanguageModelOptions = z.output<typeof languageModelOptions>;

/**
 * Any language model of the AI SDK (specification v3) as a model of a study, for TypeScript study files.
 * Retries, limits and costs are ours; a setting that its provider says it ignores is an error, not a warning.
 *
 * @example
 * import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
 * const local = createOpenAICompatible({ name: 'local', baseURL: 'http://127.0.0.1:8080/v1' });
 * export default { name: 'mine', models: [fromLanguageModel(local('my-model'))], ... };
 */
export function fromLanguageModel(
  model: LanguageModelV3,
  { id = `${model.provider}:${model.modelId}`, facts, prices, providerOptions }: LanguageModelSetup = {},
): ModelDefinition<LanguageModelOptions> {
  return {
    id,
    title: `${model.modelId} of ${model.provider}, through the AI SDK`,
    revision: 1,
    optionsSchema: languageModelOptions,
    operationalOptions: operationalServiceOptions,
    create: async (options, context) => {
      if (model.specificationVersion !== 'v3') {
        throw new InputError(
          `The model "${id}" implements version ${String(model.specificationVersion)} of the AI SDK's language ` +
            'models, but v3 is needed. Install a provider package for AI SDK 6.',
        );
      }
      if (options.answer === 'probabilities') {
        throw new InputError(
          `The model "${id}" cannot answer with probabilities: the AI SDK does not pass log-probabilities on in a ` +
            'common form. Set `answer: structured`, or use openai-compatible.',
        );
      }
      const now = () => Date.parse(context.clock.timestamp());
      return servedModel(
        {
          name: id,
          service: languageModelService(model, options, providerOptions, now),
          options,
          facts: { ...facts, ...options.facts },
          prices: options.prices ?? prices,
          fingerprint: {
            provider: model.provider,
            model: model.modelId,
            ...(providerOptions && { providerOptions: providerOptions as JsonObject }),
          },
          throttleKey: id,
          telemetry: { provider: model.provider, model: model.modelId },
        },
        context,
      );
    },
  };
}

function languageModelService(
  model: LanguageModelV3,
  { limits: { timeoutMs }, systemRole: setting }: LanguageModelOptions,
  providerOptions: SharedV3ProviderOptions | undefined,
  now: () => number,
): ChatService {
  const dialect = adapting<SystemRole>({ systemRole: setting ?? true }, systemRoleVariation(setting));
  return {
    variant: () => (dialect.current.systemRole ? {} : { systemRole: false }),
    send: (call, signal) =>
      dialect.send((variant) => attempt({ ...call, messages: messagesFor(call, variant) }, signal)),
    close: async () => {},
  };

  async function attempt(call: ChatCall, signal: AbortSignal | undefined): Promise<ChatReply> {
    signal?.throwIfAborted();
    const cancel = new AbortController();
    const onAbort = () => cancel.abort(signal?.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
    const late = new ServiceFault('timeout', `The model did not answer within ${timeoutMs / 1000} s.`);
    const timer = setTimeout(() => cancel.abort(late), timeoutMs);
    // Keys are the provider's business, so any of the environment's may be among what it says.
    const redact = secretCutter(secretsOfEnvironment());
    try {
      const result = await model.doGenerate({
        ...callOptions(call),
        abortSignal: cancel.signal,
        ...(providerOptions && { providerOptions }),
      });
      refuseIgnoredSettings(result, call);
      return reply(result, redact, charactersOf(call));
    } catch (error) {
      if (cancel.signal.aborted) throw cancel.signal.reason;
      const fault = error instanceof ServiceFault ? error : faultOf(error, redact, now());
      throw isOverflow(fault) ? new ContextOverflow(fault.message) : fault;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    }
  }
}

function callOptions(call: ChatCall): LanguageModelV3CallOptions {
  const { messages, maxOutputTokens, temperature, seed, schema } = call;
  return {
    prompt: messages.map(({ role, content }) =>
      role === 'system' ? { role, content } : { role, content: [{ type: 'text', text: content }] },
    ),
    maxOutputTokens,
    temperature,
    seed,
    ...(schema && {
      responseFormat: { type: 'json', name: 'answer', schema },
    }),
  };
}

/** What the provider dropped would make the study lie about what was sent. */
function refuseIgnoredSettings({ warnings }: LanguageModelV3GenerateResult, call: ChatCall) {
  const remedies: Readonly<Record<string, string>> = {
    ...(call.temperature !== undefined && { temperature: '`temperature: provider-default`' }),
    ...(call.seed !== undefined && { seed: '`seed: provider-default`' }),
    ...(call.schema && { responseFormat: '`answer: text`' }),
    maxOutputTokens: 'another model',
  };
  for (const warning of warnings) {
    if (warning.type !== 'unsupported' || !Object.hasOwn(remedies, warning.feature)) continue;
    throw new ServiceFault(
      'refused',
      `The provider does not send ${warning.feature}${warning.details ? ` (${warning.details})` : ''}. ` +
        `If that is what you want, set ${remedies[warning.feature]} for this model.`,
    );
  }
}

function reply(
  result: LanguageModelV3GenerateResult,
  redact: (text: string) => string,
  asked: number,
): ChatReply {
  const { content: parts, finishReason, usage: reported } = result;
  const of = (type: 'text' | 'reasoning') =>
    parts.flatMap((part) => (part.type === type ? [part.text] : [])).join('');
  if (finishReason.unified === 'error')
    throw new ServiceFault('server-error', `The model stopped with an error: ${gist(redact(of('text')))}`);
  const said = wordsOf({
    content: redact(of('text')),
    reasoning: redact(of('reasoning')),
    finish: finishReason.unified,
  });
  const { usage, ...counted } = readUsage(
    {
      input: reported.inputTokens.total,
      output: reported.outputTokens.total,
      reasoning: reported.outputTokens.reasoning,
      total: reported.raw?.total_tokens,
    },
    { asked, answered: said.text.length },
  );
  const body = result.request?.body;
  return {
    ...said,
    usage,
    ...counted,
    ...(body !== undefined && {
      requestBody: body,
      sent: sha256(typeof body === 'string' ? body : JSON.stringify(body)),
    }),
  };
}

/** The AI SDK's errors by their names, so that any copy of the SDK is understood. */
function faultOf(error: unknown, redact: (text: string) => string, now: number): ServiceFault {
  if (!(error instanceof Error)) return new ServiceFault('server-error', redact(String(error)));
  const { name, message, cause } = error;
  const { statusCode, responseBody = '', responseHeaders = {} } = error as Partial<ApiCallError>;
  const said = redact(`${message}${responseBody === '' ? '' : `: ${gist(responseBody)}`}`);
  // Models of this package say what is wrong with a request; asking again would not help.
  if (error instanceof AgentMeshError) return new ServiceFault('refused', said);
  if (name === 'AI_APICallError' && statusCode !== undefined) {
    const body = valueOf(responseBody);
    const reported = statusCode < 300 ? reportedError(body) : undefined;
    const kind =
      statusCode >= 300 ? kindOfStatus(statusCode, body) : reported ? kindOfReported(reported) : 'malformed';
    const retryAfter = retryAfterMs(responseHeaders, now, body);
    return new ServiceFault(kind, `The service answered ${statusCode}: ${said}`, {
      status: statusCode,
      ...(retryAfter !== undefined && { retryAfterMs: retryAfter }),
    });
  }
  if (/^AI_(JSONParse|TypeValidation|InvalidResponseData|EmptyResponseBody|NoContentGenerated)/.test(name))
    return new ServiceFault('malformed', said);
  if (/^AI_(?!APICall)/.test(name)) return new ServiceFault('refused', said);
  return new ServiceFault(kindOfConnectionError(codeOf(error) ?? codeOf(cause) ?? ''), said);
}

function valueOf(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
}

interface ApiCallError {
  readonly statusCode: number;
  readonly responseBody: string;
  readonly responseHeaders: Record<string, string>;
}

/** The system's code of an error or of what caused it. */
function codeOf(error: unknown): string | undefined {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    const { code } = at as { code?: unknown };
    if (typeof code === 'string') return code;
  }
  return undefined;
}
