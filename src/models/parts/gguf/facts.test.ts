import { expect, it } from 'vitest';
import { type TinyGguf, tinyGguf } from '../../../../test/support/tiny-gguf.ts';
import { ggufFacts } from './facts.ts';
import { readGgufHeader } from './header.ts';

const read = (file: TinyGguf) => ggufFacts(readGgufHeader(tinyGguf(file)));

const dense = {
  'general.architecture': 'llama',
  'llama.block_count': 2,
  'llama.context_length': 512,
  'llama.embedding_length': 64,
  'llama.attention.head_count': 4,
  'llama.attention.head_count_kv': 2,
  'tokenizer.ggml.tokens': ['a', 'b'],
  'tokenizer.chat_template': '{{ messages }}',
};

it('a file says how large its model is, how its weights are stored, and what it can read', () => {
  const tensors = [
    { name: 'token_embd.weight', shape: [64, 100], type: 0 },
    { name: 'blk.0.ffn_up.weight', shape: [64, 256], type: 3 },
  ];
  expect(read({ metadata: dense, tensors })).toMatchObject({
    facts: {
      // 6,400 and 16,384 weights.
      parameters: { total: 22_784, active: 22_784 },
      architecture: 'dense',
      contextLength: 512,
      quantisation: 'Q4_1',
    },
    family: 'llama',
    template: '{{ messages }}',
    parts: 1,
    // Two layers with two heads of 16 numbers, for keys and for values, of two bytes.
    bytesPerToken: 256,
  });
});

it('of a mixture, the experts that a token passes are active', () => {
  const metadata = {
    'general.architecture': 'mixed',
    'mixed.expert_count': 8,
    'mixed.expert_used_count': 2,
  };
  const tensors = [
    { name: 'token_embd.weight', shape: [10, 10], type: 1 },
    { name: 'blk.0.ffn_gate_exps.weight', shape: [10, 20, 8], type: 1 },
    { name: 'blk.0.ffn_gate_inp.weight', shape: [10, 8], type: 0 },
  ];
  expect(read({ metadata, tensors }).facts).toEqual({
    // 100 + 1,600 + 80; of the experts a quarter.
    parameters: { total: 1780, active: 580 },
    architecture: 'moe',
    experts: { total: 8, active: 2 },
    quantisation: 'F16',
  });
});

it('heads that differ from layer to layer, and sizes of their own, count as they are', () => {
  const metadata = {
    ...dense,
    'llama.attention.head_count_kv': [1, 3],
    'llama.attention.key_length': 32,
    'llama.attention.value_length': 8,
  };
  expect(read({ metadata }).bytesPerToken).toBe(4 * (32 + 8) * 2);
});

it('what a file does not say is unknown', () => {
  const { facts, template, bytesPerToken } = read({ metadata: { 'general.architecture': 'new' } });
  expect(facts).toEqual({ parameters: { total: 0 }, architecture: 'dense' });
  expect([template, bytesPerToken]).toEqual([undefined, 0]);
});

it('the file must be as long as its last tensor says', () => {
  const tensors = [{ name: 'a', shape: [32], type: 0 }];
  const whole = tinyGguf({ tensors, weights: 128 });
  expect(ggufFacts(readGgufHeader(whole)).bytes).toBe(whole.length);
  // Of a type that nobody knows yet, at least the first byte.
  const unknown = tinyGguf({ tensors: [{ ...tensors[0], type: 200 }], weights: 1 });
  expect(ggufFacts(readGgufHeader(unknown)).bytes).toBe(unknown.length);
});
