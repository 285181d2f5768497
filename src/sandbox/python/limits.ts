/** What every program in Python may use. Part of what fixes verdicts: tasks raise their revision when it changes. */
export const pythonLimits = {
  sourceCharacters: 100_000,
  /** Of the processor, for the program and all of its tests. */
  cpuSeconds: 5,
  /** Of the interpreter and the program together, where the system bounds it. */
  memoryBytes: 512 << 20,
  /** Of what one call gives back, as JSON. */
  outputBytes: 1 << 20,
};
export type PythonLimits = Readonly<typeof pythonLimits>;

/** A program that somebody else wrote, and what decides whether it is right. */
export interface PythonProgram {
  readonly source: string;
  /** Runs before the tests, out of the program's reach: what they need to be named. */
  readonly setup: string;
  /** They define `check(candidate)`, which throws where something is wrong. */
  readonly tests: string;
  /** The function that is tested. */
  readonly entryPoint: string;
}

/** What came of it. */
export type PythonVerdict =
  | { readonly kind: 'passed' }
  /** A test failed, or the program threw or does not parse. */
  | { readonly kind: 'failed'; readonly message: string }
  /** It reached a limit; `fault` is for a program that ended its process or gave back what is no value. */
  | {
      readonly kind: 'stopped';
      readonly limit: 'source' | 'time' | 'memory' | 'output' | 'fault';
    };
