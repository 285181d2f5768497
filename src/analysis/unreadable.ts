/** What is known of a cell's answers. */
interface AnswerCounts {
  /** Answers that named no available action, of all decisions. */
  readonly unparsable: number;
  readonly decisions: number;
}

/** Beyond this share of answers that could not be read, a score is partly chance. */
export const mostUnreadable = 0.05;

/** The share of a cell's answers that could not be read, where it is beyond what a score can bear; else undefined. */
export function unreadableShare({ unparsable, decisions }: AnswerCounts): number | undefined {
  const share = decisions > 0 ? unparsable / decisions : 0;
  return share > mostUnreadable ? share : undefined;
}

/** A model some of whose cells have too many answers that could not be read. */
export interface UnreadableModel extends AnswerCounts {
  readonly model: string;
  /** Its cells beyond the limit, and all of those that were played. The counts are of the former. */
  readonly cells: number;
  readonly playedCells: number;
  /** All of it in one sentence. */
  readonly text: string;
}

/** The models with marked cells, in the order in which they come. */
export function unreadableModels(
  cells: Iterable<AnswerCounts & { readonly model: string }>,
): UnreadableModel[] {
  const models = new Map<string, Omit<UnreadableModel, 'text'>>();
  for (const { model, unparsable, decisions } of cells) {
    if (decisions === 0) continue;
    const sum = models.get(model) ?? { model, unparsable: 0, decisions: 0, cells: 0, playedCells: 0 };
    const marked = unreadableShare({ unparsable, decisions }) !== undefined;
    models.set(model, {
      model,
      unparsable: sum.unparsable + (marked ? unparsable : 0),
      decisions: sum.decisions + (marked ? decisions : 0),
      cells: sum.cells + Number(marked),
      playedCells: sum.playedCells + 1,
    });
  }
  return [...models.values()]
    .filter((model) => model.cells > 0)
    .map((model) => ({ ...model, text: textOf(model) }));
}

function textOf({ model, unparsable, decisions, cells, playedCells }: Omit<UnreadableModel, 'text'>): string {
  return (
    `${unparsable} of ${decisions} answers (${percent(unparsable / decisions)}) of ${model} could not be read in ` +
    `${cells} of its ${playedCells} cells: each is beyond ${percent(mostUnreadable)}, so what these score is partly chance.`
  );
}

/** "7% unreadable", beside a cell's score. */
export function unreadableNote(cell: AnswerCounts): string | undefined {
  const share = unreadableShare(cell);
  return share === undefined ? undefined : `${percent(share)} unreadable`;
}

/** Never rounded down to what is allowed. */
const percent = (x: number) => `${x < 0.1 ? Number((100 * x).toPrecision(2)) : Math.round(100 * x)}%`;
