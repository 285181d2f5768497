import { beforeAll, expect, it } from 'vitest';
import { startEngine } from './engine.ts';

beforeAll(() => startEngine());

const header = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
const text = (s: string) => [s.length, ...Buffer.from(s)];

/** A module with one empty function under that name, which imports env.memory. */
function moduleExporting(name: string): WebAssembly.Module {
  const imported = [1, ...text('env'), ...text('memory'), 2, 0, 0];
  const exported = [1, ...text(name), 0, 0];
  return new WebAssembly.Module(
    Uint8Array.from([
      ...header,
      ...[1, 4, 1, 0x60, 0, 0],
      ...[2, imported.length, ...imported],
      ...[3, 2, 1, 0],
      ...[7, exported.length, ...exported],
      ...[10, 4, 1, 2, 0, 0x0b],
    ]),
  );
}

const instance = (module: WebAssembly.Module, memory: WebAssembly.Memory) =>
  new WebAssembly.Instance(module, { env: { memory } });

it('shares the instance of a kernel, per memory', () => {
  const [memory, other] = [0, 1].map(() => new WebAssembly.Memory({ initial: 0 }));
  const kernel = moduleExporting('kernel');
  const first = instance(kernel, memory);
  expect(first).toBeInstanceOf(WebAssembly.Instance);
  expect(instance(kernel, memory)).toBe(first);
  expect(instance(kernel, other)).not.toBe(first);
  expect(instance(moduleExporting('kernel'), memory)).not.toBe(first);
});

it('leaves every other module alone', () => {
  const memory = new WebAssembly.Memory({ initial: 0 });
  const module = moduleExporting('main');
  expect(instance(module, memory)).not.toBe(instance(module, memory));
  const empty = new WebAssembly.Module(Uint8Array.from(header));
  expect(new WebAssembly.Instance(empty)).not.toBe(new WebAssembly.Instance(empty));
});
