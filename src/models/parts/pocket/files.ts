import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { InputError, sha256 } from '../../../core/index.ts';
// Not from the index: the thread that reads these files need not load the tensor engine.
import { decodeSafetensors } from '../../../nn/safetensors.ts';
import { Tokeniser } from '../../../nn/tokeniser.ts';
import { parameterCounts, transformerShapes } from '../../../nn/transformer-shape.ts';
import type { PocketNetwork } from './engine.ts';

/** Where the package keeps an embedded model: `models/<id>/` beside `src` and `dist`. */
export function pocketFolder(id: string): string {
  return path.join(fileURLToPath(new URL('../../../../models/', import.meta.url)), id);
}

const count = z.int().min(1);

/** `model.json`: what is known of a model besides its weights. */
export const modelCardSchema = z.looseObject({
  id: z.string(),
  revision: count,
  shape: z.strictObject({
    vocabulary: count,
    width: count,
    layers: count,
    heads: count,
    hidden: count,
    lastHidden: count.optional(),
    gists: count,
    experts: count.optional(),
    chosen: count.optional(),
  }),
  context: z.strictObject({ prefix: count, prompt: count }),
  /** SHA-256 of `weights.safetensors`. */
  weights: z.string().regex(/^[0-9a-f]{64}$/),
});
export type ModelCard = z.output<typeof modelCardSchema>;

export interface PocketFiles {
  readonly card: ModelCard;
  readonly network: PocketNetwork;
}

/**
 * Reads and checks an embedded model.
 *
 * @param folder where `model.json` and `weights.safetensors` are
 * @throws InputError when a file is missing, damaged, or not the one that `model.json` was written for
 */
export function readPocketFiles(folder: string): PocketFiles {
  const cardFile = path.join(folder, 'model.json');
  const weightsFile = path.join(folder, 'weights.safetensors');
  const remedy = 'Install the package again, or train the model with "npm run pretrain".';
  for (const file of [cardFile, weightsFile]) {
    if (!existsSync(file))
      throw new InputError(`This file of an embedded model is missing. ${remedy}`, { file });
  }
  const card = readCard(cardFile, remedy);
  const bytes = readFileSync(weightsFile);
  const checksum = sha256(bytes);
  if (checksum !== card.weights) {
    throw new InputError(
      `These weights have the checksum ${checksum}, but ${cardFile} names ${card.weights}: the file is damaged or ` +
        `of another revision. ${remedy}`,
      { file: weightsFile },
    );
  }
  const { weights, metadata } = decodeSafetensors(bytes, weightsFile);
  const expected = transformerShapes(card.shape);
  for (const [name, shape] of Object.entries(expected)) {
    if (weights[name]?.shape.join() !== shape.join()) {
      throw new InputError(`The tensor "${name}" should have the shape [${shape.join(', ')}]. ${remedy}`, {
        file: weightsFile,
      });
    }
  }
  const vocabulary = { phrases: JSON.parse(metadata.phrases ?? '[]') as string[] };
  const tokens = new Tokeniser(vocabulary).size;
  if (tokens !== card.shape.vocabulary) {
    throw new InputError(
      `It holds ${tokens} tokens, but ${cardFile} says ${card.shape.vocabulary}. ${remedy}`,
      {
        file: weightsFile,
      },
    );
  }
  return { card, network: { shape: card.shape, vocabulary, weights, context: card.context } };
}

function readCard(file: string, remedy: string): ModelCard {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    throw new InputError(`This file is not JSON. ${remedy}`, { file });
  }
  const parsed = modelCardSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { path: at, message } = parsed.error.issues[0];
  throw new InputError(`"${at.join('.')}" is wrong: ${message}. ${remedy}`, { file });
}

/** What a catalogue says of the model. */
export function pocketFacts({ shape, context }: Pick<ModelCard, 'shape' | 'context'>) {
  return {
    parameters: parameterCounts(shape),
    architecture: shape.experts ? ('moe' as const) : ('dense' as const),
    contextLength: context.prefix + context.prompt,
  };
}
