/** JSON, as programs get and give it. */
type Value = null | boolean | number | string | readonly Value[] | { readonly [name: string]: Value };

/** A strangers' program in JavaScript, and the calls whose results are wanted. */
export interface Program {
  readonly source: string;
  readonly calls: readonly { readonly name: string; readonly args: readonly Value[] }[];
}

/** What a call came to. */
export type CallOutcome =
  /** The value as JSON; absent for what JSON does not hold, such as undefined or a function. */
  | { readonly kind: 'returned'; readonly json?: string }
  /** It threw, could not be parsed, or there is no such function. */
  | { readonly kind: 'threw'; readonly message: string }
  /**
   * It went beyond a limit: `steps` and `memory` are counted and the same on every machine; `time` is the patience of
   * the thread that waits for it, and only what never asks whether it may go on comes to it; `fault` broke the engine.
   */
  | { readonly kind: 'stopped'; readonly limit: 'source' | 'steps' | 'memory' | 'output' | 'time' | 'fault' };

/** What every program may use. Part of what fixes verdicts: tasks raise their revision when it changes. */
export const limits = {
  sourceCharacters: 8_000,
  /** Of a result as JSON. */
  outputCharacters: 4_000,
  /** Of the engine and the program together; the engine needs no less. */
  memoryBytes: 16 << 20,
  stackBytes: 128 << 10,
  /** For the program's start, and for each call: times 10,000 loops and calls. */
  interrupts: 5,
} as const;
