import { z } from 'zod';
import type { JsonObject } from '../../../contracts/index.ts';
import { type ChatCall, type ChatService, charactersOf } from './chat-service.ts';
import { jsonClient, type JsonClientOptions } from './json-client.ts';
import { openAiReply } from './openai-answer.ts';
import { ContextOverflow, isOverflow, type ServiceFault } from './fault.ts';
import {
  adapting,
  messagesFor,
  notThere,
  type SystemRole,
  systemRoleVariation,
  type Variation,
} from './variants.ts';

/** OpenAI's newer models refuse `max_tokens`, many other servers know nothing else. */
export const maxTokensFields = ['max_tokens', 'max_completion_tokens'] as const;
export type MaxTokensField = (typeof maxTokensFields)[number];

export interface OpenAiChatOptions {
  /** Address up to the version, as in http://127.0.0.1:8080/v1. */
  readonly url: string;
  readonly client: Omit<JsonClientOptions, 'baseUrl'>;
  readonly model: string;
  /** The field that is tried first; the other is, where a service refuses it. */
  readonly usualMaxTokensField: MaxTokensField;
  /** The field as the study fixes it. */
  readonly maxTokensField?: MaxTokensField;
  /** Whether there is a system role, as the study fixes it; otherwise it is found out. */
  readonly systemRole?: boolean;
  /** Further fields of the body, as they are. */
  readonly body: JsonObject;
}

/** How a service wants the protocol. */
interface Variant extends SystemRole {
  /** Of the path, before `/chat/completions`. */
  readonly version: string;
  readonly maxTokensField: MaxTokensField;
}

const modelList = z.object({ data: z.array(z.object({ id: z.string() })) });

/** The chat completions protocol of OpenAI, which most servers speak, each in its own variant. */
export async function openAiChatService(options: OpenAiChatOptions): Promise<ChatService> {
  const { model, body, usualMaxTokensField } = options;
  const { root, version } = addressOf(options.url);
  const client = await jsonClient({ ...options.client, baseUrl: root });
  const usual: Variant = {
    version,
    maxTokensField: options.maxTokensField ?? usualMaxTokensField,
    systemRole: options.systemRole ?? true,
  };
  const dialect = adapting(usual, [
    { instead: otherVersion },
    ...(options.maxTokensField === undefined ? [{ instead: otherField }] : []),
    ...systemRoleVariation<Variant>(options.systemRole),
  ]);
  return {
    send: async (call, signal) => {
      try {
        return await dialect.send(async (variant) => {
          const fields = { ...chatBody(call, model, variant), ...body };
          const { answer, sent } = await client.post(`${variant.version}/chat/completions`, fields, signal);
          return { ...openAiReply(answer, charactersOf(call)), sent };
        });
      } catch (error) {
        throw isOverflow(error) ? new ContextOverflow(error.message) : error;
      }
    },
    models: async (signal) => {
      const list = adapting(dialect.current, [{ instead: otherVersion }]);
      const listed = modelList.safeParse(
        await list.send((variant) => client.get(`${variant.version}/models`, signal)),
      );
      return listed.success ? listed.data.data.map(({ id }) => id) : undefined;
    },
    variant: () => {
      const { version: found, maxTokensField, systemRole } = dialect.current;
      return {
        ...(found !== version && { address: root + found }),
        ...(maxTokensField !== usualMaxTokensField && { maxTokensField }),
        ...(!systemRole && { systemRole }),
      };
    },
    ...(client.proxy !== undefined && { proxy: client.proxy }),
    close: () => client.close(),
  };
}

/** The address in two parts: people write it with the version or without, and some with the path as well. */
function addressOf(url: string): { readonly root: string; readonly version: string } {
  const [, root, version = ''] = /^(.*?)(\/v\d+)?$/.exec(url.replace(/\/chat\/completions$/, '')) ?? [];
  return { root, version };
}

const otherVersion: Variation<Variant>['instead'] = (fault, variant) =>
  notThere(fault) ? { ...variant, version: variant.version === '' ? '/v1' : '' } : undefined;

function otherField(fault: ServiceFault, variant: Variant): Variant | undefined {
  if (fault.kind !== 'refused') return undefined;
  const [other] = maxTokensFields.filter((field) => field !== variant.maxTokensField);
  const names = (field: string) => new RegExp(`\\b${field}\\b`).test(fault.message);
  // Of a limit that is too large, too, the field is named; then it is no other field that helps.
  const unknown =
    /unsupported|not supported|unknown|unrecogni[sz]ed|unexpected|not permitted|not allowed|deprecated|instead/i;
  if (!names(variant.maxTokensField) && !names(other)) return undefined;
  return unknown.test(fault.message) ? { ...variant, maxTokensField: other } : undefined;
}

function chatBody(call: ChatCall, model: string, variant: Variant) {
  const { maxOutputTokens, temperature, seed, schema, topLogprobs } = call;
  return {
    model,
    messages: messagesFor(call, variant),
    temperature,
    seed,
    [variant.maxTokensField]: maxOutputTokens,
    ...(schema && {
      response_format: { type: 'json_schema', json_schema: { name: 'answer', strict: true, schema } },
    }),
    ...(topLogprobs !== undefined && { logprobs: true, top_logprobs: topLogprobs }),
  };
}
