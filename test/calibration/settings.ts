import { readFileSync } from 'node:fs';
import type { RandomStream } from '../../src/core/index.ts';

/** Strategies and tasks of the simulated studies: those of the quick study. */
export const strategies = 6;
export const tasks = 4;

/** How scores scatter where no strategy has an effect. */
export interface Setting {
  readonly name: string;
  readonly title: string;
  /** Writes the scores of one block, one per strategy; every strategy of a task has the same mean. */
  readonly draw: (scores: Float64Array, task: number, stream: RandomStream) => void;
  /** The mean of every strategy, task by task. */
  readonly means: readonly number[];
  /** Standard deviation of a score; `undefined` where strategies or tasks differ. */
  readonly deviation?: number;
}

/**
 * The mean scores of the tasks with `pocket-32k`, and what runs deviate from their cells' means by: 30 seeds of
 * `studies/quick.yaml`, [task][seed][strategy]. A block is drawn whole, so strategies keep their spread, shape and dependence.
 */
const quick = JSON.parse(readFileSync(new URL('quick-residuals.json', import.meta.url), 'utf8')) as {
  readonly means: readonly number[];
  readonly residuals: readonly (readonly (readonly number[])[])[];
};

const alike = (
  name: string,
  title: string,
  mean: number,
  deviation: number,
  draw: (stream: RandomStream) => number,
): Setting => ({
  name,
  title,
  means: new Array<number>(tasks).fill(mean),
  deviation,
  draw: (scores, _task, stream) => {
    for (let s = 0; s < strategies; s++) scores[s] = draw(stream);
  },
});

const noisy = (name: string, title: string, strategy: number): Setting => ({
  name,
  title,
  means: new Array<number>(tasks).fill(0),
  draw: (scores, _task, stream) => {
    for (let s = 0; s < strategies; s++) scores[s] = (s === strategy ? 3 : 1) * stream.normal();
  },
});

/** Fixed before any was run; the baseline is strategy 0. */
export const settings: readonly Setting[] = [
  alike('normal', 'normal', 0, 1, (stream) => stream.normal()),
  {
    name: 'residuals',
    title: 'residuals of the quick study',
    means: quick.means,
    draw: (scores, task, stream) => {
      const rows = quick.residuals[task];
      const row = rows[Math.floor(stream.next() * rows.length)];
      for (let s = 0; s < strategies; s++) scores[s] = quick.means[task] + row[s];
    },
  },
  alike('five', 'five levels', 0.5, Math.SQRT1_2 / 2, (stream) => Math.floor(5 * stream.next()) / 4),
  alike('half', '0 or 1, .5', 0.5, 0.5, (stream) => (stream.next() < 0.5 ? 1 : 0)),
  alike('most', '0 or 1, .86', 0.86, Math.sqrt(0.86 * 0.14), (stream) => (stream.next() < 0.86 ? 1 : 0)),
  alike('exponential', 'exponential', 1, 1, (stream) => -Math.log(1 - stream.next())),
  noisy('noisy-strategy', 'a strategy three times noisier', 2),
  noisy('noisy-baseline', 'the baseline three times noisier', 0),
];

export const seedCounts = [10, 30, 100] as const;
