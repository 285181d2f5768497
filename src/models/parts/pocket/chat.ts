import { randomInt } from 'node:crypto';
import { InputError, randomStream } from '../../../core/index.ts';
// Not from the index: the thread that talks to clients need not load the tensor engine.
import { Tokeniser } from '../../../nn/tokeniser.ts';
import type { ChatMessage, TokenCandidate } from '../service/chat-service.ts';
import type { ChoiceSchema } from './choice-schema.ts';
import type { ModelCard, PocketFiles } from './files.ts';
import type { PocketPool } from './pool.ts';
import { logSoftmax, sampleIndex, type SamplingSettings } from '../service/sampling.ts';
import { textSoFar } from '../service/stop-text.ts';

/** What an embedded model is asked to write. */
export interface ChatRequest {
  /** System messages are read as the shared prefix, the others in their order as the prompt. */
  readonly messages: readonly ChatMessage[];
  readonly sampling: SamplingSettings;
  /** The same request with the same seed has the same answer; drawn anew when absent. */
  readonly seed?: number;
  /** The most tokens to write; as many as the context has room for when absent. */
  readonly maxOutputTokens?: number;
  /** The most tokens of prompt and answer together, if fewer than the model's own. */
  readonly contextLength?: number;
  /** The answer ends before the first of these texts. */
  readonly stop: readonly string[];
  /** Holds the answer to one of several texts. */
  readonly choice?: ChoiceSchema;
  /** Goes on after the end of an answer, until tokens or context end. */
  readonly ignoreEnd?: boolean;
  /** Names that many candidates for every token. */
  readonly topLogprobs: number;
}

/** A token that was written, with what could have been written instead, at temperature 1. */
export interface WrittenToken extends TokenCandidate {
  readonly candidates: readonly TokenCandidate[];
  /** True of what a schema left no choice about. */
  readonly fixed?: true;
}

/** A piece of an answer. */
export interface ChatPiece {
  readonly text: string;
  readonly tokens: readonly WrittenToken[];
}

export interface ChatEnding {
  readonly reason: 'stop' | 'length';
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** The prompt does not fit. */
export class PromptTooLong extends InputError {}

/** An embedded model that writes text; everything that it writes is drawn from its weights. */
export interface PocketChat {
  readonly card: ModelCard;
  /**
   * @throws PromptTooLong before the first piece; InputError when the choices cannot be told apart or do not fit
   */
  write(request: ChatRequest, signal?: AbortSignal): AsyncGenerator<ChatPiece, ChatEnding>;
  close(): Promise<void>;
}

/**
 * Lets an embedded model write. Text is drawn token by token; an answer ends where those that the model learned
 * from end: after one phrase of the vocabulary, or after the end token behind spelled words.
 *
 * A choice among texts is drawn from their exact probabilities, renormalised.
 */
export function pocketChat({ card, network }: PocketFiles, pool: PocketPool): PocketChat {
  const tokeniser = new Tokeniser(network.vocabulary);
  const { context } = network;

  const readingOf = ({ messages, contextLength = Infinity }: ChatRequest) => {
    const of = (system: boolean) =>
      messages.flatMap(({ role, content }) => ((role === 'system') === system ? [content] : [])).join('\n');
    const prefix = of(true);
    const prompt = of(false);
    const prefixTokens = tokeniser.encode(prefix).length;
    const promptTokens = Math.max(1, tokeniser.encode(prompt).length);
    if (prefixTokens > context.prefix) throw tooLong(context, 'system messages', prefixTokens);
    if (promptTokens > context.prompt) throw tooLong(context, 'other messages', promptTokens);
    const inputTokens = prefixTokens + promptTokens;
    if (inputTokens >= contextLength) throw tooShort(contextLength, inputTokens + 1);
    const room = Math.min(context.prompt - promptTokens + 1, contextLength - inputTokens);
    return { prefix, prompt, promptTokens, inputTokens, room };
  };

  return {
    card,
    write: async function* (request, signal) {
      const reading = readingOf(request);
      // The texts are part of the stream's name, so that a client's fixed seed does not tie its answers together.
      const { prefix, prompt } = reading;
      const seed = request.seed ?? randomInt(2 ** 47);
      const stream = randomStream('reply', card.weights, seed, prefix, prompt);
      return yield* request.choice ? choose(request, request.choice, reading) : speak(request, reading);

      async function* choose(
        asked: ChatRequest,
        { choices, fields }: ChoiceSchema,
        { promptTokens, inputTokens, room }: typeof reading,
      ): AsyncGenerator<ChatPiece, ChatEnding> {
        const { sampling, maxOutputTokens = Infinity, topLogprobs } = asked;
        const tokens = choices.map((choice) => tokeniser.encodeAnswer(choice));
        refuseTwins(card.id, choices, tokens);
        const longest = Math.max(...tokens.map((ids) => ids.length));
        if (longest > room) {
          const needed = promptTokens + longest - 1;
          if (needed <= context.prompt) throw tooShort(inputTokens + room, inputTokens + longest);
          throw tooLong(context, 'other messages with the longest choice', needed);
        }
        const texts = (fields ?? []).filter(({ holds }) => holds === 'text');
        const least = longest + texts.length;
        if (least > maxOutputTokens) {
          throw new InputError(
            `The longest answer takes at least ${least} tokens, but it may have ${maxOutputTokens}. Allow ${least}.`,
          );
        }
        const { distribution } = await pool.answer(
          { prefix, prompt, actions: choices, temperature: 1 },
          signal,
        );
        const logs = distribution.map(Math.log);
        const { index, probability } = sampleIndex(logs, sampling, stream);
        const left = maxOutputTokens - longest;
        let outputTokens = tokens[index].length;
        const line = answerLine(topLogprobs > 0);
        const choose = () =>
          line.quoted([
            {
              token: escaped(choices[index]),
              logprob: logs[index],
              candidates: ranked(logs, topLogprobs, (k) => escaped(choices[k])),
            },
          ]);
        if (!fields) choose();
        for (const [k, { name, holds }] of (fields ?? []).entries()) {
          line.certain(`${k === 0 ? '{' : ','}${JSON.stringify(name)}:`);
          if (holds === 'choice') choose();
          else if (holds === 'confidence') line.certain(String(rounded(probability)));
          else {
            // Written as if alone: these models have not learned to speak and then to choose.
            const most = Math.floor(left / texts.length);
            const said = await written(speak({ ...asked, stop: [], maxOutputTokens: most }, reading));
            line.quoted(said.tokens, said.text);
            outputTokens += said.ending.outputTokens;
          }
        }
        if (fields) line.certain('}');
        yield line.end();
        return { reason: 'stop', inputTokens, outputTokens };
      }

      async function* speak(
        { sampling, maxOutputTokens = Infinity, stop, topLogprobs, ignoreEnd = false }: ChatRequest,
        { room, inputTokens }: typeof reading,
      ): AsyncGenerator<ChatPiece, ChatEnding> {
        const most = Math.min(maxOutputTokens, room);
        const text = textSoFar(stop);
        const said: number[] = [];
        let held: WrittenToken[] = [];
        let reason: ChatEnding['reason'] = 'length';
        while (said.length < most) {
          const { logits } = await pool.answer({ prefix, prompt, said }, signal);
          // Padding is no token; the end is none where it is to be ignored.
          logits[tokeniser.padding] = -Infinity;
          if (ignoreEnd) logits[tokeniser.end] = -Infinity;
          const logs = logSoftmax(logits);
          const { index } = sampleIndex(logs, sampling, stream);
          said.push(index);
          const name = (id: number) => tokeniser.name(id);
          held.push({
            token: name(index),
            logprob: logs[index],
            candidates: ranked(logs, topLogprobs, name),
          });
          const { fresh, stopped } = text.grow(tokeniser.decode(said));
          if (fresh !== '' && !stopped) {
            yield { text: fresh, tokens: held };
            held = [];
          }
          const ended =
            index === tokeniser.end || (said.length === 1 && tokeniser.closes(index) && !ignoreEnd);
          if (stopped || ended) {
            reason = 'stop';
            if (stopped) yield { text: fresh, tokens: held };
            held = [];
            break;
          }
        }
        const rest = reason === 'stop' && text.stopped ? '' : text.rest();
        if (rest !== '' || held.length > 0) yield { text: rest, tokens: held };
        return { reason, inputTokens, outputTokens: said.length };
      }
    },
    close: () => pool.close(),
  };
}

/** Six significant digits; float32 holds no more. */
const rounded = (p: number): number => Number(p.toPrecision(6));
/** A text as it stands between the quotes of JSON. */
const escaped = (text: string): string => JSON.stringify(text).slice(1, -1);

/** Puts an answer together from what a schema fixes and what was drawn. */
function answerLine(withCandidates: boolean) {
  let text = '';
  const tokens: WrittenToken[] = [];
  const certain = (fixed: string) => {
    const last = tokens.at(-1);
    text += fixed;
    // What is fixed is one token, wherever it comes from.
    const token = last?.fixed ? (tokens.pop(), last.token + fixed) : fixed;
    tokens.push({
      token,
      logprob: 0,
      candidates: withCandidates ? [{ token, logprob: 0 }] : [],
      fixed: true,
    });
  };
  return {
    certain,
    /** Tokens between quotes; `whole` when the text is more than its tokens in a row. */
    quoted: (drawn: readonly WrittenToken[], whole?: string) => {
      certain('"');
      text += whole === undefined ? drawn.map(({ token }) => token).join('') : escaped(whole);
      tokens.push(...drawn);
      certain('"');
    },
    end: (): ChatPiece => ({ text, tokens }),
  };
}

/** Everything at once. */
export async function written(
  pieces: AsyncGenerator<ChatPiece, ChatEnding>,
): Promise<ChatPiece & { readonly ending: ChatEnding }> {
  let text = '';
  const tokens: WrittenToken[] = [];
  for (;;) {
    const next = await pieces.next();
    if (next.done) return { text, tokens, ending: next.value };
    text += next.value.text;
    tokens.push(...next.value.tokens);
  }
}

/** The most likely candidates, impossible ones left out. */
function ranked(logs: readonly number[], count: number, name: (k: number) => string): TokenCandidate[] {
  if (count === 0) return [];
  return logs
    .map((logprob, k) => ({ logprob, k }))
    .filter(({ logprob }) => logprob > -Infinity)
    .sort((a, b) => b.logprob - a.logprob)
    .slice(0, count)
    .map(({ logprob, k }) => ({ token: name(k), logprob }));
}

function tooLong({ prefix, prompt }: ModelCard['context'], what: string, tokens: number): PromptTooLong {
  return new PromptTooLong(
    `The maximum context length is ${prefix + prompt} tokens: ${prefix} of system messages and ${prompt} of all other ` +
      `messages with their answer. The ${what} have ${tokens}. Shorten them: nothing is cut silently. Words outside of ` +
      'the vocabulary are spelled and take a token per letter.',
  );
}

/** The request itself asks for fewer tokens than the model has. */
function tooShort(contextLength: number, tokens: number): PromptTooLong {
  return new PromptTooLong(
    `The messages and the answer take at least ${tokens} tokens, but the maximum context length of this request is ` +
      `${contextLength} tokens. Raise it, or shorten the messages: nothing is cut silently.`,
  );
}

/** Choices that the model reads as the same would share a probability that belongs to one of them. */
function refuseTwins(id: string, choices: readonly string[], tokens: readonly (readonly number[])[]) {
  const seen = new Map<string, string>();
  tokens.forEach((ids, k) => {
    const twin = seen.get(ids.join());
    if (twin !== undefined) {
      throw new InputError(
        `To ${id} the choices ${JSON.stringify(twin)} and ${JSON.stringify(choices[k])} are the same words: ` +
          'punctuation and spaces are no part of what it reads. Word them differently.',
      );
    }
    seen.set(ids.join(), choices[k]);
  });
}
