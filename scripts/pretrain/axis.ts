import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { randomStream } from '../../src/core/index.ts';
import { bootstrapMeanInterval } from '../../src/stats/index.ts';
import { type FullCard, readSeeds, seedScores } from './card.ts';

/**
 * Scores of all models in `folder` per task, and the slope of the score over the logarithm of the parameters of
 * the dense ones, as a Markdown table.
 *
 * The slope is that of least squares, in score per tenfold parameters. It is linear in the scores, so the slope of
 * the means is the mean over instances of each instance's own slope; the interval is the bootstrap interval of
 * that mean. It tells what other instances would change. What other checkpoints would change it cannot tell.
 */
export function axisTable(folder: string): string {
  const found = readCards(folder);
  const tasks = found[0].figures.map(({ task }) => task);
  // A model that was trained on other settings of the tasks is no point on this axis.
  const cards = found.filter(({ figures }) => figures.every(({ task }, k) => task === tasks[k]));
  const figuresOf = (card: FullCard, task: string) => {
    const found = card.figures.find((figures) => figures.task === task);
    if (!found) throw new RangeError(`${card.id} has no figures of ${task}.`);
    return found;
  };
  const rows = cards.map((card) => {
    const { total, active } = card.parameters;
    const cells = tasks.map((task) => {
      const { score, interval } = figuresOf(card, task);
      return `${score.toFixed(3)} (${interval.map((x) => x.toFixed(3)).join(' to ')})`;
    });
    return `| ${card.id} | ${active} of ${total} | ${cells.join(' | ')} |`;
  });
  const dense = cards.filter(({ shape }) => !shape.experts);
  const slopes = tasks.map((task) => {
    const values = slopesPerInstance(
      dense.map(({ parameters }) => Math.log10(parameters.total)),
      dense.map((card) => figuresOf(card, task).scores),
    );
    const interval = bootstrapMeanInterval(values, { stream: randomStream('axis', task) });
    return `${interval.estimate.toFixed(3)} (${interval.low?.toFixed(3)} to ${interval.high?.toFixed(3)})`;
  });
  return [
    `| model | parameters, active of total | ${tasks.join(' | ')} |`,
    `|---|---|${'---|'.repeat(tasks.length)}`,
    ...rows,
    `| slope over the ${dense.length} dense sizes, score per tenfold parameters | | ${slopes.join(' | ')} |`,
  ].join('\n');
}

/**
 * Scores of the pre-training seeds of every model in `folder` that has more than one, with their standard
 * deviation, as a Markdown table; undefined when there is no such model.
 */
export function seedsTable(folder: string): string | undefined {
  const trained = readCards(folder)
    .map((card) => ({ card, seeds: readSeeds(path.join(folder, card.id)) }))
    .filter(({ seeds }) => seeds.length > 0);
  if (trained.length === 0) return undefined;
  const tasks = trained[0].card.figures.map(({ task }) => task);
  const rows = trained.map(({ card, seeds }) => {
    const cells = seedScores(card, seeds).map(
      ({ scores, deviation }) => `${scores.map((x) => x.toFixed(3)).join(', ')} (${deviation.toFixed(3)})`,
    );
    return `| ${card.id} | ${[card.training.seed, ...seeds.map(({ seed }) => seed)].join(', ')} | ${cells.join(' | ')} |`;
  });
  return [
    `| model | seeds | ${tasks.map((task) => `${task} (deviation)`).join(' | ')} |`,
    `|---|---|${'---|'.repeat(tasks.length)}`,
    ...rows,
  ].join('\n');
}

/** Smallest first. */
function readCards(folder: string): FullCard[] {
  return (
    readdirSync(folder)
      .map((id) => path.join(folder, id, 'model.json'))
      .filter((file) => existsSync(file))
      .map((file) => JSON.parse(readFileSync(file, 'utf8')) as Partial<FullCard>)
      // Writers have no scores on the tasks in which agents choose.
      .filter((card): card is FullCard => card.figures !== undefined)
      .sort((a, b) => a.parameters.active - b.parameters.active || a.parameters.total - b.parameters.total)
  );
}

/**
 * Slopes of least squares, one per instance.
 *
 * @param x one per model
 * @param scores [models][instances]
 */
export function slopesPerInstance(x: readonly number[], scores: readonly (readonly number[])[]): number[] {
  const mean = x.reduce((sum, value) => sum + value, 0) / x.length;
  const spread = x.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return scores[0].map((_, k) =>
    x.reduce((sum, value, m) => sum + ((value - mean) * scores[m][k]) / spread, 0),
  );
}
