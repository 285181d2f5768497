import type { GridPanel, GridPiece } from '../../contracts/index.ts';

/** The whole of a square grid. */
export function gridPanel(grid: number, pieces: readonly GridPiece[]): GridPanel {
  return { kind: 'grid', columns: grid, rows: grid, pieces };
}

/**
 * What an agent sees that knows where things lie from itself and not where it stands: the smallest cut-out of
 * the plane that holds these pieces, with a rim of one cell.
 */
export function cutOut(pieces: readonly GridPiece[]): GridPanel {
  const columns = pieces.map((piece) => piece.column);
  const rows = pieces.map((piece) => piece.row);
  const left = Math.min(...columns) - 1;
  const top = Math.min(...rows) - 1;
  return {
    kind: 'grid',
    columns: Math.max(...columns) - left + 2,
    rows: Math.max(...rows) - top + 2,
    pieces: pieces.map((piece) => ({ ...piece, column: piece.column - left, row: piece.row - top })),
  };
}
