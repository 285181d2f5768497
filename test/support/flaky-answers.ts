import { randomStream } from '../../src/core/index.ts';

/** The parts of a request that both protocols share. */
export interface ChatBody {
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly [field: string]: unknown;
}

export interface AnswerOptions {
  /** What the model says; a deterministic choice in JSON when absent. */
  readonly say?: (body: ChatBody) => string;
  readonly reportUsage?: boolean;
  /** The candidates for the first token, where log-probabilities are asked for; letters when absent. */
  readonly candidates?: readonly { readonly token: string; readonly logprob: number }[];
}

function said(body: ChatBody, { say }: AnswerOptions): string {
  if (say) return say(body);
  const lettered = body.messages.some(({ content }) => /^A: /m.test(content));
  return lettered ? 'A' : deterministicAnswer(body);
}

/** Chooses by a hash of all that was said and the seed, as a sampling model does. */
function deterministicAnswer(body: ChatBody): string {
  const { messages } = body;
  const options = body.options as { seed?: number } | undefined;
  const seed = Number(body.seed ?? options?.seed ?? 0);
  const stream = randomStream('answer', JSON.stringify(messages), seed);
  const chosen = Object.entries(choicesOf(body)).map(([name, choices]) => [name, stream.pick(choices)]);
  const confidence = Math.round(stream.next() * 100) / 100;
  return JSON.stringify({ ...Object.fromEntries(chosen), confidence });
}

/** What the answer's schema lets choose, by the name of the field. */
function choicesOf(body: ChatBody): Readonly<Record<string, readonly string[]>> {
  const { response_format: format, format: ollamaFormat } = body as {
    response_format?: { json_schema?: { schema?: unknown } };
    format?: unknown;
  };
  const schema = (ollamaFormat ?? format?.json_schema?.schema) as
    { properties: Record<string, { enum?: readonly string[] }> } | undefined;
  if (!schema) return { action: ['stay'] };
  return Object.fromEntries(
    Object.entries(schema.properties).flatMap(([name, field]) => (field.enum ? [[name, field.enum]] : [])),
  );
}

/** Log-probabilities of the letters A, B, ... as lettered choices ask for them: p is in proportion to 1, 2, 3, ... */
function letterLogprobs(body: ChatBody, { candidates: given }: AnswerOptions) {
  if (given) return [{ ...given[0], top_logprobs: given }];
  const letters = (body.messages.at(-1)?.content ?? '').match(/^[A-T](?=: )/gm) ?? [];
  const total = (letters.length * (letters.length + 1)) / 2;
  const candidates = letters.map((token, k) => ({ token, logprob: Math.log((k + 1) / total) }));
  return [{ token: letters[0] ?? '', logprob: 0, top_logprobs: candidates }];
}

export function openAiAnswer(body: ChatBody, options: AnswerOptions) {
  const content = said(body, options);
  const choice = {
    index: 0,
    message: { role: 'assistant', content },
    ...(body.logprobs === true && { logprobs: { content: letterLogprobs(body, options) } }),
    finish_reason: 'stop',
  };
  const usage = { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 };
  return {
    id: 'x',
    object: 'chat.completion',
    created: 0,
    model: body.model,
    choices: [choice],
    ...(options.reportUsage !== false && { usage }),
  };
}

export function ollamaAnswer(body: ChatBody, options: AnswerOptions) {
  return {
    model: body.model,
    message: { role: 'assistant', content: said(body, options) },
    done: true,
    done_reason: 'stop',
    ...(options.reportUsage !== false && { prompt_eval_count: 100, eval_count: 10 }),
    ...(body.logprobs === true && { logprobs: letterLogprobs(body, options) }),
  };
}
