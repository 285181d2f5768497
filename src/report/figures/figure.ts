/** The table behind a figure: everything it shows, as text and numbers. */
export interface FigureTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
}

/** Where a figure is drawn: a browser's document, or one of linkedom's on a server. */
export interface Surface {
  readonly document: Document;
}

/**
 * One figure: what it is called, a caption that says what is shown and how uncertain it is, the table behind it,
 * and a pure function that draws it. All text is plain; whoever puts it into markup escapes it.
 */
export interface Figure {
  /** Unique in a page; letters, digits and hyphens. */
  readonly id: string;
  readonly title: string;
  readonly caption: string;
  readonly table: FigureTable;
  /** Why there is nothing to draw; then there is no `draw`. */
  readonly missing?: string;
  readonly draw?: (surface: Surface) => SVGElement;
  /** Below this width in CSS pixels the figure scrolls instead of shrinking. */
  readonly minWidth?: number;
}

/** A figure of which nothing can be said yet. */
export function missingFigure(id: string, title: string, missing: string): Figure {
  return { id, title, caption: '', table: { columns: [], rows: [] }, missing };
}
