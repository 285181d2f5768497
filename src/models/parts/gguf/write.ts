import type { Model, TextReply } from '../../../contracts/index.ts';
import { InputError } from '../../../core/index.ts';
import { textSoFar } from '../service/stop-text.ts';
import type { Token } from './candidates.ts';
import type { Conversations } from './conversation.ts';
import type { Evaluator } from './evaluator.ts';
import type { Llama, LlamaLibrary, LlamaModel } from './library.ts';
import { said } from './llama.ts';

export interface Writing {
  readonly library: LlamaLibrary;
  readonly llama: Llama;
  readonly model: LlamaModel;
  readonly conversations: Conversations;
  readonly evaluator: Evaluator;
  readonly topP: number;
  readonly stop: readonly string[];
  readonly maxOutputTokens: number;
  /** The most tokens of a prompt and its answer. */
  readonly contextLength: number;
}

/** A grammar lets these follow what a schema describes. */
const afterSchema = '\n\n\n\n';
/** Some vocabularies write a token otherwise at the beginning of a text. */
const tokensBefore = 8;

/** Text of a model, one token after another. */
export function writerOf(writing: Writing): NonNullable<Model['generate']> {
  const { library, llama, model, conversations, evaluator, topP, contextLength } = writing;
  const grammars = new Map<string, ReturnType<Llama['createGrammarForJsonSchema']>>();
  const grammarOf = (schema: object) => {
    const key = JSON.stringify(schema);
    const known = grammars.get(key) ?? llama.createGrammarForJsonSchema(schema);
    grammars.set(key, known);
    return known.catch((error: unknown) => {
      throw new InputError(`A model of a GGUF file cannot be held to this schema (${said(error)}): ${key}`);
    });
  };

  return async (
    { prefix, prompt, turns, maxTokens, temperature, seed, schema },
    signal,
  ): Promise<TextReply> => {
    signal?.throwIfAborted();
    const most = Math.min(maxTokens, writing.maxOutputTokens);
    const grammar = schema && (await grammarOf(schema));
    const tokens = conversations.tokens({ prefix, prompt, ...(turns && { turns }) }, '');
    if (tokens.length + most >= contextLength) return { text: '', usage: {}, truncated: true };
    const text = textSoFar([...writing.stop, ...(schema ? [afterSchema] : [])]);
    let shown = '';
    const drawn: Token[] = [];
    await evaluator.alone(
      tokens,
      conversations.rulesLength(prefix, tokens),
      async ({ draw }) => {
        const sampling = { temperature, topP, topK: 0, minP: 0, seed };
        const state = grammar && new library.LlamaGrammarEvaluationState({ model, grammar });
        for await (const token of draw({ ...sampling, ...(state && { grammar: state }) })) {
          signal?.throwIfAborted();
          drawn.push(token);
          const whole = model.detokenize(drawn, false, tokens.slice(-tokensBefore));
          const { fresh, stopped } = text.grow(whole);
          shown += fresh;
          if (stopped || drawn.length >= most) break;
        }
      },
      signal,
    );
    if (!text.stopped) shown += text.rest();
    if (schema) shown = shown.trim();
    return { text: shown, usage: { inputTokens: tokens.length, outputTokens: drawn.length } };
  };
}
