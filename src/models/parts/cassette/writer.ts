import { existsSync, mkdirSync } from 'node:fs';
import { appendFile, truncate } from 'node:fs/promises';
import path from 'node:path';
import {
  type JsonObject,
  type Model,
  type ModelRequest,
  type ScoreReply,
  StoreError,
  type TextReply,
} from '../../../contracts/index.ts';
import { contentHash, sha256, reasonOf } from '../../../core/index.ts';
import {
  cassetteVersion,
  type CassetteLine,
  contentOf,
  type RecordedCall,
  slotOf,
  traitsOf,
  vectorKey,
} from './format.ts';
import { openCassette } from './reader.ts';

/** Appends what models are asked and answer to a file. */
export interface CassetteWriter {
  /** @param options those that fix the model's answers */
  model(key: string, id: string, options: JsonObject, model: Model): void;
  /** Resolves when the operating system has the call: it then outlives this process. */
  call(
    model: string,
    request: ModelRequest,
    outcome: { readonly reply: TextReply | ScoreReply } | { readonly error: string },
  ): Promise<void>;
  /** What texts are about, each once. */
  vectors(model: string, texts: readonly string[], vectors: readonly Float32Array[]): Promise<void>;
}

/**
 * Records to `file`, after what it already holds. Nothing is written before the first call.
 * @throws StoreError from `call` when the file cannot be written
 */
export function cassetteWriter(file: string): CassetteWriter {
  const takes = new Map<string, number>();
  const texts = new Set<string>();
  const models = new Set<string>();
  const embedded = new Set<string>();
  let waiting: string[] = [];
  let writing: Promise<void> | undefined;
  let next: Promise<void> | undefined;

  const add = (line: CassetteLine) => waiting.push(`${JSON.stringify(line)}\n`);
  const begin = async () => {
    mkdirSync(path.dirname(file), { recursive: true });
    if (!(await recall(file, takes, texts, embedded))) {
      waiting.unshift(`${JSON.stringify({ cassette: cassetteVersion })}\n`);
    }
  };
  let begun: Promise<void> | undefined;
  /** Writes all that waits. Whoever comes while a write is under way shares the next one with the others. */
  const flush = (): Promise<void> =>
    (next ??= (writing ?? Promise.resolve()).then(() => {
      const batch = waiting.join('');
      waiting = [];
      next = undefined;
      writing = appendFile(file, batch);
      return writing;
    }));

  /** Adds lines and waits until they are written. */
  const written = async (line: () => void) => {
    try {
      await (begun ??= begin());
      line();
      await flush();
    } catch (error) {
      if (error instanceof StoreError) throw error;
      const why = reasonOf(error);
      throw new StoreError(`The cassette cannot be written: ${why}. Make room or record elsewhere.`, file, {
        cause: error,
      });
    }
  };

  return {
    model: (key, id, options, model) => {
      if (models.has(key)) return;
      models.add(key);
      add({ model: key, id, options, ...traitsOf(model) });
    },
    vectors: (model, list, vectors) =>
      written(() => {
        for (const [k, text] of list.entries()) {
          const key = vectorKey(model, text);
          if (embedded.has(key)) continue;
          embedded.add(key);
          const { buffer, byteOffset, byteLength } = vectors[k];
          add({
            embedded: key,
            vector: Buffer.from(buffer, byteOffset, byteLength).toString('base64'),
          });
        }
      }),
    call: (model, request, outcome) =>
      written(() => {
        const slot = slotOf(model, request);
        const take = takes.get(slot) ?? 0;
        takes.set(slot, take + 1);
        const text = (value: string) => {
          const hash = sha256(value);
          if (!texts.has(hash)) {
            texts.add(hash);
            add({ text: hash, value });
          }
          return hash;
        };
        const { call, ...asked } = request;
        add({
          key: contentHash({ model, call, take, ...contentOf(request) }),
          of: model,
          ...(call !== undefined && { call }),
          take,
          ...asked,
          prefix: text(request.prefix),
          ...('schema' in request && request.schema && { schema: text(JSON.stringify(request.schema)) }),
          ...outcome,
        } as RecordedCall);
      }),
  };
}

/**
 * Takes up what the file already holds, and cuts off a last line that a power failure left unfinished.
 * @returns whether the file has its header
 */
async function recall(
  file: string,
  takes: Map<string, number>,
  texts: Set<string>,
  embedded: Set<string>,
): Promise<boolean> {
  if (!existsSync(file)) return false;
  const cassette = await openCassette(file);
  await cassette.close();
  for (const [slot, count] of cassette.takes) takes.set(slot, count);
  for (const text of cassette.texts.keys()) texts.add(text);
  for (const key of cassette.vectors.keys()) embedded.add(key);
  await truncate(file, cassette.completeBytes);
  return cassette.completeBytes > 0;
}
