import { safetensors } from '@jax-js/loaders';
import { describe, expect, it } from 'vitest';
import { InputError } from '../core/index.ts';
import { roundToFloat16 } from './float16.ts';
import { decodeSafetensors, encodeSafetensors, type WeightFile } from './safetensors.ts';

const stored: WeightFile = {
  weights: {
    'layers.0.weight': { shape: [2, 3], data: new Float32Array([1, -2, 0.1, 4e-5, 5, 60000]) },
    bias: { shape: [], data: new Float32Array([0.3]) },
  },
  metadata: { words: '["a","b"]', about: 'ünïcode' },
};

describe('safetensors', () => {
  it('gives float32 tensors and metadata back', () => {
    expect(decodeSafetensors(encodeSafetensors(stored, 'F32'), 'w')).toEqual(stored);
  });

  it('rounds to half precision when asked', () => {
    const back = decodeSafetensors(encodeSafetensors(stored, 'F16'), 'w');
    for (const [name, { data }] of Object.entries(stored.weights)) {
      expect(back.weights[name].data).toEqual(roundToFloat16(data));
    }
  });

  it('writes what an independent reader understands', () => {
    const read = safetensors.parse(encodeSafetensors(stored, 'F32').slice());
    expect(read.metadata).toEqual(stored.metadata);
    expect(read.tensors['layers.0.weight'].shape).toEqual([2, 3]);
    expect(read.tensors['layers.0.weight'].data).toEqual(stored.weights['layers.0.weight'].data);
  });

  it('does not depend on the order of keys', () => {
    const { weights, metadata } = stored;
    const turned = {
      weights: { bias: weights.bias, 'layers.0.weight': weights['layers.0.weight'] },
      metadata: { about: metadata.about, words: metadata.words },
    };
    expect(encodeSafetensors(turned, 'F16')).toEqual(encodeSafetensors(stored, 'F16'));
  });

  it('names the file that is damaged', () => {
    const bytes = encodeSafetensors(stored, 'F16');
    for (const damaged of [
      bytes.subarray(0, 5),
      bytes.subarray(0, 40),
      bytes.subarray(0, bytes.length - 2),
    ]) {
      expect(() => decodeSafetensors(damaged, 'weights.safetensors')).toThrow(InputError);
      expect(() => decodeSafetensors(damaged, 'weights.safetensors')).toThrow(/^weights\.safetensors: /);
    }
    const noise = bytes.slice();
    noise.fill(7, 8, 30);
    expect(() => decodeSafetensors(noise, 'w')).toThrow('not JSON');
  });

  it('refuses data that do not fill their shape', () => {
    const wrong = { weights: { a: { shape: [2], data: new Float32Array(3) } }, metadata: {} };
    expect(() => encodeSafetensors(wrong, 'F32')).toThrow(RangeError);
  });
});
