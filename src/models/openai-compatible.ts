import { z } from 'zod';
import type { ModelDefinition } from '../contracts/index.ts';
import { InputError } from '../core/index.ts';
import { optionalApiKey, serviceUrl } from './parts/api-key.ts';
import { jsonClient } from './parts/json-client.ts';
import { openAiChatService } from './parts/openai-chat-service.ts';
import { servedModel } from './parts/served-model.ts';
import {
  bodyOption,
  openAiOwnFields,
  operationalServiceOptions,
  refuseOwnFields,
  serviceOptions,
} from './parts/service-options.ts';

const form = '"openai-compatible:<url>#<model>", as in "openai-compatible:http://127.0.0.1:8080/v1#my-model"';

/**
 * A model behind any server that speaks OpenAI's chat completions (llama.cpp, vLLM, LM Studio, gateways), over
 * one pool of connections. Nothing is known of it but what the study says in `facts` and `prices`.
 */
export const openaiCompatibleOptions = z.strictObject({
  url: z.string(`name the service: ${form}`).describe('Address up to the version, as in http://127.0.0.1:8080/v1.'),
  model: z.string(`name the model: ${form}`).min(1).describe('The model’s name at the service.'),
  apiKeyVariable: z
    .string()
    .min(1)
    .optional()
    .describe('Environment variable with the key, for services that need one.'),
  ...serviceOptions,
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
      throw new InputError(`The id "openai-compatible:${argument}" names no model. Write ${form}.`);
    }
    return { url: argument.slice(0, hash), model: argument.slice(hash + 1) };
  },
  create: async (options, context) => {
    const { model, limits } = options;
    const name = `openai-compatible:${options.url}#${model}`;
    const url = serviceUrl(options.url, name);
    const key = optionalApiKey(options.apiKeyVariable, name);
    refuseOwnFields(name, options.body, openAiOwnFields(options));
    const client = await jsonClient({
      baseUrl: url,
      headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
      secrets: key === undefined ? [] : [key],
      timeoutMs: limits.timeoutMs,
      connections: limits.concurrency,
      now: () => Date.parse(context.clock.timestamp()),
    });
    return servedModel(
      {
        name,
        service: openAiChatService({ client, model, outputTokensField: 'max_tokens', body: options.body }),
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
