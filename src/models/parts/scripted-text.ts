import type { Json, JsonObject, TextRequest } from '../../contracts/index.ts';
import { randomStream, type RandomStream } from '../../core/index.ts';

/** What a script writes: words that it draws, or the words that it was given. */
export type ScriptedText = 'words' | 'echo';

/**
 * Text that is a function of the request: of its words, and of its seed where the temperature is above 0. A token is a
 * word here. With a schema it is JSON that keeps to it: any of the choices, and the text wherever words are asked for.
 */
export function scriptedText(kind: ScriptedText, request: TextRequest): string {
  const { prefix, prompt, turns = [], maxTokens, temperature, seed, schema } = request;
  const stream = randomStream(
    'scripted text',
    prefix,
    prompt,
    JSON.stringify(turns),
    temperature > 0 ? seed : '',
  );
  const words = (): string => {
    const all = kind === 'echo' ? wordsOf(turns.at(-1)?.reply ?? prompt) : drawnWords(stream);
    return all.slice(0, maxTokens).join(' ');
  };
  return schema ? JSON.stringify(valueOf(schema, words, stream)) : words();
}

/** The words of a text, as this model counts tokens. */
export function wordsOf(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

const vocabulary =
  'we should go and look at what is left there first then tell all others before anybody moves again so that no place is counted twice'.split(
    ' ',
  );

function drawnWords(stream: RandomStream): string[] {
  return Array.from({ length: stream.integer(3, 12) }, () => stream.pick(vocabulary));
}

function valueOf(schema: JsonObject, words: () => string, stream: RandomStream): Json {
  if (Array.isArray(schema.enum)) return stream.pick(schema.enum as readonly Json[]);
  if (schema.const !== undefined) return schema.const;
  switch (schema.type as unknown as string) {
    case 'object': {
      const properties = Object.entries((schema.properties ?? {}) as Record<string, JsonObject>);
      return Object.fromEntries(properties.map(([name, inner]) => [name, valueOf(inner, words, stream)]));
    }
    case 'array':
      return [valueOf((schema.items ?? {}) as JsonObject, words, stream)];
    case 'number':
      return Math.round(stream.next() * 100) / 100;
    case 'integer':
      return stream.integer(0, 9);
    case 'boolean':
      return stream.next() < 0.5;
    case 'null':
      return null;
    default:
      return words();
  }
}
