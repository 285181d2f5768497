import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { GgufRuntime } from '../../src/models/parts/gguf/runtime.ts';
import type { Token } from '../../src/models/parts/gguf/candidates.ts';

interface Asked {
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly top_logprobs: number;
}

export interface LetterService {
  /** Address up to the version. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * A model in a GGUF file behind OpenAI's chat completions, on this machine alone: one token of an answer, with the
 * likeliest candidates for it, as services give them. It is asked by `openai-compatible` with `answer: probabilities`.
 */
export async function letterService({
  conversations,
  evaluator,
  model,
}: Pick<GgufRuntime, 'conversations' | 'evaluator' | 'model'>): Promise<LetterService> {
  // Not among what the package uses of the library.
  const vocabulary = [...(model as unknown as { iterateAllTokens(): Iterable<Token> }).iterateAllTokens()];

  const answer = async ({ messages, top_logprobs }: Asked) => {
    const said = (role: string) => messages.find((message) => message.role === role)?.content ?? '';
    const asked = { prefix: said('system'), prompt: said('user') };
    const tokens = conversations.tokens(asked, '');
    const rules = conversations.rulesLength(asked.prefix, tokens);
    const probability = await evaluator.alone(tokens, rules, ({ next }) => next([]));
    const top = vocabulary
      .map((token) => [token, probability(token)] as const)
      .sort(([, a], [, b]) => b - a)
      .slice(0, top_logprobs)
      .map(([token, p]) => ({ token: model.detokenize([token], true), logprob: Math.log(p) }));
    return {
      object: 'chat.completion',
      choices: [
        {
          index: 0,
          finish_reason: 'length',
          message: { role: 'assistant', content: top[0].token },
          logprobs: { content: [{ ...top[0], top_logprobs: top }] },
        },
      ],
      usage: { prompt_tokens: tokens.length, completion_tokens: 1 },
    };
  };

  const server = createServer((request, response) => {
    const write = (status: number, value: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    bodyOf(request)
      .then((text) => answer(JSON.parse(text) as Asked))
      .then((value) => write(200, value))
      .catch((error: unknown) => write(500, { error: { message: String(error) } }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}
