/** What the command line's exit code tells a program; docs/exit-codes.md says more. */
export const exitCodes = {
  done: 0,
  studyHadFailures: 1,
  /** Something must be put right first: the input, or the machine. */
  refused: 2,
  budgetReached: 3,
  internalError: 4,
  interrupted: 130,
} as const;

/**
 * The base of every error a user can cause or repair. The message names the thing, the value, the place and
 * the remedy; anything that is not an AgentMeshError is a fault of ours (exit code 4).
 */
export class AgentMeshError extends Error {
  readonly exitCode: number = exitCodes.refused;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** What anything that was thrown says of itself. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The user has ended it before it was done. */
export class InterruptedError extends AgentMeshError {
  override readonly exitCode = exitCodes.interrupted;
}

/** Where in a user's file something stands. Lines and columns count from 1. */
export interface Place {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

function formatPlace(place: Place): string {
  return [place.file, place.line, place.line === undefined ? undefined : place.column]
    .filter((x) => x !== undefined)
    .join(':');
}

/** A value from outside (file, flag, argument) that cannot be used. */
export class InputError extends AgentMeshError {
  readonly place?: Place;
  constructor(message: string, place?: Place, options?: ErrorOptions) {
    super(place ? `${formatPlace(place)}: ${message}` : message, options);
    this.place = place;
  }
}

/** An id that no catalogue knows, with the nearest one that exists. */
export class UnknownIdError extends AgentMeshError {
  readonly kind: string;
  readonly id: string;
  readonly available: readonly string[];
  constructor(kind: string, id: string, available: readonly string[], place?: Place) {
    const near = nearest(id, available);
    super(
      `Unknown ${kind} "${id}"${place ? ` at ${formatPlace(place)}` : ''}.` +
        (near ? ` Did you mean "${near}"?` : '') +
        ` Available: ${available.join(', ')}.`,
    );
    this.kind = kind;
    this.id = id;
    this.available = available;
  }
}

/** A budget is used up; what is in flight is dropped, what is finished is stored. */
export class BudgetReachedError extends AgentMeshError {
  override readonly exitCode = exitCodes.budgetReached;
}

/** The candidate with the smallest edit distance, when it is small enough to be a slip of the pen. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = Infinity;
  for (const candidate of candidates) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      bestDistance = distance;
      best = candidate;
    }
  }
  return bestDistance <= Math.max(2, Math.floor(word.length / 3)) ? best : undefined;
}

/** Levenshtein distance, with a swap of neighbours counting as one edit (optimal string alignment). */
function editDistance(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  for (let i = 0; i <= a.length; i++) rows[i][0] = i;
  for (let j = 0; j <= b.length; j++) rows[0][j] = j;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      rows[i][j] = Math.min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        rows[i][j] = Math.min(rows[i][j], rows[i - 2][j - 2] + 1);
      }
    }
  }
  return rows[a.length][b.length];
}
