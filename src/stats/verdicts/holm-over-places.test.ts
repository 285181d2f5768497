import { expect, it } from 'vitest';
import { randomStream } from '../../core/index.ts';
import { adjustP } from '../adjust-p.ts';
import { holmOverPlaces } from './holm-over-places.ts';

it('is Holm’s rule where every place has one hypothesis', () => {
  const p = [0.01, 0.04, 0.005, 0.3];
  const { adjusted } = holmOverPlaces(p.map((own) => [own]), 0.05); // prettier-ignore
  const holm = adjustP(p, 'holm');
  adjusted.forEach(([own], q) => expect(own).toBeCloseTo(holm[q]!, 14));
});

it('counts a place until all of its hypotheses are rejected', () => {
  // The first place is decided at 2 x .02, so the second place has the whole level; the third number is still open.
  expect(holmOverPlaces([[0.001, 0.02], [0.045, 0.5]], 0.05)).toEqual({ adjusted: [[0.002, 0.04], [0.045, 0.5]], open: 1 }); // prettier-ignore
  // Not all of the first place: both count.
  expect(holmOverPlaces([[0.001, 0.2], [0.045, 0.5]], 0.05)).toEqual({ adjusted: [[0.002, 0.4], [0.09, 0.5]], open: 2 }); // prettier-ignore
});

it('rejects what step-down testing by hand rejects, and exactly the p of at most level / open', () => {
  const stream = randomStream('holm over places');
  for (let table = 0; table < 300; table++) {
    const single = Array.from({ length: 4 }, () =>
      Array.from({ length: 3 }, () => Math.min(1, 0.2 * stream.next() ** 3)),
    );
    const { adjusted, open } = holmOverPlaces(single, 0.05);
    let count = single.length;
    for (;;) {
      const left = single.filter((own) => own.some((p) => p * count > 0.05)).length;
      if (left === count || left === 0) break;
      count = left;
    }
    expect(open).toBe(count);
    single.forEach((own, q) => own.forEach((p, i) => expect(adjusted[q][i] <= 0.05).toBe(p * count <= 0.05)));
  }
});

it('keeps the family-wise error where every place has a real effect, unlike a count by first rejections', () => {
  const stream = randomStream('holm with effects');
  const tables = 2000;
  const places = 8;
  const level = 0.05;
  let false_ = 0;
  let naive = 0;
  for (let table = 0; table < tables; table++) {
    // One certain effect and one true hypothesis a place; p is uniform and needs no adjustment within it.
    const truth = Array.from({ length: places }, () => stream.next());
    const { adjusted } = holmOverPlaces(truth.map((p) => [1e-12, p]), level); // prettier-ignore
    if (adjusted.some(([, p]) => p <= level)) false_++;
    if (truth.some((p, q) => p <= level / (places - q))) naive++;
  }
  expect(false_ / tables).toBeLessThan(level + 3 * Math.sqrt((level * (1 - level)) / tables));
  // 1 - product of (1 - level / j) over j = 1 to 8 is about 13%.
  expect(naive / tables).toBeGreaterThan(0.1);
});
