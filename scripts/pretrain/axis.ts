import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { randomStream } from '../../src/core/index.ts';
import { bootstrapMeanInterval } from '../../src/stats/index.ts';
import type { FullCard } from './card.ts';

/**
 * Scores of all models in `folder` per task, and the slope of the score over the logarithm of the parameters of
 * the dense ones, as a Markdown table.
 *
 * The slope is that of least squares, in score per tenfold parameters. It is linear in the scores, so the slope of
 * the means is the mean over instances of each instance's own slope; the interval is the bootstrap interval of
 * that mean. It tells what other instances would change. What other checkpoints would change it cannot tell.
 */
export function axisTable(folder: string): string {
  const cards = readdirSync(folder)
    .map((id) => path.join(folder, id, 'model.json'))
    .filter((file) => existsSync(file))
    .map((file) => JSON.parse(readFileSync(file, 'utf8')) as FullCard)
    .sort((a, b) => a.parameters.active - b.parameters.active || a.parameters.total - b.parameters.total);
  const tasks = cards[0].figures.map(({ task }) => task);
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
