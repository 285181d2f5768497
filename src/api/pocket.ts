import type { PocketLanguageModel } from '../models/parts/pocket/language-model.ts';
import { pocketLanguageModel } from '../models/parts/pocket/language-model.ts';

export type { PocketLanguageModel };

/**
 * An embedded model for the AI SDK, in this process: no key, no server, no network.
 *
 * @example
 * import { generateText } from 'ai';
 * const { text } = await generateText({ model: pocket('pocket-32k'), system: rules, prompt, seed: 1 });
 * @param options.threads  worker threads, default 1; they start with the first request and let the program end
 * @throws UnknownIdError, or InputError for missing or damaged files, with the first request
 */
export function pocket(id: string, { threads = 1 }: { readonly threads?: number } = {}): PocketLanguageModel {
  return pocketLanguageModel(id, async () => {
    // Loaded here: a program that only runs studies need not load it.
    const { openPocketChat } = await import('../models/parts/pocket/library.ts');
    return openPocketChat(id, { threads });
  });
}
