import { expect, it } from 'vitest';
import { floats, np, startEngine } from './engine.ts';

/**
 * With a = 1 + 2^-12, a^2 = 1 + 2^-11 + 2^-24, which float32 rounds to 1 + 2^-11. So a^2 - (1 + 2^-11) is 0 where the
 * product is rounded before it is added, as everywhere else in this project, and 2^-24 where it is not.
 */
it('products are rounded before they are added, on every version of Node and in every lane', async () => {
  await startEngine();
  const a = 1 + 2 ** -12;
  for (const columns of [1, 2, 3, 4, 7, 16, 64]) {
    const row = np.array([[1, a]]);
    const terms = np.array([Array<number>(columns).fill(-(1 + 2 ** -11)), Array<number>(columns).fill(a)]);
    expect([...floats(np.matmul(row, terms).reshape([columns]))]).toEqual(Array<number>(columns).fill(0));
  }
});
