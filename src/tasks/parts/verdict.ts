import { type JsonObject, type TaskContext, TaskError } from '../../contracts/index.ts';

const schema: JsonObject = {
  type: 'object',
  properties: { right: { type: 'boolean' } },
  required: ['right'],
  additionalProperties: false,
};

/**
 * Whether a judge holds something for right. Nonsense is asked about once more.
 *
 * @param what is asked about, for errors
 * @throws TaskError after nonsense twice: what nobody judged is no 0, so the run ends without a score
 */
export async function verdictOf(
  { ask }: TaskContext,
  judge: string,
  { prefix, prompt, what }: { readonly prefix: string; readonly prompt: string; readonly what: string },
): Promise<boolean> {
  for (const sample of [0, 1]) {
    const request = { prefix, prompt, maxTokens: 400, schema, ...(sample > 0 && { sample }) };
    const verdict = readVerdict((await ask(judge, request)).text);
    if (verdict !== undefined) return verdict;
  }
  throw new TaskError(
    `The judge "${judge}" gave no verdict on ${what}, asked twice. It counts as not judged.`,
  );
}

/** `{"right": true}` anywhere in a text, the last of several; or a text that is nothing but yes or no, right or wrong. */
export function readVerdict(text: string): boolean | undefined {
  const named = [...text.matchAll(/"right"\s*:\s*(true|false)\b/g)].at(-1)?.[1];
  if (named !== undefined) return named === 'true';
  const word = /^\W*(yes|right|correct|true|no|wrong|incorrect|false)\W*$/i.exec(text)?.[1].toLowerCase();
  return word === undefined ? undefined : ['yes', 'right', 'correct', 'true'].includes(word);
}
