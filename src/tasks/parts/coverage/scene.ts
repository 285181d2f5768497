import type { GridPiece, ScenePanel } from '../../../contracts/index.ts';
import type { Cell } from '../grid.ts';
import { cutOut, gridPanel } from '../grid-scene.ts';

export interface CoverageScene {
  readonly names: readonly string[];
  readonly cells: readonly Cell[];
  /** In the order in which they are to be numbered. */
  readonly beacons: readonly Cell[];
}

/** The grid with all agents and beacons. */
export function coverageScene(grid: number, scene: CoverageScene): readonly ScenePanel[] {
  return [gridPanel(grid, [...goals(scene), ...agents(scene, () => true)])];
}

/** An agent's own view: the beacons by its own numbers, and the teammates that it sees. */
export function coverageSight(scene: CoverageScene, sees: (other: number) => boolean): readonly ScenePanel[] {
  return [cutOut([...goals(scene), ...agents(scene, sees)])];
}

function goals({ beacons }: CoverageScene): GridPiece[] {
  return beacons.map(([column, row], k) => ({ column, row, piece: 'goal', label: String(k + 1) }));
}

function agents({ names, cells }: CoverageScene, shown: (agent: number) => boolean): GridPiece[] {
  return cells.flatMap(([column, row], agent): GridPiece[] =>
    shown(agent) ? [{ column, row, piece: 'agent', label: names[agent].charAt(0), agent }] : [],
  );
}
