import type { Environment, Outcome, Task, Tuner } from '../../contracts/index.ts';
import { randomStream } from '../../core/index.ts';
import type { WritingTask } from './rollout.ts';

/** A model of one number per word, whatever it reads beyond who it is; it writes one word: every gradient is known. */
export function tabularTuner(words: readonly string[]): Tuner & {
  readonly logits: Map<string, number[]>;
} {
  const logits = new Map<string, number[]>();
  const gradient = new Map<string, number[]>();
  const of = (table: Map<string, number[]>, prompt: string) => {
    const [who] = prompt.split(' ');
    let row = table.get(who);
    if (!row) table.set(who, (row = words.map(() => 0)));
    return row;
  };
  const logs = (prompt: string) => {
    const row = of(logits, prompt);
    const total = Math.log(row.reduce((sum, z) => sum + Math.exp(z), 0));
    return row.map((z) => z - total);
  };
  return {
    base: { kind: 'tabular' },
    logits,
    sample: async (requests, count) =>
      requests.map(({ prompt, seed, temperature }) =>
        Array.from({ length: count }, (_, k) => {
          const own = logs(prompt);
          const token = randomStream('tabular', seed, k).categorical(
            own.map((log) => Math.exp(log / temperature)),
          );
          return { text: words[token], tokens: [token], logProbabilities: Float32Array.of(own[token]) };
        }),
      ),
    states: async (questions) =>
      questions.map(({ prompt }) => Float32Array.of(1, Number(prompt.split(' ')[1]) % 2)),
    score: async (texts) =>
      texts.map(({ request, tokens }) => Float32Array.from(tokens, (token) => logs(request.prompt)[token])),
    accumulate: async (texts) =>
      texts.map(({ request: { prompt }, tokens: [token], weight }) => {
        const own = logs(prompt);
        const row = of(gradient, prompt);
        const w = typeof weight === 'number' ? weight : weight[0];
        own.forEach((log, k) => (row[k] += w * ((k === token ? 1 : 0) - Math.exp(log))));
        return Float32Array.of(own[token]);
      }),
    step: async (learningRate) => {
      const all = [...gradient.values()].flat();
      for (const [prompt, row] of gradient)
        row.forEach(
          (g, k) => (of(logits, prompt)[k] = Math.fround(of(logits, prompt)[k] + learningRate * g)),
        );
      gradient.clear();
      return Math.sqrt(all.reduce((sum, g) => sum + g * g, 0));
    },
    snapshot: async () =>
      Object.fromEntries(
        [...logits].map(([prompt, row]) => [prompt, { shape: [row.length], data: Float32Array.from(row) }]),
      ),
    restore: async (snapshot) => {
      logits.clear();
      for (const [prompt, { data }] of Object.entries(snapshot)) logits.set(prompt, [...data]);
    },
    save: async () => ({ kind: 'tabular' }),
    close: async () => {},
  };
}

/** A task in which two agents write a word each, in so many turns; `pay` decides what all their words are worth. */
export function wordTask(
  turns: number,
  pay: (path: readonly (readonly string[])[], instance: number) => Outcome & { readonly ends?: boolean },
  problems = 60,
): WritingTask {
  const task: Task<number> = {
    agentNames: ['Ann', 'Bob'],
    actions: [],
    horizon: turns,
    rules: '',
    generate: (stream, split) => stream.integer(0, problems - 1) + (split === 'test' ? problems : 0),
    start: (instance): Environment => {
      const path: (readonly string[])[] = [];
      let done = false;
      return {
        get time() {
          return path.length;
        },
        get done() {
          return done;
        },
        offer: () => ({ kind: 'text', maxTokens: 1, form: 'prose' }),
        observe: () => `${instance} ${JSON.stringify(path)}`,
        step: (texts) => {
          path.push(texts.map(String));
          const { ends = path.length === turns, ...outcome } = pay(path, instance);
          done = ends;
          return outcome;
        },
      };
    },
    references: () => ({ low: 0, high: 1, lowStandardError: 0 }),
  };
  return {
    task: task,
    promptOf: (environment, agent) => `${agent} ${environment.observe(agent)}`,
    textOf: (written) => written,
  };
}
