/**
 * A situation of a task as data that anything can draw: a page, a terminal. A task that has a `view` describes
 * its situations with these panels; whoever draws them knows the kinds of panels and no task.
 *
 * All text is plain text. Agents are numbers, as everywhere.
 */
export type ScenePanel = GridPanel | ChainsPanel | TalkPanel | TablePanel;

/** Things on a grid of cells. */
export interface GridPanel {
  readonly kind: 'grid';
  readonly columns: number;
  readonly rows: number;
  readonly pieces: readonly GridPiece[];
}

export interface GridPiece {
  /** From 0; rows grow downwards. Several pieces may share a cell. */
  readonly column: number;
  readonly row: number;
  /** `agent` stands for a member of the team, `goal` for a place, `item` for a thing that blocks or is taken. */
  readonly piece: 'agent' | 'goal' | 'item';
  /** A letter or two, drawn on the piece. */
  readonly label: string;
  /** Whose piece it is; for `agent` pieces. */
  readonly agent?: number;
}

/** Chains of work, one per row: who does which part in which order, and how far it is. */
export interface ChainsPanel {
  readonly kind: 'chains';
  readonly chains: readonly {
    readonly label: string;
    readonly note: string;
    readonly parts: readonly ChainPart[];
  }[];
}

export interface ChainPart {
  readonly agent: number;
  /** Steps that the part takes; parts are drawn as long as that. */
  readonly length: number;
  readonly label: string;
  readonly status: 'done' | 'active' | 'next' | 'later' | 'lost';
}

/** What was said, in order. */
export interface TalkPanel {
  readonly kind: 'talk';
  readonly rounds: readonly {
    readonly title: string;
    readonly lines: readonly { readonly agent: number; readonly text: string }[];
  }[];
}

export interface TablePanel {
  readonly kind: 'table';
  readonly title: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}
