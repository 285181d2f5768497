import type { GridPiece, ScenePanel } from '../../../contracts/index.ts';
import { cutOut, gridPanel } from '../grid-scene.ts';
import type { ForagingSight } from './view.ts';
import type { ForagingState, ForagingWorld } from './world.ts';

/** The grid with agents and foods, each with its level; an agent's own view holds what is in its sight. */
export function foragingScene(
  { grid, instance, foodCells }: ForagingWorld,
  sight: ForagingSight,
  names: readonly string[],
  state: ForagingState,
  viewer?: number,
): readonly ScenePanel[] {
  const { levels, foodLevels } = instance;
  const { cells, left } = state;
  const there = viewer === undefined ? left : sight.knownFoods(state, cells[viewer]);
  const at = (cell: number) => ({ column: cell % grid, row: Math.floor(cell / grid) });
  const foods = foodCells.flatMap((cell, k): GridPiece[] =>
    (there >> k) & 1 ? [{ ...at(cell), piece: 'item', label: String(foodLevels[k]) }] : [],
  );
  const agents = cells.flatMap((cell, agent): GridPiece[] =>
    viewer === undefined || viewer === agent || sight.sees(cells[viewer], cell)
      ? [{ ...at(cell), piece: 'agent', label: `${names[agent].charAt(0)}${levels[agent]}`, agent }]
      : [],
  );
  const pieces = [...foods, ...agents];
  return [viewer === undefined ? gridPanel(grid, pieces) : cutOut(pieces)];
}
