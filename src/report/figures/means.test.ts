import { parseHTML } from 'linkedom';
import { expect, it } from 'vitest';
import { meansFigure } from './means.ts';
import { plainStyles } from './theme.ts';

it('draws each line through the levels in their order, whatever the order of the means', () => {
  const point = (x: string, estimate: number) => ({ x, series: 'vdn', estimate, low: null, high: null });
  const figure = meansFigure({
    id: 'means',
    title: 'Means',
    caption: 'Means.',
    points: [point('large', 0.9), point('small', 0.1), point('middle', 0.5)],
    levels: ['small', 'middle', 'large'],
    xName: 'model',
    series: plainStyles(['vdn']),
    seriesName: 'strategy',
    axis: 'mean score',
  });
  const svg = figure.draw?.({ document: parseHTML('<body></body>').document });
  // A line through three points is the only path of the form "Mx,yLx,yLx,y".
  const line = Array.from(svg?.querySelectorAll('path') ?? [])
    .map((path) => path.getAttribute('d') ?? '')
    .find((d) => /^M[^A-Z]+(L[^A-Z]+){2}$/.test(d));
  const across = (line ?? '').match(/[ML][^,]+/g)?.map((x) => Number(x.slice(1))) ?? [];
  expect(across.length).toBe(3);
  expect(across).toEqual([...across].sort((a, b) => a - b));
});
