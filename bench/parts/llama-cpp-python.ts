import { spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Token } from '../../src/models/parts/gguf/candidates.ts';

export interface PeerTask {
  readonly rules: readonly Token[];
  readonly rest: readonly Token[];
  /** Tokens to write; 0: the distribution after the question. */
  readonly write: number;
}

/** llama-cpp-python in a process of its own, one task after the other. */
export function llamaCppPython(
  python: string,
  file: string,
  { contextLength, threads }: { readonly contextLength: number; readonly threads: number },
) {
  const program = path.join(import.meta.dirname, 'llama_cpp_peer.py');
  const child = spawn(python, [program, file, String(contextLength), String(threads)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const answers = createInterface(child.stdout)[Symbol.asyncIterator]();
  return {
    /** CPU seconds that it took, and what came of it: how many tokens, or the largest probability. */
    ask: async (task: PeerTask): Promise<{ readonly seconds: number; readonly done: number }> => {
      child.stdin.write(`${JSON.stringify(task)}\n`);
      const { value, done } = (await answers.next()) as IteratorResult<string, undefined>;
      if (done) throw new Error(`${python} with llama-cpp-python ended.`);
      return JSON.parse(value) as { seconds: number; done: number };
    },
    end: () => child.stdin.end(),
  };
}
