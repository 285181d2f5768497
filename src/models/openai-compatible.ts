import { z } from 'zod';
import type { ModelDefinition } from '../contracts/index.ts';
import { InputError } from '../core/index.ts';
import { optionalApiKey, serviceUrl } from './parts/service/api-key.ts';
import { openAiChatService } from './parts/service/openai-chat-service.ts';
import { withoutSecrets } from './parts/service/secrets.ts';
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

const form = '"openai-compatible:<url>#<model>", as in "openai-compatible:http://127.0.0.1:8080/v1#my-model"';

/**
 * A model behind any server that speaks OpenAI's chat completions (llama.cpp, vLLM, LM Studio, gateways), over
 * one pool of connections. Nothing is known of it but what the study says in `facts` and `prices`.
 */
export const openaiCompatibleOptions = z.strictObject({
  url: z
    .string(`name the service: ${form}`)
    .describe('Address up to the version, as in http://127.0.0.1:8080/v1.'),
  model: z.string(`name the model: ${form}`).min(1).describe('The model’s name at the service.'),
  apiKeyVariable: z
    .string()
    .min(1)
    .optional()
    .describe('Environment variable with the key, for services that need one.'),
  maxTokensField: maxTokensFieldOption,
  ...serviceOptions,
  ...connectionOptions,
  body: bodyOption,
});
export type OpenaiCompatibleOptions = z.output<typeof openaiCompatibleOptions>;

export const openaiCompatible: ModelDefinition<OpenaiCompatibleOptions> = {
  id: 'openai-compatible',
  title: 'A model behind any server that speaks OpenAI’s chat completions: openai-compatible:<url>#<model>',
  revision: 1,
  optionsSchema: openaiCompatibleOptions,
  operationalOptions: operationalServiceOptions,
  optionsFromArgument: (argument) => {
    const hash = argument.indexOf('#');
    if (hash < 0 || hash === argument.length - 1) {
      throw new InputError(
        `The id "openai-compatible:${withoutSecrets(argument)}" names no model. Write ${form}.`,
      );
    }
    return { url: argument.slice(0, hash), model: argument.slice(hash + 1) };
  },
  create: async (options, context) => {
    const { model, limits } = options;
    const name = `openai-compatible:${options.url}#${model}`;
    const url = serviceUrl(options.url, name);
    const key = optionalApiKey(options.apiKeyVariable, name);
    refuseOwnFields(name, options.body, openAiOwnFields(options));
    const headers: Record<string, string> = key === undefined ? {} : { authorization: `Bearer ${key}` };
    const client = {
      headers,
      secrets: key === undefined ? [] : [key],
      timeoutMs: limits.timeoutMs,
      connections: limits.concurrency,
      proxy: options.proxy,
      now: () => Date.parse(context.clock.timestamp()),
    };
    const { systemRole, maxTokensField, body } = options;
    const variant = { usualMaxTokensField: 'max_tokens', maxTokensField, systemRole } as const;
    return servedModel(
      {
        name,
        service: await openAiChatService({ url, client, model, body, ...variant }),
        options,
        facts: options.facts,
        prices: options.prices,
        throttleKey: url,
        check: {
          model,
          // Servers of one model often take any name.
          listsAll: false,
          ifDown: 'Start the server, or correct the address.',
          ifMissing: 'Correct its name.',
          ifRefused: `It needs a key: name the environment variable that holds it with the option \`apiKeyVariable\`${options.apiKeyVariable === undefined ? '' : `, or check the one in ${options.apiKeyVariable}`}.`,
        },
        telemetry: { provider: 'openai-compatible', model, url },
      },
      context,
    );
  },
};
