import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import * as models from '../src/models/index.ts';
import { pocketFolder, readPocketFiles } from '../src/models/parts/pocket/files.ts';
import { promptRevision } from '../src/prompt/index.ts';
import { axisTable, slopesPerInstance } from '../scripts/pretrain/axis.ts';
import { cardText, type FullCard, readSeeds, seedScores } from '../scripts/pretrain/card.ts';
import { demonstratedTasks, recipeRevision, recipes } from '../scripts/pretrain/recipes.ts';
import { writerRecipeRevision, writerRecipes } from '../scripts/pretrain/writers/recipes.ts';

// What is shipped, not how it is trained: cards, weights and recipes must tell the same story.
const embedded = Object.values<{ readonly id: string }>(models)
  .map(({ id }) => id)
  .filter((id) => id.startsWith('pocket-'));
const ids = embedded.filter((id) => id in recipes);
const writers = embedded.filter((id) => id in writerRecipes);
const cardOf = (id: string) =>
  JSON.parse(readFileSync(path.join(pocketFolder(id), 'model.json'), 'utf8')) as FullCard;
// What was trained on other settings of the tasks is no point on the axis of sizes.
const family = ids.filter((id) => recipes[id].tasks === undefined);
const cards = family.map(cardOf);

describe.each(ids)('%s', (id) => {
  const card = cardOf(id);

  it('has the weights that its card names, trained on the wording of today', () => {
    expect(readPocketFiles(pocketFolder(id)).card.id).toBe(id);
    expect(card.promptRevision).toBe(promptRevision);
  });

  it('was trained by the recipe of today, or its card says by which', () => {
    const { title, shape, decisions, learningRate } = recipes[id];
    const readme = readFileSync(path.join(pocketFolder(id), 'README.md'), 'utf8');
    if (card.training.recipe !== recipeRevision) {
      expect(readme).toContain(`these weights are of recipe ${card.training.recipe ?? 1}`);
      return;
    }
    expect(readme).toContain(`| made again by | \`npm run pretrain -- --model ${id}\` |`);
    const { vocabulary, ...rest } = card.shape;
    expect(vocabulary).toBeGreaterThan(0);
    expect({ title: card.title, shape: rest }).toEqual({ title, shape });
    expect(card.training.learningRate).toBe(learningRate);
    expect(card.training.decisions / decisions).toBeCloseTo(1, 2);
  });

  it('has a card for people that says what the one for programs says', () => {
    const folder = pocketFolder(id);
    expect(readFileSync(path.join(folder, 'README.md'), 'utf8')).toBe(cardText(card, readSeeds(folder)));
  });

  it('beats random play on all that it was trained on, its interval above 0, over 200 held-out instances', () => {
    expect(card.figures).toHaveLength((recipes[id].tasks ?? demonstratedTasks).length);
    for (const { task, instances, interval, score, scores } of card.figures) {
      expect(instances).toBe(200);
      expect(interval[0], task).toBeGreaterThan(0);
      expect(scores.reduce((sum, x) => sum + x, 0) / scores.length).toBeCloseTo(score, 3);
    }
  });
});

it('every embedded model has a recipe, and every recipe of those that choose its model', () => {
  expect([...ids, ...writers].sort()).toEqual([...embedded].sort());
  expect([...ids].sort()).toEqual(Object.keys(recipes).sort());
});

it.each(writers)('%s is of the recipe of today, or its card says of which it is', (id) => {
  const folder = pocketFolder(id);
  const card = JSON.parse(readFileSync(path.join(folder, 'model.json'), 'utf8')) as FullCard;
  const readme = readFileSync(path.join(folder, 'README.md'), 'utf8');
  expect(card).toMatchObject({ id, promptRevision, title: writerRecipes[id].title });
  if (card.training.recipe !== writerRecipeRevision)
    expect(readme).toContain(`these weights are of recipe ${card.training.recipe ?? 1}`);
});

describe('the family of embedded models', () => {
  it('was trained on as many decisions, whatever the size', () => {
    expect(new Set(cards.map(({ training }) => training.decisions)).size).toBe(1);
  });

  it('takes less than 4 MB', () => {
    const bytes = ids.map((id) => statSync(path.join(pocketFolder(id), 'weights.safetensors')).size);
    expect(bytes.reduce((sum, n) => sum + n, 0)).toBeLessThan(4e6);
  });

  it('has five dense sizes from 4 to 400 thousand parameters at about even distances in the logarithm', () => {
    const sizes = cards.filter(({ shape }) => !shape.experts).map(({ parameters }) => parameters.total);
    sizes.sort((a, b) => a - b);
    expect(sizes).toHaveLength(5);
    expect(sizes[0]).toBeLessThan(4500);
    expect(sizes[4]).toBeGreaterThan(350_000);
    for (let k = 1; k < sizes.length; k++) {
      expect(sizes[k] / sizes[k - 1]).toBeGreaterThan(2.5);
      expect(sizes[k] / sizes[k - 1]).toBeLessThan(4);
    }
  });

  it('has two mixtures, two of four experts at work, whose active sizes are those of dense ones', () => {
    const dense = cards.filter(({ shape }) => !shape.experts).map(({ parameters }) => parameters.total);
    const mixtures = cards.filter(({ shape }) => shape.experts);
    expect(mixtures).toHaveLength(2);
    for (const { shape, parameters } of mixtures) {
      expect(shape.experts).toBe(4);
      expect(shape.chosen ?? 2).toBe(2);
      expect(Math.min(...dense.map((size) => Math.abs(size / parameters.active - 1)))).toBeLessThan(0.01);
      expect(parameters.total).toBeGreaterThan(1.3 * parameters.active);
    }
  });

  it('has a table of scores with the slope over size', () => {
    const table = axisTable(path.dirname(pocketFolder(ids[0])));
    for (const id of family) expect(table).toContain(`| ${id} |`);
    for (const id of ids.filter((id) => !family.includes(id))) expect(table).not.toContain(id);
    expect(table.split('\n').at(-1)).toMatch(/^\| slope over the 5 dense sizes/);
  });
});

it('measures how far pre-training seeds lie apart', () => {
  const figures = (score: number) => ({
    figures: [{ task: 'coverage', score } as FullCard['figures'][number]],
  });
  // Deviations -0.1, 0 and 0.1 from the mean: the root of (0.01 + 0.01) / 2.
  const [{ scores, mean, deviation }] = seedScores(figures(0.4), [figures(0.5), figures(0.6)]);
  expect(scores).toEqual([0.4, 0.5, 0.6]);
  expect(mean).toBeCloseTo(0.5, 12);
  expect(deviation).toBeCloseTo(0.1, 12);
});

it('takes slopes by least squares, per instance', () => {
  // y = 2 x on the first instance; on the second (0, 1, 0) over x = (0, 1, 2) there is no slope.
  expect(slopesPerInstance([0, 1, 2], [[1, 0], [3, 1], [5, 0]])).toEqual([2, 0]); // prettier-ignore
});
