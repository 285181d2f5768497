/**
 * How fast embedded models decide. Prints decisions per second for each size, on prompts of 40 tokens behind a
 * shared prefix of 60: per CPU second of one thread in batches of 3, 48 and 96, and per second of wall time through
 * the model as a study uses it, with one worker thread and with two; of these also the decisions per CPU second of
 * the whole process, which tell a busy machine from threads that wait for each other. Speed does not depend on the
 * weights' values, so sizes that have none in `models/` are measured with fresh ones:
 * `npx tsx bench/models.ts [size ...]`.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { randomStream, sha256, systemClock } from '../src/core/index.ts';
import { pocketEngine } from '../src/models/parts/pocket/engine.ts';
import { pocketFolder, readPocketFiles } from '../src/models/parts/pocket/files.ts';
import { pocketModel } from '../src/models/parts/pocket/model.ts';
import { encodeSafetensors, parameterCounts, Tokeniser, transformerWeights } from '../src/nn/index.ts';
import { type Recipe, recipes } from '../scripts/pretrain/recipes.ts';
import { askModel } from '../src/episode/asking/index.ts';

const { vocabulary } = readPocketFiles(pocketFolder('pocket-32k')).network;
const tokeniser = new Tokeniser(vocabulary);
const stream = randomStream('bench models');
/** Text of exactly that many tokens: a full stop keeps neighbours from joining. */
const text = (tokens: number) =>
  `${Array.from({ length: tokens }, () => stream.pick(vocabulary.phrases)).join('. ')}.`;
const prefix = text(60);
const question = () => ({
  prefix,
  prompt: text(40),
  actions: ['stay', 'north', 'south', 'east', 'west'],
  temperature: 1,
});
if (tokeniser.encode(prefix).length !== 60) throw new Error('the prefix does not have 60 tokens');

const wanted = process.argv.slice(2);
const context = { prefix: 384, prompt: 256 };
console.log(
  'model            parameters   active   batch 3  batch 48  batch 96  1 worker (per CPU s)  2 workers (per CPU s)  first answer',
);
for (const [id, recipe] of Object.entries(recipes)) {
  if (wanted.length > 0 && !wanted.includes(id)) continue;
  const shape = { ...recipe.shape, vocabulary: tokeniser.size };
  const { total, active } = parameterCounts(shape);
  const weights = transformerWeights(shape, randomStream('bench', id));
  const engine = await pocketEngine({ shape, vocabulary, weights, context });
  const [three, half, many] = [3, 48, 96].map((size) => {
    const questions = Array.from({ length: size }, question);
    for (let k = 0; k < 40; k++) engine.answer(questions);
    const laps = Array.from({ length: 9 }, () => {
      const before = process.cpuUsage();
      const repeats = size === 3 ? 20 : 2;
      for (let k = 0; k < repeats; k++) engine.answer(questions);
      const { user, system } = process.cpuUsage(before);
      return (size * repeats) / ((user + system) / 1e6);
    });
    return laps.sort((a, b) => a - b)[4];
  });
  const [one, two] = [await throughPool(id, recipe, 1), await throughPool(id, recipe, 2)];
  console.log(
    id.padEnd(14),
    [total, active].map((n) => String(n).padStart(10)).join(' '),
    [three, half, many].map((n) => n.toFixed(0).padStart(9)).join(' '),
    [one, two].map(pooled).join(' '),
    `${one.firstMs.toFixed(0).padStart(10)} ms`,
  );
}

function pooled({ perSecond, perCpuSecond }: { readonly perSecond: number; readonly perCpuSecond: number }) {
  return `${perSecond.toFixed(0).padStart(9)} ${`(${perCpuSecond.toFixed(0)})`.padStart(11)} `;
}

/** 96 questions under way at any time, as a study with 32 episodes of 3 agents keeps them. */
async function throughPool(id: string, recipe: Recipe, workers: number) {
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-models-'));
  const shape = { ...recipe.shape, vocabulary: tokeniser.size };
  const metadata = { phrases: JSON.stringify(vocabulary.phrases) };
  const bytes = encodeSafetensors(
    { weights: transformerWeights(shape, randomStream('bench', id)), metadata },
    'F16',
  );
  writeFileSync(path.join(folder, 'weights.safetensors'), bytes);
  writeFileSync(
    path.join(folder, 'model.json'),
    JSON.stringify({ id, revision: 1, shape, context, weights: sha256(bytes) }),
  );
  const start = systemClock.monotonicMs();
  const model = await pocketModel({ id, title: id, folder }).create({}, { clock: systemClock, workers });
  await askModel(model, { ...question(), seed: 0 });
  const firstMs = systemClock.monotonicMs() - start;
  const run = async (count: number) => {
    let left = count;
    const episode = async () => {
      while (left > 0) {
        left -= 3;
        await Promise.all([0, 1, 2].map(() => askModel(model, { ...question(), seed: 0 })));
      }
    };
    const from = systemClock.monotonicMs();
    const before = process.cpuUsage();
    await Promise.all(Array.from({ length: 32 }, episode));
    const { user, system } = process.cpuUsage(before);
    return {
      perSecond: count / ((systemClock.monotonicMs() - from) / 1000),
      perCpuSecond: count / ((user + system) / 1e6),
    };
  };
  await run(4_000);
  const speeds = await run(6_000);
  await model.close();
  rmSync(folder, { recursive: true });
  return { ...speeds, firstMs };
}
