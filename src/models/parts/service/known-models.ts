import type { ModelFacts } from '../../../contracts/index.ts';

/** US dollars per million tokens. Cached input is counted at the full price, so costs are upper bounds. */
export interface Prices {
  readonly input: number;
  readonly output: number;
}

export interface KnownModel {
  readonly facts: ModelFacts;
  readonly prices?: Prices;
  /** The day on which the figures were compared with the sources. */
  readonly checked: string;
  /** Where the figures stand. */
  readonly sources: readonly string[];
}

const checked = '2026-11-21';

const priced = (
  input: number,
  output: number,
  contextLength: number | undefined,
  ...sources: readonly string[]
): KnownModel => ({
  facts: contextLength === undefined ? {} : { contextLength },
  prices: { input, output },
  checked,
  sources,
});
const sized = (
  architecture: 'dense' | 'moe',
  totalBillions: number,
  activeBillions: number,
  contextLength: number | undefined,
  ...sources: readonly string[]
): KnownModel => ({
  facts: {
    parameters: { total: Math.round(totalBillions * 1e9), active: Math.round(activeBillions * 1e9) },
    architecture,
    ...(contextLength !== undefined && { contextLength }),
  },
  checked,
  sources,
});
const dense = (billions: number, contextLength: number | undefined, ...sources: readonly string[]) =>
  sized('dense', billions, billions, contextLength, ...sources);
const moe = (
  total: number,
  active: number,
  contextLength: number | undefined,
  ...sources: readonly string[]
) => sized('moe', total, active, contextLength, ...sources);

const qwen3Names = 'https://huggingface.co/cortexso/qwen3';
const qwen3Sizes = 'https://huggingface.co/spaces/polats/ZeroGPU-LLM-Inference';
const qwen3Moe = 'https://docs.nvidia.com/nemo/automodel/latest/model-coverage/llm/qwen/qwen3-moe.html';
const gptOss = 'https://docs.nvidia.com/nemo/microservices/25.9.0/fine-tune/models/gpt-oss.html';
const openAiPrices2025 = 'https://hex.pm/packages/openai_responses/0.4.1/files/lib/responses/pricing.ex';

/**
 * What is publicly known of models, by the service's id and the model's name. Every figure was found in a stored copy
 * of the pages named with it, most of them not the makers' own, and some some months old: set `prices` yourself where
 * a budget depends on them. What could not be found, or was said in two ways, is absent: the makers of the OpenAI
 * models publish no sizes, and of Llama 3.2 different counts are given. Context lengths of Ollama models are the ones
 * that they were trained for; what a study uses is its own option. A study overrides any of this with the options
 * `facts` and `prices`.
 */
export const knownModels: Readonly<Record<string, Readonly<Record<string, KnownModel>>>> = {
  openai: {
    'gpt-5': priced(
      1.25,
      10,
      400_000,
      'https://docs.rs/crate/openai-cost/latest/source/src/pricing.rs',
      'https://vercel.com/ai-gateway/models/gpt-5-fast.md',
    ),
    'gpt-5-mini': priced(0.25, 2, 400_000, 'https://openrouter.ai/openai/gpt-5-mini'),
    'gpt-5-nano': priced(0.05, 0.4, 400_000, 'https://developers.openai.com/api/docs/models/gpt-5-nano.md'),
    'gpt-4.1': priced(
      2,
      8,
      undefined,
      openAiPrices2025,
      'https://github.com/github/docs/blob/main/data/tables/copilot/models-and-pricing.yml',
    ),
    'gpt-4.1-mini': priced(
      0.4,
      1.6,
      1_047_576,
      openAiPrices2025,
      'https://vercel.com/ai-gateway/models/gpt-4.1-mini-fast.md',
    ),
    'gpt-4.1-nano': priced(0.1, 0.4, 1_047_576, 'https://developers.openai.com/api/docs/models/gpt-4.1-nano'),
    'gpt-4o': priced(2.5, 10, 128_000, 'https://github.com/CommitBrief/commitbrief/wiki/Provider-OpenAI'),
    'gpt-4o-mini': priced(
      0.15,
      0.6,
      128_000,
      'https://openrouter.ai/openai/gpt-4o-mini-2024-07-18/parameters',
    ),
  },
  ollama: {
    'qwen3:0.6b': dense(0.6, undefined, qwen3Names),
    'qwen3:1.7b': dense(1.7, undefined, qwen3Names),
    'qwen3:4b': dense(4, undefined, qwen3Names),
    'qwen3:8b': dense(8.2, undefined, 'https://openrouter.ai/qwen/qwen3-8b/api'),
    'qwen3:14b': dense(14.8, undefined, qwen3Sizes),
    'qwen3:32b': dense(32.8, undefined, qwen3Sizes),
    'qwen3:30b-a3b': moe(
      30.5,
      3.3,
      undefined,
      'https://docs.vllm.ai/projects/ascend/en/latest/tutorials/models/Qwen3-30B-A3B/',
    ),
    'qwen3:235b-a22b': moe(235, 22, undefined, qwen3Moe),
    'llama3.1:8b': dense(
      8.03,
      131_072,
      'https://huggingface.co/keras/llama3_instruct_8b_en/commit/ddbd9bff1f909bb7c6339cce7769cf1effde5f6d',
      'https://inference.readthedocs.io/en/v1.1.0/models/builtin/llm/llama-3.1.html',
    ),
    'llama3.1:70b': dense(
      70,
      131_072,
      'https://apxml.com/models/llama-3-1-70b',
      'https://inference.readthedocs.io/en/v1.1.0/models/builtin/llm/llama-3.1.html',
    ),
    'mixtral:8x7b': moe(
      46.7,
      12.9,
      32_768,
      'https://ajkdrag.in/2-Zettels/56B-or-47B-in-Mixtral-8x7B-MoE',
      'https://simonwillison.net/2024/Jan/9/mixtral-of-experts/',
    ),
    'mixtral:8x22b': moe(
      141,
      39,
      65_536,
      'https://jacar.es/en/mixtral-8x22b-moe/',
      'https://canitrun.net/models/mixtral-8x22b',
    ),
    'gpt-oss:20b': moe(21, 3.6, 131_072, gptOss, 'https://vercel.com/ai-gateway/models/gpt-oss-20b.md'),
    'gpt-oss:120b': moe(117, 5.1, undefined, gptOss),
    'deepseek-v3:671b': moe(671, 37, undefined, 'https://huggingface.co/deepseek-ai/DeepSeek-V3'),
  },
};

/** Undefined for a model that the file does not know: unknown is not guessed. */
export function knownModel(service: string, name: string): KnownModel | undefined {
  const models = knownModels[service] ?? {};
  return Object.hasOwn(models, name) ? models[name] : undefined;
}
