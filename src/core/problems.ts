import { AgentMeshError } from './errors.ts';

/** Several things that are wrong, found together. */
export class ProblemsError extends AgentMeshError {
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(`${problems.length} things are wrong:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

/** Collects what is wrong, so that a user hears of all of it at once. */
export class Problems {
  readonly #errors: AgentMeshError[] = [];

  get any(): boolean {
    return this.#errors.length > 0;
  }

  /** What is wrong, each once. */
  get messages(): readonly string[] {
    return [...new Set(this.#errors.flatMap((e) => (e instanceof ProblemsError ? e.problems : [e.message])))];
  }

  add(error: AgentMeshError): void {
    this.#errors.push(error);
  }

  /** The result, or undefined after noting why there is none. What is a fault of ours passes through. */
  collect<T>(make: () => T): T | undefined {
    try {
      return make();
    } catch (error) {
      this.#note(error);
      return undefined;
    }
  }

  async collectAsync<T>(make: () => Promise<T>): Promise<T | undefined> {
    try {
      return await make();
    } catch (error) {
      this.#note(error);
      return undefined;
    }
  }

  /** @throws the only error as it is, or a ProblemsError of several */
  throwIfAny(): void {
    const { messages } = this;
    if (messages.length === 0) return;
    throw messages.length === 1 ? this.#errors[0] : new ProblemsError(messages);
  }

  #note(error: unknown): void {
    if (!(error instanceof AgentMeshError)) throw error;
    this.#errors.push(error);
  }
}
