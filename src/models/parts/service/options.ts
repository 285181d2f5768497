import { z } from 'zod';
import { type JsonObject } from '../../../contracts/index.ts';
import { InputError } from '../../../core/index.ts';
import { answerForms } from '../../../contracts/index.ts';
import { maxTokensFields } from './openai-chat-service.ts';
import { proxyUses } from './proxy.ts';

const settingSource = (what: string) =>
  z
    .enum(['study', 'provider-default'])
    .default('study')
    .describe(`${what}: sent as the study says, or left to the service.`);

const count = z.int().positive();

/** Options that every served model has. */
export const serviceOptions = {
  answer: z
    .enum(answerForms)
    .default('structured')
    .describe(
      'How it is asked: JSON after a schema, plain text, or the log-probabilities of lettered choices.',
    ),
  temperature: settingSource('Temperature'),
  seed: settingSource('Seed'),
  systemRole: z
    .boolean()
    .optional()
    .describe(
      'Whether the rules go as a system message; false puts them at the head of the first user message. Absent: as ' +
        'the service takes it.',
    ),
  maxOutputTokens: count.max(1_000_000).default(1024).describe('The most tokens of an answer.'),
  facts: z
    .strictObject({
      parameters: z.strictObject({ total: count.optional(), active: count.optional() }).optional(),
      architecture: z.enum(['dense', 'moe']).optional(),
      contextLength: count.optional(),
    })
    .default({})
    .describe('What is known of the model; overrides what the package knows.'),
  prices: z
    .strictObject({ input: z.number().min(0), output: z.number().min(0) })
    .optional()
    .describe('US dollars per million tokens; overrides what the package knows.'),
  limits: z
    .strictObject({
      concurrency: count.max(4096).default(64).describe('The most requests at once.'),
      requestsPerMinute: z.number().positive().optional(),
      tokensPerMinute: z.number().positive().optional(),
      timeoutMs: count.max(3_600_000).default(120_000).describe('The longest that one attempt may take.'),
      attempts: count.max(1000).default(12).describe('Attempts before a request counts as failed.'),
      patienceMs: count
        .max(86_400_000)
        .default(900_000)
        .describe('The longest that one request may take with all its attempts and waits.'),
    })
    .prefault({})
    .describe('How hard the service may be pressed, and how patiently.'),
};

/** Options of models that are reached over our own connections. */
export const connectionOptions = {
  proxy: z
    .enum(proxyUses)
    .default('environment')
    .describe(
      'Proxies: as HTTP_PROXY, HTTPS_PROXY and NO_PROXY say, but none to this machine itself; always, also to it; never.',
    ),
};

/** The field of OpenAI's protocol that limits an answer. */
export const maxTokensFieldOption = z
  .enum(maxTokensFields)
  .optional()
  .describe('The field that limits an answer. Absent: the one that the service takes.');

/** None of these changes what a model answers. */
export const operationalServiceOptions = [
  'facts',
  'prices',
  'limits',
  'apiKeyVariable',
  'proxy',
  'maxTokensField',
] as const;

export type ServiceOptions = z.output<z.ZodObject<typeof serviceOptions>>;

/**
 * Fields of a request's body that are put together here: given in `body` as well, one of the two would not be sent.
 * @throws InputError naming the field and the option that it belongs to
 */
export function refuseOwnFields(
  model: string,
  body: JsonObject,
  own: Readonly<Record<string, string>>,
  where = 'body',
): void {
  for (const [field, remedy] of Object.entries(own)) {
    if (!Object.hasOwn(body, field)) continue;
    throw new InputError(`The model "${model}" has \`${field}\` in its option \`${where}\`. ${remedy}`);
  }
}

/** What `refuseOwnFields` says of fields that every protocol has. */
export function ownFields({ temperature, seed }: ServiceOptions): Record<string, string> {
  const setting = (name: string) =>
    `The study's ${name} is sent already: leave it out here, or set \`${name}: provider-default\`.`;
  const given = 'It is sent already: leave it out here.';
  return {
    model: given,
    messages: given,
    stream: given,
    logprobs: 'Use the option `answer`.',
    top_logprobs: 'Use the option `answer`.',
    ...(temperature === 'study' && { temperature: setting('temperature') }),
    ...(seed === 'study' && { seed: setting('seed') }),
    ...Object.fromEntries(keyFields.map((field) => [field, keysElsewhere])),
  };
}

/** Fields that hold keys: what stands in a body stands in definitions and recordings too. */
const keyFields = ['api_key', 'apiKey', 'api-key', 'authorization', 'Authorization', 'access_token'];
const keysElsewhere = 'Keys come from the environment: name the variable with the option `apiKeyVariable`.';

/** The same for OpenAI's protocol. */
export function openAiOwnFields(options: ServiceOptions): Record<string, string> {
  const limit = 'Use the option `maxOutputTokens`.';
  return {
    ...ownFields(options),
    max_tokens: limit,
    max_completion_tokens: `${limit} The field is its \`maxTokensField\`.`,
    response_format: 'Use the option `answer`.',
    n: 'One answer is asked for.',
  };
}

/** Further fields of the request body, for what services have of their own (`top_p`, `reasoning_effort`, ...). */
export const bodyOption = z
  .record(z.string(), z.json())
  .default({})
  .describe('Further fields of the request body, sent as they are; they are part of a run’s hash.');
