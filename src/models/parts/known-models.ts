import type { ModelFacts } from '../../contracts/index.ts';

/** US dollars per million tokens. Cached input is counted at the full price, so costs are upper bounds. */
export interface Prices {
  readonly input: number;
  readonly output: number;
}

export interface KnownModel {
  readonly facts: ModelFacts;
  readonly prices?: Prices;
  /** The month whose published figures the entry means to state. */
  readonly asOf: string;
}

const priced = (contextLength: number, input: number, output: number, asOf = '2025-08'): KnownModel => ({
  facts: { contextLength },
  prices: { input, output },
  asOf,
});
const dense = (billions: number, contextLength?: number, asOf = '2025-08'): KnownModel => {
  const total = Math.round(billions * 1e9);
  return { facts: { parameters: { total, active: total }, architecture: 'dense', contextLength }, asOf };
};
const moe = (
  totalBillions: number,
  activeBillions: number,
  contextLength?: number,
  asOf = '2025-08',
): KnownModel => ({
  facts: {
    parameters: { total: Math.round(totalBillions * 1e9), active: Math.round(activeBillions * 1e9) },
    architecture: 'moe',
    contextLength,
  },
  asOf,
});

/**
 * What is publicly known of models, by the service's id and the model's name. The entries were written down
 * without access to the makers' pages and still have to be checked against them; set `prices` yourself where a
 * budget depends on them. The makers of the OpenAI models
 * publish no sizes, so those are absent. Context lengths of Ollama models are the ones they were trained for;
 * what a study uses is its own option. A study overrides any of this with the options `facts` and `prices`.
 */
export const knownModels: Readonly<Record<string, Readonly<Record<string, KnownModel>>>> = {
  openai: {
    'gpt-5': priced(400_000, 1.25, 10),
    'gpt-5-mini': priced(400_000, 0.25, 2),
    'gpt-5-nano': priced(400_000, 0.05, 0.4),
    'gpt-4.1': priced(1_047_576, 2, 8),
    'gpt-4.1-mini': priced(1_047_576, 0.4, 1.6),
    'gpt-4.1-nano': priced(1_047_576, 0.1, 0.4),
    'gpt-4o': priced(128_000, 2.5, 10),
    'gpt-4o-mini': priced(128_000, 0.15, 0.6),
  },
  ollama: {
    'qwen3:0.6b': dense(0.6),
    'qwen3:1.7b': dense(1.7),
    'qwen3:4b': dense(4),
    'qwen3:8b': dense(8.2),
    'qwen3:14b': dense(14.8),
    'qwen3:32b': dense(32.8),
    'qwen3:30b-a3b': moe(30.5, 3.3),
    'qwen3:235b-a22b': moe(235, 22),
    'llama3.1:8b': dense(8.03, 131_072),
    'llama3.1:70b': dense(70.6, 131_072),
    'llama3.2:1b': dense(1.23, 131_072),
    'llama3.2:3b': dense(3.21, 131_072),
    'mixtral:8x7b': moe(46.7, 12.9, 32_768),
    'mixtral:8x22b': moe(141, 39, 65_536),
    'gpt-oss:20b': moe(20.9, 3.6, 131_072),
    'gpt-oss:120b': moe(116.8, 5.1, 131_072),
    'deepseek-v3:671b': moe(671, 37),
  },
};

/** Undefined for a model that the file does not know: unknown is not guessed. */
export function knownModel(service: string, name: string): KnownModel | undefined {
  const models = knownModels[service] ?? {};
  return Object.hasOwn(models, name) ? models[name] : undefined;
}
