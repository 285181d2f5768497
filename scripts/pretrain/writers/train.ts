import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { randomStream, type RandomStream, sha256, writeWhole } from '../../../src/core/index.ts';
import {
  decodeSafetensors,
  encodeSafetensors,
  parameterCounts,
  startEngine,
  TextTokeniser,
  textVocabulary,
  type TransformerShape,
  transformerWeights,
  WriterNet,
  type WrittenText,
} from '../../../src/nn/index.ts';
import { promptRevision } from '../../../src/prompt/index.ts';
import { writerCardText } from './card.ts';
import { demonstrate } from './demonstrations.ts';
import { type WriterRecipe, writerRecipeRevision, writerSettings } from './recipes.ts';

/** Trains a writer, goes on from its last checkpoint if there is one, and writes weights and card. */
export async function trainWriter(
  { work, out }: { readonly work: string; readonly out: string },
  id: string,
  recipe: WriterRecipe,
  seed: number,
  share: number,
  say: (line: string) => void,
): Promise<void> {
  await startEngine();
  const { rows, warmupUpdates, context, vocabulary: sizes } = writerSettings;
  const sample = Array.from({ length: sizes.sample }, (_, k) =>
    demonstrate(randomStream('writers', 'vocabulary', k)),
  );
  const vocabulary = textVocabulary(
    { texts: sample.map(({ text }) => text), merges: sizes.written },
    { texts: sample.map(({ prompt }) => prompt), merges: sizes.read },
  );
  const tokeniser = new TextTokeniser(vocabulary);
  if (tokeniser.size % 16 > 0 || vocabulary.written % 16 > 0)
    throw new RangeError(
      `The vocabulary has ${tokeniser.size} tokens, ${vocabulary.written} of them written: make both multiples of 16 by other numbers of merges.`,
    );
  const shape: TransformerShape = {
    ...recipe.shape,
    vocabulary: tokeniser.size,
    written: vocabulary.written,
  };
  const updates = Math.round(recipe.updates * share);
  const checkpoint = path.join(
    work,
    `${id}-writer-${writerRecipeRevision}-seed-${seed}-updates-${updates}.safetensors`,
  );
  const kept = existsSync(checkpoint) ? decodeSafetensors(readFileSync(checkpoint), checkpoint) : undefined;
  const progress = kept
    ? (JSON.parse(kept.metadata.progress) as Progress)
    : { update: 0, demonstrations: 0, cpuMs: 0, curve: [] };
  const net = new WriterNet(
    shape,
    transformerWeights(shape, randomStream('writers', 'weights', seed)),
    context.text,
  );
  if (kept) net.restore(kept.weights);
  const { total } = parameterCounts(shape);
  say(
    `${id}: ${total} parameters, ${tokeniser.size} tokens of which ${vocabulary.written} are written, ${updates} updates`,
  );

  const take = demonstrations(tokeniser, context, seed, progress);
  let sum = 0;
  let count = 0;
  let lap = process.cpuUsage();
  const stretch = Math.max(1, Math.round(updates / 20));
  while (progress.update < updates) {
    const batch = take(rows);
    const tokens = batch.reduce((all, { tokens: own }) => all + own.length, 0);
    const { loss } = net.accumulate(
      batch,
      batch.map(() => 1 / tokens),
    );
    if (!Number.isFinite(loss)) throw new RangeError(`The loss of update ${progress.update + 1} is ${loss}.`);
    const rise = Math.min(1, (progress.update + 1) / warmupUpdates);
    net.step(recipe.learningRate * rise * Math.max(0.04, 1 - progress.update / updates));
    sum += loss;
    count++;
    progress.update++;
    if (progress.update % stretch > 0 && progress.update < updates) continue;
    const used = process.cpuUsage(lap);
    lap = process.cpuUsage();
    progress.cpuMs += (used.user + used.system) / 1000;
    progress.curve.push([progress.update, Math.round((sum / count) * 1e4) / 1e4]);
    mkdirSync(work, { recursive: true });
    writeWhole(
      checkpoint,
      encodeSafetensors({ weights: net.snapshot(), metadata: { progress: JSON.stringify(progress) } }, 'F32'),
    );
    say(
      `  ${progress.update}/${updates}  loss ${(sum / count).toFixed(4)}  ${(progress.cpuMs / 60_000).toFixed(1)} min`,
    );
    sum = 0;
    count = 0;
  }

  const bytes = encodeSafetensors(
    { weights: net.weights(), metadata: { vocabulary: JSON.stringify(vocabulary) } },
    'F16',
  );
  const card = {
    ...{ id, title: recipe.title, revision: 1, kind: 'writer', shape, context, weights: sha256(bytes) },
    parameters: { total, active: total },
    promptRevision,
    training: {
      ...{ seed, recipe: writerRecipeRevision, updates, rows, learningRate: recipe.learningRate },
      cpuMinutes: Math.round(progress.cpuMs / 6000) / 10,
      node: process.versions.node,
      architecture: process.arch,
      curve: progress.curve,
    },
  };
  const folder = path.join(out, id);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'weights.safetensors'), bytes);
  const json = JSON.stringify(card, undefined, 2).replace(/\[[-\d\s.,e]+\]/g, (list) =>
    list.replace(/\s+/g, ''),
  );
  writeFileSync(path.join(folder, 'model.json'), `${json}\n`);
  writeFileSync(path.join(folder, 'README.md'), writerCardText(card));
  say(`${folder}: ${bytes.length} bytes of weights`);
  rmSync(checkpoint, { force: true });
}

interface Progress {
  update: number;
  /** Drawn so far. */
  demonstrations: number;
  cpuMs: number;
  readonly curve: [number, number][];
}

/** Batches of demonstrations whose prompts are about equally long, so that little is filled up. */
function demonstrations(
  tokeniser: TextTokeniser,
  context: { readonly prompt: number; readonly text: number },
  seed: number,
  progress: Progress,
): (rows: number) => WrittenText[] {
  const next = (): WrittenText => {
    for (;;) {
      const stream: RandomStream = randomStream('writers', 'demonstrations', seed, progress.demonstrations++);
      const { prompt, text } = demonstrate(stream);
      const tokens = tokeniser.encodeWritten(text);
      if (!tokens) continue;
      const row = { prompt: tokeniser.encode(prompt), tokens: [...tokens, tokeniser.end] };
      if (row.prompt.length <= 49 && row.tokens.length <= context.text) return row;
    }
  };
  const isShort = ({ prompt, tokens }: WrittenText) => prompt.length <= 9 && tokens.length <= 16;
  return (rows) => {
    // About as often as they come.
    const short = progress.update % 4 < 3;
    const taken: WrittenText[] = [];
    while (taken.length < rows) {
      const row = next();
      if (isShort(row) === short) taken.push(row);
    }
    return taken;
  };
}
