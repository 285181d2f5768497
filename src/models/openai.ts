import { z } from 'zod';
import type { ModelDefinition } from '../contracts/index.ts';
import { InputError } from '../core/index.ts';
import { apiKey, serviceUrl } from './parts/service/api-key.ts';
import { knownModel } from './parts/service/known-models.ts';
import { openAiChatService } from './parts/service/openai-chat-service.ts';
import { servedModel } from './parts/service/served-model.ts';
import {
  bodyOption,
  connectionOptions,
  maxTokensFieldOption,
  openAiOwnFields,
  operationalServiceOptions,
  refuseOwnFields,
  serviceOptions,
} from './parts/service/options.ts';

/**
 * A model of OpenAI over the chat completions API. The key comes from OPENAI_API_KEY.
 *
 * Reasoning models take no temperature: give them `temperature: provider-default`, and as many
 * `maxOutputTokens` as their reasoning needs.
 */
export const openaiOptions = z.strictObject({
  model: z.string('name the model, as in "openai:gpt-5-mini"').min(1).describe('The model’s name at OpenAI.'),
  url: z.string().default('https://api.openai.com/v1').describe('Address of the API.'),
  apiKeyVariable: z.string().min(1).default('OPENAI_API_KEY').describe('Environment variable with the key.'),
  maxTokensField: maxTokensFieldOption,
  ...serviceOptions,
  ...connectionOptions,
  body: bodyOption,
});
export type OpenaiOptions = z.output<typeof openaiOptions>;

export const openai: ModelDefinition<OpenaiOptions> = {
  id: 'openai',
  title: 'A model of OpenAI, with the key in OPENAI_API_KEY: openai:<model>',
  revision: 1,
  optionsSchema: openaiOptions,
  operationalOptions: operationalServiceOptions,
  optionsFromArgument: (argument) => {
    if (argument === '')
      throw new InputError('A model is missing after "openai:", as in "openai:gpt-5-mini".');
    return { model: argument };
  },
  create: async (options, context) => {
    const { model, limits } = options;
    const name = `openai:${model}`;
    const known = knownModel('openai', model);
    const url = serviceUrl(options.url, name);
    const key = apiKey(options.apiKeyVariable, name);
    refuseOwnFields(name, options.body, openAiOwnFields(options));
    const client = {
      headers: { authorization: `Bearer ${key}` },
      secrets: [key],
      timeoutMs: limits.timeoutMs,
      connections: limits.concurrency,
      proxy: options.proxy,
      now: () => Date.parse(context.clock.timestamp()),
    };
    const { systemRole, maxTokensField, body } = options;
    const variant = { usualMaxTokensField: 'max_completion_tokens', maxTokensField, systemRole } as const;
    return servedModel(
      {
        name,
        service: await openAiChatService({ url, client, model, body, ...variant }),
        options,
        facts: { ...known?.facts, ...options.facts },
        prices: options.prices ?? known?.prices,
        // OpenAI counts its limits per model.
        throttleKey: `${url}#${model}`,
        check: {
          model,
          listsAll: true,
          ifDown: 'Check the connection to the internet and status.openai.com.',
          ifMissing: 'Correct its name, or ask for access to it.',
          ifRefused: `Check the key in ${options.apiKeyVariable}.`,
        },
        telemetry: { provider: 'openai', model, url },
      },
      context,
    );
  },
};
