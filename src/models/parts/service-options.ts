import { z } from 'zod';
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

/** Further fields of the request body, for what services have of their own (`top_p`, `reasoning_effort`, ...). */
export const bodyOption = z
  .record(z.string(), z.json())
  .default({})
  .describe('Further fields of the request body, sent as they are; they are part of a run’s hash.');
