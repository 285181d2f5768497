/** A cell of a square grid: column and row, from 0; rows grow southwards. */
export type Cell = readonly [x: number, y: number];

/** What each move adds to a cell. `stay` is a move too. */
export const moves: Readonly<Record<'stay' | 'north' | 'south' | 'east' | 'west', Cell>> = {
  stay: [0, 0],
  north: [0, -1],
  south: [0, 1],
  east: [1, 0],
  west: [-1, 0],
};

export function manhattan(a: Cell, b: Cell): number {
  return Math.abs(a[0] - b[0]) + Math.abs(a[1] - b[1]);
}

export function sameCell(a: Cell, b: Cell): boolean {
  return a[0] === b[0] && a[1] === b[1];
}

export function shifted(cell: Cell, move: Cell): Cell {
  return [cell[0] + move[0], cell[1] + move[1]];
}

export function insideGrid(cell: Cell, grid: number): boolean {
  return cell[0] >= 0 && cell[1] >= 0 && cell[0] < grid && cell[1] < grid;
}

/** All cells, row by row. */
export function allCells(grid: number): Cell[] {
  return Array.from({ length: grid * grid }, (_, k): Cell => [k % grid, Math.floor(k / grid)]);
}

/** Where a cell lies as seen from another, always four words: "2 north 1 east". Zero counts as north and east. */
export function relativeText(from: Cell, to: Cell): string {
  const dx = to[0] - from[0];
  const dy = to[1] - from[1];
  return `${Math.abs(dy)} ${dy > 0 ? 'south' : 'north'} ${Math.abs(dx)} ${dx < 0 ? 'west' : 'east'}`;
}

/**
 * Steps from a cell to every other around blocked ones, on a square grid whose cells are numbered row by row;
 * -1 where there is no way.
 */
export function gridDistances(from: number, blocked: Uint8Array, width: number): Int16Array {
  const out = new Int16Array(width * width).fill(-1);
  const queue = new Int16Array(width * width);
  out[from] = 0;
  queue[0] = from;
  for (let head = 0, tail = 1; head < tail; head++) {
    const cell = queue[head];
    const column = cell % width;
    for (let direction = 0; direction < 4; direction++) {
      if ((direction === 2 && column === 0) || (direction === 3 && column === width - 1)) continue;
      const to = direction === 0 ? cell - width : direction === 1 ? cell + width : cell + 2 * direction - 5;
      if (to < 0 || to >= out.length || out[to] >= 0 || blocked[to]) continue;
      out[to] = out[cell] + 1;
      queue[tail++] = to;
    }
  }
  return out;
}
