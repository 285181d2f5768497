import type { ModelFacts } from '../../../contracts/index.ts';
import type { GgufHeader, GgufTensor } from './header.ts';
import { tensorBytes, tensorTypeName } from './tensor-types.ts';

/** What a file says of its model. */
export interface GgufFacts {
  readonly facts: ModelFacts;
  /** Which family of networks it is, as in `llama`. */
  readonly family: string;
  /** The chat template, in Jinja. */
  readonly template?: string;
  /** The number of files that the model is in. */
  readonly parts: number;
  /** The bytes that the file must have at least. */
  readonly bytes: number;
  /** Bytes of attention keys and values of one token, as 16-bit numbers. */
  readonly bytesPerToken: number;
}

export function ggufFacts({ metadata, tensors, weightsAt }: GgufHeader): GgufFacts {
  const text = (key: string) => {
    const value = metadata.get(key);
    return typeof value === 'string' ? value : undefined;
  };
  const family = text('general.architecture') ?? 'unknown';
  const number = (key: string) => {
    const value = metadata.get(`${family}.${key}`);
    return typeof value === 'number' && value > 0 ? value : undefined;
  };
  const experts = number('expert_count');
  const chosen = number('expert_used_count');
  const total = sum(tensors.map(weightsOf));
  const inExperts = sum(tensors.filter(isExpert).map(weightsOf));
  const active = !experts ? total : chosen && total - inExperts + Math.round((inExperts * chosen) / experts);
  const contextLength = number('context_length');
  const template = text('tokenizer.chat_template');
  const parts = metadata.get('split.count');
  const quantisation = mostOf(tensors);
  return {
    facts: {
      parameters: { total, ...(active && { active }) },
      architecture: experts ? 'moe' : 'dense',
      ...(contextLength && { contextLength }),
      ...(experts && { experts: { total: experts, ...(chosen && { active: chosen }) } }),
      ...(quantisation && { quantisation }),
    },
    family,
    ...(template && { template }),
    parts: typeof parts === 'number' ? Math.max(1, parts) : 1,
    bytes: Math.max(
      weightsAt,
      ...tensors.map(
        (tensor) => weightsAt + tensor.offset + (tensorBytes(tensor.type, weightsOf(tensor)) ?? 1),
      ),
    ),
    bytesPerToken: keysAndValues(metadata, family),
  };
}

function keysAndValues(metadata: GgufHeader['metadata'], family: string): number {
  const listed = (key: string, layers: number) => {
    const value = metadata.get(`${family}.${key}`);
    if (typeof value === 'object') return value;
    return typeof value === 'number' ? new Array<number>(layers).fill(value) : undefined;
  };
  const [layers = 0] = listed('block_count', 1) ?? [];
  const [width = 0] = listed('embedding_length', 1) ?? [];
  const heads = listed('attention.head_count', layers) ?? [];
  const [keys] = listed('attention.key_length', 1) ?? [];
  const [values] = listed('attention.value_length', 1) ?? [];
  const shared = listed('attention.head_count_kv', layers) ?? heads;
  const usual = heads[0] ? width / heads[0] : 0;
  return sum(shared) * ((keys ?? usual) + (values ?? usual)) * 2;
}

/** In a mixture, the feed-forward layers of all experts are one tensor. */
function isExpert({ name }: GgufTensor): boolean {
  return /\bffn_\w+_exps\b/.test(name);
}

function weightsOf({ shape }: GgufTensor): number {
  return shape.reduce((product, size) => product * size, 1);
}

function mostOf(tensors: readonly GgufTensor[]): string | undefined {
  const weights = new Map<number, number>();
  for (const tensor of tensors) weights.set(tensor.type, (weights.get(tensor.type) ?? 0) + weightsOf(tensor));
  const [most] = [...weights].sort((a, b) => b[1] - a[1]);
  return most && tensorTypeName(most[0]);
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}
