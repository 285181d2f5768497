import type { BlockGroup } from './block-design.ts';
import { symmetricPower } from '../symmetric.ts';

/** The cells of one group of blocks: estimated means, and what each block says about them. */
export interface CellEstimates {
  /** Estimated mean per within-cell; NaN where it is not estimable. */
  readonly means: Float64Array;
  /**
   * One row per block, [blocks, cells] row-major. For weights c of a comparison of cells, the variance of
   * sum(c x means) is sum over rows of (c . row)^2 / (n (n - 1)).
   */
  readonly residuals: Float64Array;
  /** Blocks that carry information, n. */
  readonly blocks: number;
  readonly labels: readonly string[];
  /** Degrees of freedom of that variance: n - 1 for complete blocks, else Satterthwaite's. */
  readonly df: (weights: ArrayLike<number>) => number;
  readonly complete: boolean;
}

/**
 * Estimates the cell means of a group of blocks.
 *
 * Complete blocks: plain means and deviations from them. Incomplete blocks: least squares of
 * y_bc = block_b + cell_c + e, so that a missing run of a hard instance does not flatter anybody, with the CR2
 * cluster-robust covariance (Bell & McCaffrey 2002; with blocks absorbed, Pustejovsky & Tipton 2018, Journal of
 * Business & Economic Statistics 36), clusters = blocks, and Satterthwaite degrees of freedom under equal,
 * independent errors. Both agree exactly when nothing is missing.
 *
 * Cells that no chain of blocks connects with the largest connected set of cells get a mean of NaN.
 * Blocks with a single run are left out: they compare nothing.
 */
export function cellEstimates(group: BlockGroup, cells: number): CellEstimates {
  const complete = group.blocks.every((block) => block.cells.every((x) => !Number.isNaN(x)));
  return complete ? completeEstimates(group, cells) : incompleteEstimates(group, cells);
}

function completeEstimates(group: BlockGroup, cells: number): CellEstimates {
  const blocks = group.blocks.length;
  const means = new Float64Array(cells);
  for (const block of group.blocks) for (let c = 0; c < cells; c++) means[c] += block.cells[c] / blocks;
  const residuals = new Float64Array(blocks * cells);
  group.blocks.forEach((block, b) => {
    for (let c = 0; c < cells; c++) residuals[b * cells + c] = block.cells[c] - means[c];
  });
  const labels = group.blocks.map((block) => block.label);
  return { means, residuals, blocks, labels, df: () => blocks - 1, complete: true };
}

interface UsableBlock {
  readonly label: string;
  /** Indices of the cells that have a run, among the connected ones. */
  readonly present: readonly number[];
  readonly values: Float64Array;
}

function incompleteEstimates(group: BlockGroup, cells: number): CellEstimates {
  const connected = largestConnectedCells(group, cells);
  const usable: UsableBlock[] = [];
  for (const { label, cells: values } of group.blocks) {
    const present = connected.filter((c) => !Number.isNaN(values[c]));
    if (present.length > 1) usable.push({ label, present, values });
  }
  const n = usable.length;
  // N = sum over blocks of (diag(present) - present present' / m_b), singular along the constant vector.
  const normal = new Float64Array(cells * cells);
  const right = new Float64Array(cells);
  for (const { present, values } of usable) {
    const m = present.length;
    let centre = 0;
    for (const c of present) centre += values[c] / m;
    for (const c of present) {
      right[c] += values[c] - centre;
      normal[c * cells + c] += 1;
      for (const d of present) normal[c * cells + d] -= 1 / m;
    }
  }
  const inverse = symmetricPower(normal, cells, -1, 1e-9).matrix;
  // The least-squares solution whose effects sum to zero over the connected cells.
  const effects = multiply(inverse, cells, right);
  const fit = usable.map((block) => blockFit(block, effects, inverse, cells));
  const meanOfBlocks = fit.reduce((sum, { level }) => sum + level / n, 0);
  const residuals = new Float64Array(n * cells);
  // Per-block contributions phi_b have covariance sum(phi phi'); the factor turns them into deviations.
  const factor = Math.sqrt(n * (n - 1));
  fit.forEach(({ adjusted, level }, b) => {
    const scores = new Float64Array(cells);
    usable[b].present.forEach((c, i) => (scores[c] = adjusted.residual[i]));
    const contribution = multiply(inverse, cells, scores);
    for (let c = 0; c < cells; c++)
      residuals[b * cells + c] = factor * contribution[c] + (level - meanOfBlocks);
  });
  const means = new Float64Array(cells).fill(NaN);
  for (const c of connected) means[c] = meanOfBlocks + effects[c];
  return {
    means,
    residuals,
    blocks: n,
    labels: usable.map((block) => block.label),
    df: (weights) => satterthwaite(usable, fit, inverse, cells, weights),
    complete: false,
  };
}

interface BlockFit {
  /** Least-squares level of the block. */
  readonly level: number;
  readonly adjusted: {
    /** A_b e_b, centred over the block's runs. */
    readonly residual: Float64Array;
    /** A_b, [m, m]. */
    readonly matrix: Float64Array;
  };
}

function blockFit(
  { present, values }: UsableBlock,
  effects: Float64Array,
  inverse: Float64Array,
  cells: number,
): BlockFit {
  const m = present.length;
  let level = 0;
  for (const c of present) level += (values[c] - effects[c]) / m;
  const residual = Float64Array.from(present, (c) => values[c] - effects[c] - level);
  // B_b = M_b - M_b N^+ M_b with M_b centring over the block's runs; A_b = B_b^(-1/2) on its range.
  const rows = new Float64Array(m * m);
  for (let i = 0; i < m; i++)
    for (let j = 0; j < m; j++) rows[i * m + j] = inverse[present[i] * cells + present[j]];
  const hat = centreBoth(rows, m);
  const target = new Float64Array(m * m);
  for (let i = 0; i < m; i++)
    for (let j = 0; j < m; j++) target[i * m + j] = (i === j ? 1 : 0) - 1 / m - hat[i * m + j];
  const { matrix } = symmetricPower(target, m, -0.5, 1e-9);
  return { level, adjusted: { residual: multiply(matrix, m, residual), matrix } };
}

/** C A C with C the centring matrix. */
function centreBoth(a: Float64Array, m: number): Float64Array {
  const rowMeans = new Float64Array(m);
  const columnMeans = new Float64Array(m);
  let total = 0;
  for (let i = 0; i < m; i++)
    for (let j = 0; j < m; j++) {
      rowMeans[i] += a[i * m + j] / m;
      columnMeans[j] += a[i * m + j] / m;
      total += a[i * m + j] / (m * m);
    }
  return a.map((x, at) => x - rowMeans[Math.floor(at / m)] - columnMeans[at % m] + total);
}

function multiply(matrix: Float64Array, size: number, vector: Float64Array): Float64Array {
  const out = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    let sum = 0;
    for (let j = 0; j < size; j++) sum += matrix[i * size + j] * vector[j];
    out[i] = sum;
  }
  return out;
}

/**
 * df = (sum P_bb)^2 / sum P_bd^2 with P_bd = p_b' p_d, p_b = (I - H)_b' A_b X_b N^+ c: since I - H is a
 * projection, P_bd = [b = d] |a_b|^2 - g_b' N^+ g_d, with a_b = A_b X_b N^+ c and g_b = X_b' a_b.
 */
function satterthwaite(
  blocks: readonly UsableBlock[],
  fits: readonly BlockFit[],
  inverse: Float64Array,
  cells: number,
  weights: ArrayLike<number>,
): number {
  const direction = multiply(inverse, cells, Float64Array.from(weights));
  const own: number[] = [];
  const spread: Float64Array[] = [];
  blocks.forEach(({ present }, b) => {
    const m = present.length;
    const values = Float64Array.from(present, (c) => direction[c]);
    const centre = values.reduce((sum, x) => sum + x / m, 0);
    const a = multiply(
      fits[b].adjusted.matrix,
      m,
      values.map((x) => x - centre),
    );
    own.push(a.reduce((sum, x) => sum + x * x, 0));
    const g = new Float64Array(cells);
    present.forEach((c, i) => (g[c] = a[i]));
    spread.push(g);
  });
  let trace = 0;
  let squares = 0;
  const mapped = spread.map((g) => multiply(inverse, cells, g));
  for (let b = 0; b < blocks.length; b++)
    for (let d = 0; d < blocks.length; d++) {
      let dot = 0;
      for (let c = 0; c < cells; c++) dot += spread[b][c] * mapped[d][c];
      const entry = (b === d ? own[b] : 0) - dot;
      if (b === d) trace += entry;
      squares += entry * entry;
    }
  return squares > 0 ? (trace * trace) / squares : NaN;
}

/** Cells linked by blocks that contain both (union-find), the largest such set, in increasing order. */
function largestConnectedCells(group: BlockGroup, cells: number): number[] {
  const parent = Array.from({ length: cells }, (_, c) => c);
  const find = (c: number): number => (parent[c] === c ? c : (parent[c] = find(parent[c])));
  const seen = new Array<boolean>(cells).fill(false);
  for (const block of group.blocks) {
    let first = -1;
    block.cells.forEach((x, c) => {
      if (Number.isNaN(x)) return;
      seen[c] = true;
      if (first === -1) first = c;
      else parent[find(c)] = find(first);
    });
  }
  const sets = new Map<number, number[]>();
  for (let c = 0; c < cells; c++) {
    if (!seen[c]) continue;
    const list = sets.get(find(c)) ?? [];
    sets.set(find(c), list);
    list.push(c);
  }
  return [...sets.values()].reduce((best, set) => (set.length > best.length ? set : best), []);
}
