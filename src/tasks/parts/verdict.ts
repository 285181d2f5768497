import type { JsonObject, TaskContext } from '../../contracts/index.ts';

const schema: JsonObject = {
  type: 'object',
  properties: { right: { type: 'boolean' } },
  required: ['right'],
  additionalProperties: false,
};

/**
 * Whether a judge holds something for right. Nonsense is asked about once more.
 *
 * @returns undefined after nonsense twice: what nobody judged is no 0, and counts as not judged
 */
export async function verdictOf(
  { ask }: Pick<TaskContext, 'ask'>,
  judge: string,
  { prefix, prompt }: { readonly prefix: string; readonly prompt: string },
): Promise<boolean | undefined> {
  for (const sample of [0, 1]) {
    const request = { prefix, prompt, maxTokens: 400, schema, ...(sample > 0 && { sample }) };
    const verdict = readVerdict((await ask(judge, request)).text);
    if (verdict !== undefined) return verdict;
  }
  return undefined;
}

/** `{"right": true}` anywhere in a text, the last of several; or a text that is nothing but yes or no, right or wrong. */
export function readVerdict(text: string): boolean | undefined {
  const named = [...text.matchAll(/"right"\s*:\s*(true|false)\b/g)].at(-1)?.[1];
  if (named !== undefined) return named === 'true';
  const word = /^\W*(yes|right|correct|true|no|wrong|incorrect|false)\W*$/i.exec(text)?.[1].toLowerCase();
  return word === undefined ? undefined : ['yes', 'right', 'correct', 'true'].includes(word);
}
