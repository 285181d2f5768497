import type { TextRequest } from '../../../contracts/index.ts';
import type { TextTokeniser } from '../../../nn/text-tokeniser.ts';

/**
 * The tokens of a prompt, the newest where it is too long. The rules before it are not read: these models know one
 * task.
 */
export function promptTokens(
  tokeniser: TextTokeniser,
  { prompt, turns = [] }: Pick<TextRequest, 'prompt' | 'turns'>,
  most: number,
): { readonly ids: readonly number[]; readonly truncated: boolean } {
  const text = [prompt, ...turns.flatMap(({ answer, reply }) => [answer, reply])].join('\n');
  const all = tokeniser.encode(text);
  if (all.length === 0) return { ids: [tokeniser.end], truncated: false };
  return { ids: all.slice(-most), truncated: all.length > most };
}
