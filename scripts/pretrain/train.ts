import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { sha256, writeWhole } from '../../src/core/index.ts';
import { pocketEngine } from '../../src/models/parts/pocket/engine.ts';
import {
  decodeSafetensors,
  encodeSafetensors,
  parameterCounts,
  startEngine,
  Tokeniser,
  type TransformerShape,
  type Vocabulary,
} from '../../src/nn/index.ts';
import { promptRevision } from '../../src/prompt/index.ts';
import type { Corpus } from '../../src/tuning/pretraining/corpus.ts';
import { startPretraining, type TrainingState } from '../../src/tuning/pretraining/pretraining.ts';
import { cardText, type FullCard, type OtherSeed, readSeeds } from './card.ts';
import { corpusOf, sharedVocabulary, type Source, sources } from './corpora.ts';
import { taskFigures } from './figures.ts';
import type { Plan } from './plan.ts';
import type { Recipe } from './recipes.ts';

/** The corpora of a plan, made or read. */
export interface Material {
  readonly all: readonly Source[];
  readonly turns: readonly number[];
  readonly vocabulary: Vocabulary;
  readonly corpora: readonly Corpus[];
}

/** Tells about progress, line by line. */
export type Say = (line: string) => void;

export async function prepareMaterial(plan: Plan, say: Say): Promise<Material> {
  await startEngine();
  const { sources: all, turns } = sources(plan);
  say('vocabulary and corpora: made once, then kept');
  const vocabulary = sharedVocabulary(plan, all);
  const corpora = all.map((source) => {
    const corpus = corpusOf(plan, source, vocabulary);
    const length = corpus.tokens.length / corpus.answers.length;
    say(
      `  ${source.taskId} (${source.variant}): ${corpus.answers.length} decisions of ${length.toFixed(1)} tokens`,
    );
    return corpus;
  });
  return { all, turns, vocabulary, corpora };
}

/**
 * Trains a model, goes on from its last checkpoint if there is one, and writes weights and card; of another seed
 * than 0 the figures alone.
 *
 * @param say hears of every checkpoint after it has been written
 */
export async function trainModel(
  plan: Plan,
  { all, turns, vocabulary, corpora }: Material,
  id: string,
  recipe: Recipe,
  seed: number,
  say: Say,
): Promise<void> {
  const shape: TransformerShape = { ...recipe.shape, vocabulary: new Tokeniser(vocabulary).size };
  const { rows, learningRate } = recipe;
  const steps = Math.round(recipe.decisions / rows);
  const run = `${id}-recipe-${plan.revision}-seed-${seed}-decisions-${steps * rows}`;
  const checkpoint = path.join(plan.work, `${run}.safetensors`);
  const { state, spent, curve } = readCheckpoint(checkpoint);
  const temperatures = all.map(({ temperature }) => temperature);
  const training = startPretraining(
    shape,
    corpora,
    { seed, steps, rows, turns, learningRate, temperatures, ...plan.training },
    state,
  );
  const { total, active } = parameterCounts(shape);
  say(
    `${id}: ${total} parameters (${active} active), ${steps} updates${state ? `, going on after ${state.step}` : ''}`,
  );
  const stretch = Math.max(1, Math.round(steps / 40));
  let cpuMs = spent;
  let sum = 0;
  let count = 0;
  let lap = process.cpuUsage();
  while (training.step < steps) {
    sum += training.advance();
    count++;
    if (training.step % stretch > 0 && training.step < steps) continue;
    const used = process.cpuUsage(lap);
    lap = process.cpuUsage();
    cpuMs += (used.user + used.system) / 1000;
    curve.push([training.step, Math.round((sum / count) * 1e4) / 1e4]);
    writeCheckpoint(checkpoint, training.state(), cpuMs, curve);
    say(
      `  ${training.step}/${steps}  loss ${(sum / count).toFixed(4)}  ` +
        `${Math.round((training.step * rows) / (cpuMs / 1000))} decisions per CPU second  ${(cpuMs / 60_000).toFixed(1)} min`,
    );
    sum = 0;
    count = 0;
  }

  // Figures are of the weights as they are read back from disk.
  const bytes = encodeSafetensors(
    { weights: training.weights(), metadata: { phrases: JSON.stringify(vocabulary.phrases) } },
    'F16',
  );
  const { weights } = decodeSafetensors(bytes, 'weights');
  const engine = await pocketEngine({ shape, vocabulary, weights, context: plan.context });
  const figures = [];
  for (const source of all.filter(({ figured }) => figured)) {
    const { scores, ...rest } = await taskFigures(engine, source, plan.figures);
    figures.push({ ...rest, scores });
    say(`  ${JSON.stringify(rest)}`);
  }
  const folder = path.join(plan.out, id);
  if (seed !== 0) {
    writeSeed(folder, { seed, weights: sha256(bytes), loss: curve.at(-1)?.[1] ?? Number.NaN, figures });
  } else {
    const card: FullCard = {
      id,
      title: recipe.title,
      revision: 1,
      shape,
      context: plan.context,
      weights: sha256(bytes),
      parameters: { total, active },
      promptRevision,
      training: {
        seed,
        recipe: plan.revision,
        decisions: steps * rows,
        updates: steps,
        rows,
        learningRate,
        cpuMinutes: Math.round(cpuMs / 6000) / 10,
        node: process.versions.node,
        architecture: process.arch,
        curve,
      },
      figures,
    };
    writeModel(folder, bytes, card);
    say(`${folder}: ${bytes.length} bytes of weights`);
  }
  rmSync(checkpoint, { force: true });
}

function writeModel(folder: string, bytes: Uint8Array, card: FullCard) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'weights.safetensors'), bytes);
  writeFileSync(path.join(folder, 'model.json'), jsonText(card));
  writeFileSync(path.join(folder, 'README.md'), cardText(card, readSeeds(folder)));
}

/** Another seed shows how much a checkpoint's luck matters: its figures are kept, its weights are not. */
function writeSeed(folder: string, trained: OtherSeed) {
  const seeds = [...readSeeds(folder).filter(({ seed }) => seed !== trained.seed), trained];
  seeds.sort((a, b) => a.seed - b.seed);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'seeds.json'), jsonText(seeds));
  const card = path.join(folder, 'model.json');
  if (!existsSync(card)) return;
  const text = cardText(JSON.parse(readFileSync(card, 'utf8')) as FullCard, seeds);
  writeFileSync(path.join(folder, 'README.md'), text);
}

/** Indented, but lists of numbers take one line each. */
function jsonText(value: unknown): string {
  const text = JSON.stringify(value, undefined, 2);
  return `${text.replace(/\[[-\d\s.,e]+\]/g, (list) => list.replace(/\s+/g, ''))}\n`;
}

interface Checkpoint {
  readonly state?: TrainingState;
  /** Processor time spent so far, ms. */
  readonly spent: number;
  readonly curve: [number, number][];
}

function readCheckpoint(file: string): Checkpoint {
  if (!existsSync(file)) return { spent: 0, curve: [] };
  const { weights, metadata } = decodeSafetensors(readFileSync(file), file);
  const { step, spent, curve } = JSON.parse(metadata.progress) as { step: number } & Checkpoint;
  return { state: { step, arrays: weights }, spent, curve };
}

function writeCheckpoint(
  file: string,
  { step, arrays }: TrainingState,
  spent: number,
  curve: readonly unknown[],
) {
  const metadata = { progress: JSON.stringify({ step, spent, curve }) };
  writeWhole(file, encodeSafetensors({ weights: arrays, metadata }, 'F32'));
}
