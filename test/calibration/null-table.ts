import type { RandomStream } from '../../src/core/index.ts';
import type { BlockDesign } from '../../src/stats/index.ts';
import { strategies, tasks, type Setting } from './settings.ts';

/**
 * A study of one model in memory, made once and filled again for every table: the cells of all blocks are stretches
 * of one array.
 */
export interface NullTable {
  /** [task][seed][strategy]. */
  readonly scores: Float64Array;
  readonly seeds: number;
  readonly design: BlockDesign;
}

export function nullTable(seeds: number): NullTable {
  const scores = new Float64Array(tasks * seeds * strategies);
  const groups = Array.from({ length: tasks }, (_, task) => ({
    levels: [task],
    blocks: Array.from({ length: seeds }, (_, seed) => {
      const start = (task * seeds + seed) * strategies;
      return { label: `${task}/${seed}`, cells: scores.subarray(start, start + strategies) };
    }),
  }));
  const levels = (count: number, prefix: string) => Array.from({ length: count }, (_, i) => `${prefix}${i}`);
  const design: BlockDesign = {
    order: ['strategy', 'task'],
    within: [{ name: 'strategy', levels: levels(strategies, 's') }],
    between: [{ name: 'task', levels: levels(tasks, 't') }],
    groups,
    cells: strategies,
    blockCount: tasks * seeds,
    complete: true,
    runs: scores.length,
  };
  return { scores, seeds, design };
}

/** Fills a table with scores without any effect. */
export function fill({ design }: NullTable, setting: Setting, stream: RandomStream): void {
  design.groups.forEach(({ blocks }, task) => {
    for (const { cells } of blocks) setting.draw(cells, task, stream);
  });
}

/** The scores of one cell, or their differences from the baseline's, seed by seed. */
export function column(
  { scores, seeds }: NullTable,
  task: number,
  strategy: number,
  into: Float64Array,
  baseline?: number,
): Float64Array {
  for (let seed = 0; seed < seeds; seed++) {
    const row = (task * seeds + seed) * strategies;
    into[seed] = scores[row + strategy] - (baseline === undefined ? 0 : scores[row + baseline]);
  }
  return into;
}
