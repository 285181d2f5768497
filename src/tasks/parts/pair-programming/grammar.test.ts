import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../core/index.ts';
import {
  aggregates,
  answerOf,
  combinations,
  predicates,
  type Problem,
  problemNamed,
  problemNames,
  transforms,
} from './grammar.ts';

const core = ({ aggregate, transforms: t, predicates: p }: Problem) => `${aggregate} ${t.at(-1)} ${p[0]}`;

describe('problems', () => {
  it('do what their words say', () => {
    const answer = (aggregate: string, t: string[], p: string[], xs: number[]) =>
      answerOf({ aggregate, transforms: t, predicates: p, visible: [], hidden: [] }, xs);
    expect(answer('sum', ['squares'], ['even'], [1, 2, -4])).toBe(20);
    expect(answer('list', ['negations'], ['even'], [0, 3, -2])).toEqual([0, 2]);
    expect(answer('reversed', ['doubles', 'successors'], ['odd', 'small'], [1, 3, 7, 2])).toEqual([7, 3]);
    expect(answer('ascending', ['distances'], ['threefold'], [9, 3, 12, -3])).toEqual([-2, 1, 7, 13]);
    expect(answer('distinct', ['remainders'], ['nonzero'], [7, 2, 0, -3])).toEqual([2, -3]);
    expect(answer('sum', ['squares'], ['even'], [])).toBe(0);
    expect(answer('list', ['squares'], ['even'], [])).toEqual([]);
  });

  it('are 300 combinations to train on and 100 others, no two of which do the same', () => {
    expect([combinations.train.length, combinations.test.length]).toEqual([300, 100]);
    const lists = Array.from({ length: 30 }, (_, k) => {
      const stream = randomStream('lists', k);
      const some = Array.from({ length: 6 }, () => stream.integer(-8, 19));
      return [...some, some[0]];
    });
    const behaviour = [...combinations.train, ...combinations.test].map(
      ({ aggregate, transform, predicate }) => {
        const problem = {
          aggregate,
          transforms: [transform],
          predicates: [predicate],
          visible: [],
          hidden: [],
        };
        return JSON.stringify(lists.map((list) => answerOf(problem, list)));
      },
    );
    expect(behaviour).toHaveLength(
      Object.keys(aggregates).length * Object.keys(transforms).length * Object.keys(predicates).length,
    );
    expect(new Set(behaviour).size).toBe(400);
  });

  it.each([1, 2, 3])('of length %i have cores of their own split, and tests that tell', (length) => {
    const of = (split: 'train' | 'test') => problemNames[split].map((name) => problemNamed(name, length));
    const train = new Set(of('train').map(core));
    for (const problem of of('test')) {
      expect(train.has(core(problem))).toBe(false);
      expect(problem.transforms).toHaveLength(length);
      expect(problem.predicates.length).toBeGreaterThanOrEqual(Math.min(2, length));
      expect(problem.predicates.length).toBeLessThanOrEqual(length);
      expect(problem.visible).toHaveLength(3);
      expect(problem.hidden).toHaveLength(6);
      for (const list of [...problem.visible, ...problem.hidden.slice(0, -1)]) {
        const kept = answerOf({ ...problem, aggregate: 'list' }, list) as readonly number[];
        expect(kept.length).toBeGreaterThanOrEqual(2);
      }
    }
  });
});
