import { z } from 'zod';
import type { Model, ModelContext, ModelDefinition } from '../../../contracts/index.ts';

/** An embedded writer takes no options: what it is, its weights say. */
export const writerOptions = z.strictObject({});
export type WriterOptions = z.output<typeof writerOptions>;

/**
 * An embedded model that writes: a transformer trained from scratch by this project, with its weights in
 * `models/<id>/`. It samples in worker threads, and can be tuned.
 */
export function writerModel({
  id,
  title,
}: {
  readonly id: string;
  readonly title: string;
}): ModelDefinition<WriterOptions> {
  return {
    id,
    title,
    revision: 1,
    population: 'embedded',
    tunable: true,
    optionsSchema: writerOptions,
    create: async (_options, context) => {
      const { pocketFolder } = await import('../pocket/files.ts');
      return openWriter(pocketFolder(id), context);
    },
  };
}

/** The writer in a folder. @throws InputError when it is missing or damaged */
export async function openWriter(
  folder: string,
  context: Pick<ModelContext, 'workers'>,
  remedy?: string,
): Promise<Model> {
  // Listing models must not load what only an embedded one needs.
  const { readWriterFiles, writerFacts } = await import('./files.ts');
  const { writerPool } = await import('./pool.ts');
  // The files are read here although the workers read them again: what is wrong with them is said at once.
  const files = readWriterFiles(folder, remedy);
  const { card } = files;
  const pool = writerPool(folder, Math.max(1, context.workers));
  return {
    facts: writerFacts(card),
    fingerprint: { weights: card.weights },
    generate: async ({ prefix, prompt, turns, maxTokens, temperature, seed }, signal) => {
      signal?.throwIfAborted();
      const asked = { prefix, prompt, maxTokens, temperature, seed, ...(turns && { turns }) };
      const { text, inputTokens, outputTokens, truncated } = await pool.answer(asked, signal);
      return { text, usage: { inputTokens, outputTokens }, ...(truncated && { truncated }) };
    },
    tuner: async () => {
      const { writerTuner } = await import('./tuner.ts');
      return writerTuner(files);
    },
    tuned: (other) => openWriter(other, context, 'Train the team again with "agentmesh train".'),
    close: () => pool.close(),
  };
}
