import { InputError } from '../../core/index.ts';

/** A factor and its levels, in the order of the analysis. */
export interface Factor {
  readonly name: string;
  readonly levels: readonly string[];
}

/** All blocks that share one combination of the between-block factors' levels. */
export interface BlockGroup {
  /** Index of the level of each between factor. */
  readonly levels: readonly number[];
  readonly blocks: readonly Block[];
}

export interface Block {
  readonly label: string;
  /** Score per combination of the within factors' levels (last factor fastest); NaN where there is no run. */
  readonly cells: Float64Array;
}

/**
 * Measurements arranged by block: some factors vary within blocks, the others between them. The default study
 * has block = (task, seed), strategy and model within, task between.
 */
export interface BlockDesign {
  /** Names of all factors in the order in which terms are named. */
  readonly order: readonly string[];
  readonly within: readonly Factor[];
  readonly between: readonly Factor[];
  readonly groups: readonly BlockGroup[];
  /** Number of within-cells, the product of the within factors' level counts. */
  readonly cells: number;
  readonly blockCount: number;
  /** No cell of any block is empty. */
  readonly complete: boolean;
  /** Runs that went in. */
  readonly runs: number;
}

export interface BlockDesignInput {
  /** One number per run; finite. */
  readonly response: ArrayLike<number>;
  /** One label per run and factor, in the order in which terms are to be named. */
  readonly factors: Readonly<Record<string, readonly string[]>>;
  /** The block of each run. */
  readonly block: readonly string[];
  /** Order of levels; levels not listed follow in order of appearance. */
  readonly levels?: Readonly<Record<string, readonly string[]>>;
}

/**
 * Arranges runs by block. A factor that never changes inside a block is a between factor, every other a
 * within factor; several runs of one cell in one block are averaged.
 *
 * @throws InputError when a factor has one level, when the response is not finite, when fewer than two blocks
 *   are there, or when a combination of within levels appears in no block at all is left as an empty cell
 */
export function blockDesign(input: BlockDesignInput): BlockDesign {
  const names = Object.keys(input.factors);
  const rows = input.response.length;
  const coded = names.map((name) => codeColumn(name, input.factors[name], rows, input.levels?.[name]));
  const blocks = codeColumn('block', input.block, rows);
  for (let row = 0; row < rows; row++) {
    if (!Number.isFinite(input.response[row])) {
      throw new InputError(
        `response: row ${row + 1} is ${input.response[row]}. Give a finite number or leave the run out.`,
      );
    }
  }
  for (const { factor } of coded) {
    if (factor.levels.length < 2) {
      throw new InputError(
        `Factor "${factor.name}" has one level${factor.levels.length ? ` ("${factor.levels[0]}")` : ''}; a comparison needs two.`,
      );
    }
  }
  if (blocks.factor.levels.length < 2) {
    throw new InputError(
      `There is one block ("${blocks.factor.levels[0]}"); its spread cannot be estimated.`,
    );
  }
  const varies = coded.map(({ codes }) => variesWithin(codes, blocks.codes, blocks.factor.levels.length));
  const within = coded.filter((_, i) => varies[i]);
  const between = coded.filter((_, i) => !varies[i]);
  if (within.length === 0) {
    throw new InputError(
      `No factor varies inside a block, so each block contains one run. Check the block columns.`,
    );
  }
  const cells = within.reduce((product, { factor }) => product * factor.levels.length, 1);
  const sums = blocks.factor.levels.map(() => new Float64Array(cells));
  const counts = blocks.factor.levels.map(() => new Uint32Array(cells));
  const groupOf = new Array<string>(sums.length);
  for (let row = 0; row < rows; row++) {
    const block = blocks.codes[row];
    let cell = 0;
    for (const { factor, codes } of within) cell = cell * factor.levels.length + codes[row];
    sums[block][cell] += input.response[row];
    counts[block][cell]++;
    groupOf[block] = between.map(({ codes }) => codes[row]).join(',');
  }
  const groups = new Map<string, Block[]>();
  for (const [block, label] of blocks.factor.levels.entries()) {
    const list = groups.get(groupOf[block]) ?? [];
    groups.set(groupOf[block], list);
    list.push({ label, cells: sums[block].map((sum, c) => sum / counts[block][c]) });
  }
  const keyed = [...groups].map(([key, list]) => ({
    levels: key === '' ? [] : key.split(',').map(Number),
    blocks: list,
  }));
  keyed.sort((a, b) => compare(a.levels, b.levels));
  return {
    order: names,
    within: within.map(({ factor }) => factor),
    between: between.map(({ factor }) => factor),
    groups: keyed,
    cells,
    blockCount: blocks.factor.levels.length,
    complete: counts.every((row) => row.every((count) => count > 0)),
    runs: rows,
  };
}

interface CodedColumn {
  readonly factor: Factor;
  readonly codes: Int32Array;
}

function codeColumn(
  name: string,
  labels: readonly string[],
  rows: number,
  order: readonly string[] = [],
): CodedColumn {
  if (labels.length !== rows) {
    throw new InputError(`Column "${name}" has ${labels.length} rows, the response ${rows}.`);
  }
  const present = new Set(labels);
  const levels = [...new Set([...order.filter((level) => present.has(level)), ...labels])];
  const index = new Map(levels.map((level, i) => [level, i]));
  return { factor: { name, levels }, codes: Int32Array.from(labels, (label) => index.get(label) ?? -1) };
}

function variesWithin(codes: Int32Array, blocks: Int32Array, blockCount: number): boolean {
  const first = new Int32Array(blockCount).fill(-1);
  for (let row = 0; row < codes.length; row++) {
    const block = blocks[row];
    if (first[block] === -1) first[block] = codes[row];
    else if (first[block] !== codes[row]) return true;
  }
  return false;
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return a[i] - b[i];
  return 0;
}

/** `task = coverage`, for messages; `all blocks` where no factor varies between blocks. */
export function groupLabel(design: BlockDesign, group: number): string {
  const parts = design.between.map((factor, i) => {
    return `${factor.name} = ${factor.levels[design.groups[group].levels[i]]}`;
  });
  return parts.length > 0 ? parts.join(', ') : 'all blocks';
}

/** `strategy = qmix, model = m3`, for messages. */
export function cellLabel(design: BlockDesign, cell: number): string {
  const parts: string[] = [];
  let rest = cell;
  for (let i = design.within.length - 1; i >= 0; i--) {
    const { name, levels } = design.within[i];
    parts.unshift(`${name} = ${levels[rest % levels.length]}`);
    rest = Math.floor(rest / levels.length);
  }
  return parts.join(', ');
}
