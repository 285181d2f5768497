import { expect, it } from 'vitest';
import { looksBetween, plannedLooks, withMostDollars } from './looks.ts';
import { studySchema } from './schema.ts';

const settings = (own: object) =>
  studySchema.parse({ name: 'x', models: ['m'], strategies: ['s'], tasks: ['t'], ...own });
const looks = (own: object) =>
  plannedLooks(settings(own), {
    placeOf: (path) => ({ file: 'study.yaml', path: path.map(String).join('.') }),
  });

it('looks at the first seeds, when they have doubled, and at every eighth of the most', () => {
  expect(looksBetween(10, 80)).toEqual([10, 20, 30, 40, 50, 60, 70, 80]);
  expect(looksBetween(10, 400)).toEqual([10, 20, 40, 50, 100, 150, 200, 250, 300, 350, 400]);
  expect(looksBetween(10, 40)).toEqual([10, 15, 20, 25, 30, 35, 40]);
  expect(looksBetween(12, 40)).toEqual([12, 15, 20, 25, 30, 35, 40]);
  expect(looksBetween(10, 10)).toEqual([10]);
  expect(looksBetween(2, 3)).toEqual([2, 3]);
});

it('plans looks where the study says until, and none elsewhere', () => {
  expect(looks({})).toBeUndefined();
  expect(looks({ until: { most: { seeds: 20 } } })).toEqual([10, 13, 15, 18, 20]);
});

it('refuses looks that cannot be, by name and with the remedy', () => {
  const until = { most: { seeds: 20 } };
  expect(() => looks({ seeds: [4, 5], until })).toThrow(
    'Let `seeds` be the number of the first look, not a list',
  );
  expect(() => looks({ seeds: 30, until })).toThrow('more than `most.seeds` (20)');
  expect(() => looks({ seeds: 1, until })).toThrow('Raise `seeds`');
  expect(() => looks({ margin: 0.2, until: { ...until, margin: 0.05 } })).toThrow('There is one margin');
  for (const without of [{}, { most: {} }, { most: { minutes: 5 } }])
    expect(() => settings({ until: without })).toThrow(/say the most seeds/);
  expect(() => settings({ until: { ...until, margin: 0 } })).toThrow(/margin/);
});

it('takes the most dollars for a budget', () => {
  const usd = (own: object) => withMostDollars(settings(own)).budget.usd;
  expect(usd({ until: { most: { seeds: 20, usd: 5 } } })).toBe(5);
  expect(usd({ budget: { usd: 2 }, until: { most: { seeds: 20, usd: 5 } } })).toBe(2);
  expect(usd({ until: { most: { seeds: 20 } } })).toBeUndefined();
});
