import { type Model, ProviderError } from '../../../contracts/index.ts';
import type { LlamaEmbeddingContext } from './library.ts';
import { said } from './llama.ts';
import { batchSize, type GgufRuntime } from './runtime.ts';

/** What no text is compared by. */
const blank = '\n';

/**
 * Texts as vectors: what the file pools, or the hidden state of the last layer after the text. A text that is longer
 * than the context is what it begins with. The context is opened with the first text, for most studies compare none.
 */
export function embedderOf({
  model,
  contextLength,
  threads,
}: Pick<GgufRuntime, 'model' | 'contextLength' | 'threads'>) {
  let opened: Promise<LlamaEmbeddingContext> | undefined;
  // The library adds a token before and one after a text, and keeps one free.
  const most = contextLength - 3;
  const tokensOf = (text: string) => {
    const tokens = model.tokenize(text, false).slice(0, most);
    return tokens.length > 0 ? tokens : model.tokenize(blank, false);
  };
  const embed: NonNullable<Model['embed']> = async (texts, signal) => {
    const vectors: Float32Array[] = [];
    try {
      opened ??= model.createEmbeddingContext({ contextSize: contextLength, batchSize, threads });
      const context = await opened;
      for (const text of texts) {
        signal?.throwIfAborted();
        vectors.push(Float32Array.from((await context.getEmbeddingFor(tokensOf(text))).vector));
      }
    } catch (error) {
      if (signal?.aborted) throw error;
      throw new ProviderError(`The model cannot compare texts: ${said(error)}.`);
    }
    return vectors;
  };
  return { embed, close: async () => void (await (await opened)?.dispose()) };
}
