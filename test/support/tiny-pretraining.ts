// A training like those of the embedded models, but small enough for a test. Run as a program
// (`tiny-pretraining.ts <work> <out>`) it kills itself at its third checkpoint.
import { pathToFileURL } from 'node:url';
import type { Plan } from '../../scripts/pretrain/plan.ts';
import type { Recipe } from '../../scripts/pretrain/recipes.ts';
import { prepareMaterial, type Say, trainModel } from '../../scripts/pretrain/train.ts';

const recipe: Recipe = {
  title: 'Tiny',
  shape: { width: 4, layers: 1, heads: 1, hidden: 4, gists: 2 },
  decisions: 480,
  rows: 8,
  learningRate: 0.01,
};

export async function trainTiny(work: string, out: string, say: Say): Promise<void> {
  const plan: Plan = {
    revision: 1,
    tasks: [
      { id: 'coverage', variants: [{ grid: 4 }], share: 2, demonstrations: 120, temperature: 1 },
      { id: 'hidden-profile', variants: [{ rounds: 2 }], share: 1, demonstrations: 80, temperature: 2 },
    ],
    corpus: {
      seed: 0,
      variant: 40,
      sample: 40,
      vocabulary: { limit: 200, patternLimit: 12, leastShare: 0.05 },
    },
    training: { warmupSteps: 5, balanceWeight: 0.01, vocabularyShare: 0.1 },
    context: { prefix: 384, prompt: 256 },
    figures: { instances: 3, namespace: 'development', demonstrations: 20 },
    work,
    out,
  };
  await trainModel(plan, await prepareMaterial(plan, say), 'tiny', recipe, 0, say);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  let checkpoints = 0;
  await trainTiny(process.argv[2], process.argv[3], (line) => {
    if (/^ +\d+\/60 +loss/.test(line) && ++checkpoints === 3) process.kill(process.pid, 'SIGKILL');
  });
}
