import path from 'node:path';
import { z } from 'zod';
import type { ModelDefinition } from '../contracts/index.ts';
import { InputError } from '../core/index.ts';
import { countedTokens } from './parts/gguf/candidates.ts';
import { openGguf } from './parts/gguf/open.ts';

const count = z.int().positive();

/**
 * A language model in a GGUF file, run inside the process by the optional peer `node-llama-cpp` (llama.cpp): no key,
 * no server, no network. It scores exactly and writes.
 */
export const ggufOptions = z.strictObject({
  path: z
    .string('name the file, as in "gguf:./model.gguf"')
    .min(1)
    .describe('The GGUF file, from the current folder.'),
  answer: z
    .enum(['probabilities', 'structured', 'text'])
    .default('probabilities')
    .describe(
      'How it is asked to choose: by its exact probabilities, in JSON after a schema, or in plain text.',
    ),
  answerPrefix: z
    .string()
    .max(200)
    .default('Answer:')
    .describe('What its answer is begun with before the choices are scored; empty for nothing.'),
  tokens: z
    .enum(countedTokens)
    .default('telling')
    .describe(
      'Which tokens of a choice count: up to the first that tells it from the others, all, or the mean over all.',
    ),
  calibration: z
    .enum(['none', 'contextual'])
    .default('none')
    .describe('Whether probabilities are divided by those of the same question with nothing observed.'),
  order: z
    .enum(['given', 'rotated'])
    .default('given')
    .describe(
      'The order in which the choices are named: as the task has them, or beginning anywhere, drawn per question.',
    ),
  topP: z
    .number()
    .gt(0)
    .max(1)
    .default(1)
    .describe('Words are drawn from the likeliest that have this much together.'),
  stop: z.array(z.string().min(1)).max(16).default([]).describe('Texts that end what it writes.'),
  maxOutputTokens: count.max(1_000_000).default(256).describe('The most tokens of an answer in words.'),
  contextLength: count
    .min(256)
    .max(10_000_000)
    .default(4096)
    .describe('Tokens of prompt and answer together; no more than the file was trained for.'),
  batch: count
    .max(64)
    .default(1)
    .describe(
      'How many questions are evaluated together. Above 1 it writes faster, and the last digits may depend on what else is asked.',
    ),
  sequences: count
    .max(64)
    .default(4)
    .describe(
      'How many rules of tasks are kept evaluated at once; each takes memory for the whole context length.',
    ),
  threads: count
    .max(1024)
    .optional()
    .describe(
      'Threads that evaluate; the physical cores, or what `workers` allows, when absent, and never more.',
    ),
});
export type GgufOptions = z.output<typeof ggufOptions>;

export const gguf: ModelDefinition<GgufOptions> = {
  id: 'gguf',
  title: 'A language model in a GGUF file, inside the process: gguf:<path>',
  revision: 1,
  embeds: true,
  optionsSchema: ggufOptions,
  operationalOptions: ['sequences', 'threads'],
  optionsFromArgument: (argument) => {
    if (argument === '') throw new InputError('A file is missing after "gguf:", as in "gguf:./model.gguf".');
    return { path: argument };
  },
  create: (options, context) => openGguf({ ...options, path: path.resolve(options.path) }, context),
};
