import { z } from 'zod';
import { wordsOf } from './words.ts';
import type { ChatReply } from './chat-service.ts';
import { readLogprobs } from './read-logprobs.ts';
import { readUsage } from './read-usage.ts';
import { kindOfReported, reportedError, ServiceFault } from './fault.ts';

const loose = z.unknown().optional();
const words = z.object({ content: loose, reasoning_content: loose, reasoning: loose, refusal: loose });
const choice = z.object({
  message: words,
  finish_reason: loose,
  logprobs: z.object({ content: loose }).nullish().catch(undefined),
});
const completion = z.object({ choices: z.array(choice).min(1), usage: loose });

const usageCounts = z.object({
  prompt_tokens: loose,
  input_tokens: loose,
  completion_tokens: loose,
  output_tokens: loose,
  total_tokens: loose,
  reasoning_tokens: loose,
  completion_tokens_details: z.object({ reasoning_tokens: loose }).nullish().catch(undefined),
  prompt_tokens_details: z.object({ cached_tokens: loose }).nullish().catch(undefined),
});

/**
 * Reads a chat completion.
 *
 * @param asked characters that were sent
 * @throws ServiceFault for an error that was answered with a 200, and for what is no chat completion
 */
export function openAiReply(answer: unknown, asked: number): ChatReply {
  const whole = Array.isArray(answer) ? assembled(answer) : answer;
  const parsed = completion.safeParse(whole);
  if (!parsed.success) {
    const error = reportedError(whole);
    // Some gateways wrap the failure of the service behind them into a 200.
    if (error)
      throw new ServiceFault(kindOfReported(error), `The service reports: ${error.text}`, {
        status: error.status ?? 200,
      });
    const { path, message } = parsed.error.issues[0];
    throw new ServiceFault('malformed', `The answer is no chat completion (${path.join('.')}: ${message}).`);
  }
  const [{ message, finish_reason: finish, logprobs }] = parsed.data.choices;
  const { content, reasoning_content: thought, reasoning = thought, refusal } = message;
  const said = wordsOf({ content, reasoning: thought ?? reasoning, refusal, finish });
  const candidates = readLogprobs(logprobs?.content);
  const { usage, ...counted } = readUsage(countsOf(parsed.data.usage), { asked, answered: said.text.length });
  return { ...said, usage, ...counted, ...(candidates && { logprobs: candidates }) };
}

function countsOf(usage: unknown) {
  const parsed = usageCounts.safeParse(usage);
  if (!parsed.success) return {};
  const { data } = parsed;
  return {
    input: data.prompt_tokens ?? data.input_tokens,
    cached: data.prompt_tokens_details?.cached_tokens,
    output: data.completion_tokens ?? data.output_tokens,
    reasoning: data.completion_tokens_details?.reasoning_tokens ?? data.reasoning_tokens,
    total: data.total_tokens,
  };
}

type Fields = Readonly<Record<string, unknown>>;
const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};

/** One completion from the parts of a stream that nobody asked for; a whole one, or an error, among them is taken. */
function assembled(parts: readonly unknown[]): unknown {
  const whole = parts.find((part) => completion.safeParse(part).success || reportedError(part));
  if (whole !== undefined) return whole;
  const message: Record<string, string> = {};
  const tokens: unknown[] = [];
  let finish: unknown;
  let usage: unknown;
  for (const part of parts) {
    const { choices, usage: counted } = fieldsOf(part);
    usage = counted ?? usage;
    const {
      delta,
      finish_reason: ended,
      logprobs,
    } = fieldsOf(Array.isArray(choices) ? choices[0] : undefined);
    finish = ended ?? finish;
    const { content: listed } = fieldsOf(logprobs);
    if (Array.isArray(listed)) tokens.push(...(listed as unknown[]));
    for (const [name, piece] of Object.entries(fieldsOf(delta)))
      if (typeof piece === 'string' && name !== 'role') message[name] = (message[name] ?? '') + piece;
  }
  // Without its end it was cut off on the way.
  if (finish === undefined || finish === null) return undefined;
  return {
    choices: [{ message, finish_reason: finish, logprobs: tokens.length > 0 ? { content: tokens } : null }],
    usage,
  };
}
