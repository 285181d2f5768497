// Trains embedded models from scratch: npm run pretrain -- --model pocket-32k
//   --all       all of them, one after the other
//   --seed 1    another pre-training seed: its figures go to models/<id>/seeds.json and to the card
//   --table     the scores of the models there are, and their slopes over size
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { sha256, UnknownIdError } from '../src/core/index.ts';
import {
  decodeSafetensors,
  encodeSafetensors,
  parameterCounts,
  startEngine,
  Tokeniser,
  type TransformerShape,
} from '../src/nn/index.ts';
import { pocketEngine } from '../src/models/parts/pocket-engine.ts';
import { promptRevision } from '../src/prompt/index.ts';
import { startPretraining, type TrainingState } from '../src/training/pretraining.ts';
import { axisTable } from './pretrain/axis.ts';
import { cardText, type FullCard, type OtherSeed, readSeeds } from './pretrain/card.ts';
import { corpusOf, sharedVocabulary, sources } from './pretrain/corpora.ts';
import { taskFigures } from './pretrain/figures.ts';
import {
  context,
  heldOutInstances,
  type Recipe,
  recipeRevision,
  recipes,
  trainingSettings,
} from './pretrain/recipes.ts';

const { values: flags } = parseArgs({
  options: {
    model: { type: 'string' },
    all: { type: 'boolean', default: false },
    seed: { type: 'string', default: '0' },
    /** Where `models/<id>` is written. */
    out: { type: 'string', default: 'models' },
    /** Where corpora and checkpoints are kept. */
    work: { type: 'string', default: 'agentmesh-data/pretrain' },
    /** A share of the decisions, for trials. */
    share: { type: 'string', default: '1' },
    /** Figures on development instances, for trials. */
    development: { type: 'boolean', default: false },
    /** Trains nothing: prints the scores of the models in `out`, and their slopes over size, as Markdown. */
    table: { type: 'boolean', default: false },
  },
});
if (flags.table) {
  console.log(axisTable(flags.out));
  process.exit();
}

const ids = flags.all ? Object.keys(recipes) : [flags.model ?? ''];
for (const id of ids) {
  if (!(id in recipes)) throw new UnknownIdError('embedded model', id, Object.keys(recipes));
}
await startEngine();
const { sources: all, turns } = sources();
say('vocabulary and corpora: made once, then kept');
const vocabulary = sharedVocabulary(all, flags.work);
const corpora = all.map((source) => {
  const corpus = corpusOf(source, vocabulary, flags.work);
  const length = corpus.tokens.length / corpus.answers.length;
  say(
    `  ${source.taskId} (${source.variant}): ${corpus.answers.length} decisions of ${length.toFixed(1)} tokens`,
  );
  return corpus;
});
for (const id of ids) await train(id, recipes[id]);

async function train(id: string, recipe: Recipe) {
  const seed = Number(flags.seed);
  const shape: TransformerShape = { ...recipe.shape, vocabulary: new Tokeniser(vocabulary).size };
  const steps = Math.round((recipe.decisions * Number(flags.share)) / recipe.rows);
  const run = `${id}-recipe-${recipeRevision}-seed-${seed}-share-${flags.share}`;
  const checkpoint = path.join(flags.work, `${run}.safetensors`);
  const { state, spent, curve } = readCheckpoint(checkpoint);
  const { rows, learningRate } = recipe;
  const training = startPretraining(
    shape,
    corpora,
    { seed, steps, rows, turns, learningRate, ...trainingSettings },
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
    say(
      `  ${training.step}/${steps}  loss ${(sum / count).toFixed(4)}  ` +
        `${Math.round((training.step * rows) / (cpuMs / 1000))} decisions per CPU second  ${(cpuMs / 60_000).toFixed(1)} min`,
    );
    sum = 0;
    count = 0;
    writeCheckpoint(checkpoint, training.state(), cpuMs, curve);
  }

  // Figures are of the weights as they are read back from disk.
  const bytes = encodeSafetensors(
    { weights: training.weights(), metadata: { phrases: JSON.stringify(vocabulary.phrases) } },
    'F16',
  );
  const { weights } = decodeSafetensors(bytes, 'weights');
  const engine = await pocketEngine({ shape, vocabulary, weights, context });
  const figures = [];
  for (const source of all.filter(({ variant }) => variant === 'default')) {
    const namespace = flags.development ? 'development' : 'held-out';
    figures.push(await taskFigures(engine, source, namespace, heldOutInstances));
    say(`  ${JSON.stringify(figures.at(-1))}`);
  }
  if (seed !== 0) {
    const curveEnd = curve.at(-1)?.[1] ?? Number.NaN;
    writeSeed(path.join(flags.out, id), { seed, weights: sha256(bytes), loss: curveEnd, figures });
    rmSync(checkpoint);
    return;
  }
  writeModel(path.join(flags.out, id), bytes, {
    id,
    title: recipe.title,
    revision: 1,
    shape,
    context,
    weights: sha256(bytes),
    parameters: { total, active },
    promptRevision,
    training: {
      seed,
      recipe: recipeRevision,
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
  });
  rmSync(checkpoint);
}

function writeModel(folder: string, bytes: Uint8Array, card: FullCard) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'weights.safetensors'), bytes);
  writeFileSync(path.join(folder, 'model.json'), jsonText(card));
  writeFileSync(path.join(folder, 'README.md'), cardText(card, readSeeds(folder)));
  say(`${folder}: ${bytes.length} bytes of weights`);
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

/** Written beside and renamed, so that a kill at any moment leaves a whole checkpoint. */
function writeCheckpoint(
  file: string,
  { step, arrays }: TrainingState,
  spent: number,
  curve: readonly unknown[],
) {
  mkdirSync(path.dirname(file), { recursive: true });
  const metadata = { progress: JSON.stringify({ step, spent, curve }) };
  writeFileSync(`${file}.new`, encodeSafetensors({ weights: arrays, metadata }, 'F32'));
  renameSync(`${file}.new`, file);
}

function say(line: string) {
  console.log(line);
}
