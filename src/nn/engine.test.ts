import { expect, it } from 'vitest';
import { floats, grad, np, startEngine, type Tensor } from './engine.ts';

it('starts any number of times, and differentiates', async () => {
  await Promise.all([startEngine(), startEngine()]);
  // d/dx sum(x^3) = 3 x^2
  const gradient = grad((x: Tensor) => x.ref.mul(x.ref).mul(x).sum())(np.array([1, 2, -3]));
  expect([...floats(gradient)]).toEqual([3, 12, 27]);
});
