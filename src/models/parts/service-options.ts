import { z } from 'zod';
import { type JsonObject } from '../../contracts/index.ts';
import { InputError } from '../../core/index.ts';
import { answerForms } from '../../contracts/index.ts';

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

/** None of these changes what a model answers. */
export const operationalServiceOptions = ['facts', 'prices', 'limits', 'apiKeyVariable'] as const;

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
  };
}

/** The same for OpenAI's protocol. */
export function openAiOwnFields(options: ServiceOptions): Record<string, string> {
  const limit = 'Use the option `maxOutputTokens`.';
  return {
    ...ownFields(options),
    max_tokens: limit,
    max_completion_tokens: limit,
    response_format: 'Use the option `answer`.',
    n: 'One answer is asked for.',
  };
}

/** Further fields of the request body, for what services have of their own (`top_p`, `reasoning_effort`, ...). */
export const bodyOption = z
  .record(z.string(), z.json())
  .default({})
  .describe('Further fields of the request body, sent as they are; they are part of a run’s hash.');
