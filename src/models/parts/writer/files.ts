import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { InputError, sha256 } from '../../../core/index.ts';
// Not from the index: the thread that reads these files need not load the tensor engine.
import { decodeSafetensors } from '../../../nn/safetensors.ts';
import type { TextVocabulary } from '../../../nn/text-tokeniser.ts';
import { parameterCounts, transformerShapes } from '../../../nn/transformer-shape.ts';
import type { Weights } from '../../../nn/weights.ts';

const count = z.int().min(1);

/** `model.json` of a writer. */
const cardSchema = z.looseObject({
  id: z.string(),
  kind: z.literal('writer'),
  shape: z.strictObject({
    ...{ vocabulary: count, width: count, layers: count, heads: count, hidden: count },
    gists: z.literal(0),
    written: count,
  }),
  context: z.strictObject({ prompt: count, text: count }),
  weights: z.string().regex(/^[0-9a-f]{64}$/),
});
export type WriterCard = z.output<typeof cardSchema>;

export interface WriterFiles {
  readonly card: WriterCard;
  readonly vocabulary: TextVocabulary;
  readonly weights: Weights;
}

/**
 * Reads and checks an embedded writer, shipped or trained further.
 * @throws InputError when a file is missing, damaged, or not the one that `model.json` was written for
 */
export function readWriterFiles(
  folder: string,
  remedy = 'Install the package again, or train the model with "npm run pretrain".',
): WriterFiles {
  const cardFile = path.join(folder, 'model.json');
  const weightsFile = path.join(folder, 'weights.safetensors');
  for (const file of [cardFile, weightsFile])
    if (!existsSync(file))
      throw new InputError(`This file of an embedded writer is missing. ${remedy}`, { file });
  const card = readCard(cardFile, remedy);
  const bytes = readFileSync(weightsFile);
  const checksum = sha256(bytes);
  if (checksum !== card.weights)
    throw new InputError(
      `These weights have the checksum ${checksum}, but ${cardFile} names ${card.weights}: they are damaged or others. ${remedy}`,
      { file: weightsFile },
    );
  const { weights, metadata } = decodeSafetensors(bytes, weightsFile);
  for (const [name, shape] of Object.entries(transformerShapes(card.shape)))
    if (weights[name]?.shape.join() !== shape.join())
      throw new InputError(`The tensor "${name}" should have the shape [${shape.join(', ')}]. ${remedy}`, {
        file: weightsFile,
      });
  return { card, vocabulary: JSON.parse(metadata.vocabulary) as TextVocabulary, weights };
}

function readCard(file: string, remedy: string): WriterCard {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    throw new InputError(`This file is not JSON. ${remedy}`, { file });
  }
  const parsed = cardSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { path: at, message } = parsed.error.issues[0];
  throw new InputError(`"${at.join('.')}" is wrong: ${message}. ${remedy}`, { file });
}

export function writerFacts({ shape, context }: Pick<WriterCard, 'shape' | 'context'>) {
  return {
    parameters: parameterCounts(shape),
    architecture: 'dense' as const,
    contextLength: context.prompt + context.text,
  };
}
