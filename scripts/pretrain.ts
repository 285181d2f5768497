// Trains the embedded models from scratch; `npm run pretrain -- --help` tells how.
import { parseArgs } from 'node:util';
import { AgentMeshError, InputError, UnknownIdError } from '../src/core/index.ts';
import { axisTable, seedsTable } from './pretrain/axis.ts';
import { shippedPlan } from './pretrain/plan.ts';
import { type Recipe, recipes } from './pretrain/recipes.ts';
import { prepareMaterial, trainModel } from './pretrain/train.ts';
import { writerRecipes } from './pretrain/writers/recipes.ts';
import { trainWriter } from './pretrain/writers/train.ts';

const known = [...Object.keys(recipes), ...Object.keys(writerRecipes)];

const help = `Trains the embedded models from scratch.

  npm run pretrain -- --model pocket-32k            one model, into models/pocket-32k
  npm run pretrain -- --all                         all of them, one after the other
  npm run pretrain -- --model pocket-4k --seed 1    another pre-training seed: its figures go to the card
  npm run pretrain -- --table                       scores of the models there are, their slopes over size, and other seeds
  npm run pretrain -- --model pocket-4k --share 0.1 --development --out /tmp/trial
                                                    a trial: a tenth of the decisions, other instances

  --model <id>     ${known.join(', ')}
  --all            all of them
  --seed <n>       fixes the first weights and the order of the demonstrations (default 0); the figures of others
                   than 0 go to models/<id>/seeds.json and to the card, their weights are not kept
  --share <x>      share of the decisions, above 0 and at most 1 (default 1)
  --development    figures on development instances instead of the held-out ones
  --out <folder>   where models are written (default models)
  --work <folder>  where corpora and checkpoints are kept (default agentmesh-data/pretrain)
  --table          trains nothing: prints Markdown tables of the models in --out
  --help           this text

The corpora are made first, which takes some minutes, and are then kept. A training that was killed goes on from its
last checkpoint when the same command is given again. Same seed, same Node major and architecture: same bytes.`;

try {
  await main();
} catch (error) {
  if (!(error instanceof AgentMeshError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

async function main() {
  const flags = readFlags();
  if (flags.help) return console.log(help);
  if (flags.table) {
    const seeds = seedsTable(flags.out);
    return console.log(`${axisTable(flags.out)}${seeds ? `\n\n${seeds}` : ''}`);
  }
  const ids = flags.all ? known : flags.model === undefined ? [] : [flags.model];
  if (ids.length === 0) throw new InputError('Name a model with --model, or ask for --all. See --help.');
  for (const id of ids) {
    if (!known.includes(id)) throw new UnknownIdError('embedded model', id, known);
  }
  const seed = numberOf(flags.seed, '--seed', (n) => Number.isInteger(n) && n >= 0, 'a whole number from 0');
  const share = numberOf(flags.share, '--share', (x) => x > 0 && x <= 1, 'a number above 0, at most 1');
  const namespace = flags.development ? 'development' : 'held-out';
  const say = (line: string) => console.log(line);
  // Models that are trained on the same tasks share their corpora and vocabulary.
  const groups = new Map<Recipe['tasks'], string[]>();
  for (const id of ids.filter((each) => each in recipes))
    groups.set(recipes[id].tasks, [...(groups.get(recipes[id].tasks) ?? []), id]);
  for (const [tasks, members] of groups) {
    const plan = shippedPlan(flags.work, flags.out, namespace, tasks);
    const material = await prepareMaterial(plan, say);
    for (const id of members) {
      const recipe = { ...recipes[id], decisions: recipes[id].decisions * share };
      await trainModel(plan, material, id, recipe, seed, say);
    }
  }
  for (const id of ids.filter((each) => each in writerRecipes))
    await trainWriter(flags, id, writerRecipes[id], seed, share, say);
}

function readFlags() {
  try {
    return parseArgs({
      options: {
        model: { type: 'string' },
        all: { type: 'boolean', default: false },
        seed: { type: 'string', default: '0' },
        out: { type: 'string', default: 'models' },
        work: { type: 'string', default: 'agentmesh-data/pretrain' },
        share: { type: 'string', default: '1' },
        development: { type: 'boolean', default: false },
        table: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    throw new InputError(`${error instanceof Error ? error.message : String(error)} See --help.`);
  }
}

function numberOf(text: string, flag: string, good: (n: number) => boolean, wanted: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!good(value)) throw new InputError(`${flag} is "${text}"; it has to be ${wanted}. See --help.`);
  return value;
}
