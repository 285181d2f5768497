import { InputError } from '../../core/index.ts';
import { symmetricPower } from '../symmetric.ts';

export interface Minimum {
  readonly at: Float64Array;
  readonly value: number;
  /** Second derivatives there, [size, size]. */
  readonly hessian: Float64Array;
}

type Objective = (at: Float64Array) => number;

const gradientStep = 3e-5;
const hessianStep = 5e-4;
const mostIterations = 500;

/**
 * A local minimum of a smooth function of few variables: BFGS with central differences and a backtracking line
 * search (Nocedal & Wright 2006, chapter 6). An objective that is not finite is a step too far.
 *
 * @throws InputError when 500 iterations do not find one
 */
export function minimise(objective: Objective, start: Float64Array): Minimum {
  const size = start.length;
  let at = Float64Array.from(start);
  let value = objective(at);
  let gradient = gradientOf(objective, at);
  let inverse = identity(size);
  let fresh = true;
  for (let iteration = 0; iteration < mostIterations; iteration++) {
    const direction = gradient.map((_, i) => {
      let sum = 0;
      for (let j = 0; j < size; j++) sum -= inverse[i * size + j] * gradient[j];
      return sum;
    });
    const descent = dot(direction, gradient);
    const found = search(objective, at, value, direction, descent);
    if (!found) {
      if (fresh) break;
      inverse = identity(size);
      fresh = true;
      continue;
    }
    const next = gradientOf(objective, found.at);
    const step = found.at.map((x, i) => x - at[i]);
    const change = next.map((x, i) => x - gradient[i]);
    ({ at, value } = found);
    gradient = next;
    if (Math.max(...gradient.map(Math.abs)) < 1e-8) break;
    updateInverse(inverse, step, change);
    fresh = false;
    if (iteration === mostIterations - 1) {
      throw new InputError(`No optimum was found in ${mostIterations} steps. Leave a term out of the model.`);
    }
  }
  return polished(objective, at);
}

/** One Newton step more, from differences of the fourth order: line searches end where values cannot be told apart. */
function polished(objective: Objective, at: Float64Array): Minimum {
  const [near, far] = [1e-3, 2e-3].map((step) => gradientOf(objective, at, step));
  const gradient = near.map((x, i) => (4 * x - far[i]) / 3);
  const hessian = hessianOf(objective, at);
  const inverse = symmetricPower(hessian, at.length, -1).matrix;
  const moved = at.map((x, i) => x - dot(inverse.subarray(i * at.length, (i + 1) * at.length), gradient));
  const [value, own] = [objective(at), objective(moved)];
  const better = own <= value + 1e-12 * Math.abs(value);
  return better ? { at: moved, value: own, hessian } : { at, value, hessian };
}

/** The longest of the steps 1, 1/2, ... that lowers the objective enough; none where rounding is all that is left. */
function search(
  objective: Objective,
  from: Float64Array,
  value: number,
  direction: Float64Array,
  descent: number,
) {
  if (!(descent < 0)) return undefined;
  for (let length = 1; length > 1e-10; length /= 2) {
    const at = from.map((x, i) => x + length * direction[i]);
    const own = objective(at);
    if (Number.isFinite(own) && own < value + 1e-4 * length * descent) return { at, value: own };
  }
  return undefined;
}

function updateInverse(inverse: Float64Array, step: Float64Array, change: Float64Array): void {
  const size = step.length;
  const curvature = dot(step, change);
  if (!(curvature > 1e-14)) return;
  const hy = step.map((_, i) => dot(inverse.subarray(i * size, (i + 1) * size), change));
  const scale = (1 + dot(change, hy) / curvature) / curvature;
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++)
      inverse[i * size + j] += scale * step[i] * step[j] - (hy[i] * step[j] + step[i] * hy[j]) / curvature;
}

/** Central differences. */
export function gradientOf(objective: Objective, at: Float64Array, step = gradientStep): Float64Array {
  const point = Float64Array.from(at);
  return at.map((x, i) => {
    const h = step * Math.max(1, Math.abs(x));
    point[i] = x + h;
    const up = objective(point);
    point[i] = x - h;
    const down = objective(point);
    point[i] = x;
    return (up - down) / (2 * h);
  });
}

/** Second derivatives by central differences of central differences, [size, size]. */
export function hessianOf(objective: Objective, at: Float64Array): Float64Array {
  const size = at.length;
  const hessian = new Float64Array(size * size);
  const point = Float64Array.from(at);
  for (let i = 0; i < size; i++) {
    point[i] = at[i] + hessianStep;
    const up = gradientOf(objective, point, hessianStep);
    point[i] = at[i] - hessianStep;
    const down = gradientOf(objective, point, hessianStep);
    point[i] = at[i];
    for (let j = 0; j < size; j++) {
      const own = (up[j] - down[j]) / (4 * hessianStep);
      hessian[i * size + j] += own;
      hessian[j * size + i] += own;
    }
  }
  return hessian;
}

function identity(size: number): Float64Array {
  return Float64Array.from({ length: size * size }, (_, i) => (i % (size + 1) === 0 ? 1 : 0));
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
