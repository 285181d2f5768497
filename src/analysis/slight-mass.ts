import { type MassCount, slightMass, sumMasses } from '../contracts/index.ts';

/** What is known of a cell's candidate masses. */
interface CellMass {
  readonly mass?: MassCount;
}

/** Whether the median candidate mass of a cell's decisions is below `slightMass`: whether most of them are. */
export function hasSlightMass({ mass }: CellMass): boolean {
  return mass !== undefined && 2 * mass.slight > mass.known;
}

/** "median mass below 0.01", beside a cell's score. */
export function massNote(cell: CellMass): string | undefined {
  return hasSlightMass(cell) ? `median mass below ${slightMass}` : undefined;
}

/** A model in some of whose cells the choices were hardly what it would answer. */
export interface SlightModel {
  readonly model: string;
  /** Its marked cells, and all of those whose masses are known. */
  readonly cells: number;
  readonly knownCells: number;
  /** Of the marked cells. */
  readonly mass: MassCount;
  /** All of it in one sentence. */
  readonly text: string;
}

/** The models with marked cells, in the order in which they come. */
export function slightModels(cells: Iterable<CellMass & { readonly model: string }>): SlightModel[] {
  const known = [...cells].filter(({ mass }) => mass !== undefined);
  return [...new Set(known.map(({ model }) => model))].flatMap((model) => {
    const own = known.filter((cell) => cell.model === model);
    const marked = own.filter(hasSlightMass);
    if (marked.length === 0) return [];
    const counts = { cells: marked.length, knownCells: own.length };
    const mass = sumMasses(marked.map((cell) => cell.mass!));
    const text =
      `In ${mass.slight} of ${mass.known} decisions in ${counts.cells} of the ${counts.knownCells} cells of ${model}, the ` +
      `choices together had less than ${100 * slightMass}% of the probability of the model's own answer: what these cells ` +
      'score is what it prefers among answers that it would hardly give.';
    return [{ model, ...counts, mass, text }];
  });
}
