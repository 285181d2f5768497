import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { randomStream, sha256 } from '../../src/core/index.ts';
import { encodeSafetensors } from '../../src/nn/safetensors.ts';
import { Tokeniser } from '../../src/nn/tokeniser.ts';
import { type TransformerShape, transformerWeights } from '../../src/nn/transformer-shape.ts';

const phrases = [
  ...[
    'You',
    'are',
    'Ann',
    'The',
    'team',
    'is',
    'Bob',
    'Cal',
    'Choose',
    'well',
    'or',
    '2 north',
    '1 east',
    'Beacon 1',
  ],
  ...['stay', 'north', 'south', 'east', 'west', 'set red'],
];

/** Writes a small untrained model into a folder of its own; its probabilities are far from even. */
export function untrainedModel(
  over: Partial<TransformerShape> = {},
  context = { prefix: 64, prompt: 96 },
): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'pocket-'));
  const vocabulary = new Tokeniser({ phrases }).size;
  const shape = { vocabulary, width: 16, layers: 2, heads: 2, hidden: 32, gists: 8, ...over };
  const weights = transformerWeights(shape, randomStream('untrained'));
  weights.embedding.data.forEach((x, k, all) => (all[k] = 3 * x));
  const bytes = encodeSafetensors({ weights, metadata: { phrases: JSON.stringify(phrases) } }, 'F16');
  writeFileSync(path.join(folder, 'weights.safetensors'), bytes);
  const card = { id: 'untrained', revision: 1, shape, context, weights: sha256(bytes) };
  writeFileSync(path.join(folder, 'model.json'), JSON.stringify(card));
  return folder;
}
