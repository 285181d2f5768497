import { z } from 'zod';
import type { Model, ModelDefinition } from '../../../contracts/index.ts';
import { InputError } from '../../../core/index.ts';

/** An embedded model takes no options: what it is, its weights say. */
export const pocketOptions = z.strictObject({});
export type PocketOptions = z.output<typeof pocketOptions>;

/**
 * An embedded language model of the catalogue: a transformer trained from scratch by this project, with its
 * weights in `models/<id>/`. It computes in worker threads and returns exact probabilities of given texts, or writes.
 */
export function pocketModel({
  id,
  title,
  folder,
}: {
  readonly id: string;
  readonly title: string;
  /** Where its files are, if not in the package. */
  readonly folder?: string;
}): ModelDefinition<PocketOptions> {
  return {
    id,
    title,
    revision: 1,
    population: 'embedded',
    optionsSchema: pocketOptions,
    create: async (_options, { workers }) => {
      // Listing models must not load what only an embedded one needs.
      const { pocketFolder, pocketFacts, readPocketFiles } = await import('./files.ts');
      const { pocketPool } = await import('./pool.ts');
      const place = folder ?? pocketFolder(id);
      // The files are read here although the workers read them again: what is wrong with them is said at once.
      const files = readPocketFiles(place);
      const { card } = files;
      const pool = pocketPool(place, Math.max(1, workers));
      let writer: Promise<Model['generate']> | undefined;
      return {
        facts: pocketFacts(card),
        fingerprint: { weights: card.weights },
        score: async ({ prefix, prompt, candidates, temperature }, signal) => {
          signal?.throwIfAborted();
          if (candidates.length === 0) throw new InputError(`${id} was asked to choose among no actions.`);
          const answer = await pool.answer({ prefix, prompt, actions: candidates, temperature }, signal);
          return {
            distribution: answer.distribution,
            usage: { inputTokens: answer.inputTokens, outputTokens: 1 },
            ...(answer.truncated && { truncated: true }),
          };
        },
        generate: async (request, signal) => {
          // What only scores need not load what writes.
          const write = await (writer ??= import('./write.ts').then(({ pocketWriter }) =>
            pocketWriter(files, pool),
          ));
          return write!(request, signal);
        },
        close: () => pool.close(),
      };
    },
  };
}
