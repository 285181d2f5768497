import type { Split } from '../../../contracts/index.ts';
import { randomStream, type RandomStream } from '../../../core/index.ts';

/** A piece of a problem: how it is said, what it does, and how a programmer writes it. */
interface Piece<Work> {
  readonly words: string;
  readonly work: Work;
  /** Of a number `x`; of a list, what is called on it. */
  readonly code: string;
}

type Test = (x: number) => boolean;
type Change = (x: number) => number;

/** Which numbers are kept: "that are ...". */
export const predicates: Readonly<Record<string, Piece<Test>>> = {
  even: { words: 'even', work: (x) => x % 2 === 0, code: 'x % 2 === 0' },
  odd: { words: 'odd', work: (x) => x % 2 !== 0, code: 'x % 2 !== 0' },
  positive: { words: 'positive', work: (x) => x > 0, code: 'x > 0' },
  negative: { words: 'negative', work: (x) => x < 0, code: 'x < 0' },
  nonzero: { words: 'not zero', work: (x) => x !== 0, code: 'x !== 0' },
  small: { words: 'below 5', work: (x) => x < 5, code: 'x < 5' },
  large: { words: 'above 5', work: (x) => x > 5, code: 'x > 5' },
  great: { words: 'above 10', work: (x) => x > 10, code: 'x > 10' },
  single: { words: 'below 10', work: (x) => x < 10, code: 'x < 10' },
  threefold: { words: 'divisible by 3', work: (x) => x % 3 === 0, code: 'x % 3 === 0' },
};

/** What is made of each number that is kept: "the ... of". */
export const transforms: Readonly<Record<string, Piece<Change>>> = {
  squares: { words: 'squares', work: (x) => x * x, code: 'x * x' },
  doubles: { words: 'doubles', work: (x) => x * 2, code: 'x * 2' },
  triples: { words: 'triples', work: (x) => x * 3, code: 'x * 3' },
  negations: { words: 'negations', work: (x) => -x, code: '-x' },
  successors: { words: 'successors (one more)', work: (x) => x + 1, code: 'x + 1' },
  predecessors: { words: 'predecessors (one less)', work: (x) => x - 1, code: 'x - 1' },
  distances: { words: 'distances from 10 (10 minus the number)', work: (x) => 10 - x, code: '10 - x' },
  remainders: { words: 'remainders (the number % 5 in JavaScript)', work: (x) => x % 5, code: 'x % 5' },
};

/** What is made of all of them: "the ... of". */
export const aggregates: Readonly<
  Record<string, Piece<(xs: readonly number[]) => number | readonly number[]>>
> = {
  sum: { words: 'sum', work: (xs) => xs.reduce((a, x) => a + x, 0), code: '.reduce((a, x) => a + x, 0)' },
  list: { words: 'list', work: (xs) => xs, code: '' },
  reversed: { words: 'reversed list', work: (xs) => [...xs].reverse(), code: '.reverse()' },
  ascending: {
    words: 'ascending list',
    work: (xs) => [...xs].sort((a, b) => a - b),
    code: '.sort((a, b) => a - b)',
  },
  distinct: {
    words: 'list without repetitions',
    work: (xs) => [...new Set(xs)],
    code: '.filter((x, k, all) => all.indexOf(x) === k)',
  },
};

/** One problem: what `main` must do with a list of whole numbers, and the lists it is tested on. */
export type Problem = {
  readonly aggregate: string;
  /** Applied from the first to the last. */
  readonly transforms: readonly string[];
  /** All must hold of a number that is kept. */
  readonly predicates: readonly string[];
  /** Feedback may speak of these. */
  readonly visible: readonly (readonly number[])[];
  /** Only the score knows these. */
  readonly hidden: readonly (readonly number[])[];
};

export const longest = 3;
const [lowest, highest] = [-8, 19];
const range = Array.from({ length: highest - lowest + 1 }, (_, k) => lowest + k);

interface Core {
  readonly aggregate: string;
  readonly transform: string;
  readonly predicate: string;
}

const all: readonly Core[] = Object.keys(aggregates).flatMap((aggregate) =>
  Object.keys(transforms).flatMap((transform) =>
    Object.keys(predicates).map((predicate) => ({ aggregate, transform, predicate })),
  ),
);
const shuffled = randomStream('pair-programming', 'split').shuffle(all);

/** 300 combinations to train on and 100 that are held out; a longer composition falls where its core does. */
export const combinations: Readonly<Record<Split, readonly Core[]>> = {
  train: shuffled.slice(0, 300),
  test: shuffled.slice(300),
};

/** The names of the problems: `sum/squares/even`. A longer one is named by its core. */
export const problemNames: Readonly<Record<Split, readonly string[]>> = {
  train: combinations.train.map(nameOf),
  test: combinations.test.map(nameOf),
};

function nameOf({ aggregate, transform, predicate }: Core): string {
  return `${aggregate}/${transform}/${predicate}`;
}

/**
 * The problem of that name with so many transforms, and with as many predicates as leave something to do. Its last
 * transform, first predicate and aggregate are those of the name, so that no problem of one split is met in the other.
 */
export function problemNamed(name: string, length: number): Problem {
  const [aggregate, transform, predicate] = name.split('/');
  const stream = randomStream('pair-programming', 'problem', length, name);
  const before = Array.from({ length: length - 1 }, () => stream.pick(Object.keys(transforms)));
  const kept = furtherPredicates([predicate], length, stream);
  const problem = { aggregate, transforms: [...before, transform], predicates: kept };
  const lists = (count: number) => Array.from({ length: count }, () => drawList(kept, stream));
  return { ...problem, visible: lists(3), hidden: [...lists(5), []] };
}

/** Each further one takes numbers away, and leaves at least three of all that are drawn. */
function furtherPredicates(
  first: readonly string[],
  length: number,
  stream: RandomStream,
): readonly string[] {
  let kept = first;
  for (const name of stream.shuffle(Object.keys(predicates))) {
    if (kept.length === length) break;
    const [before, after] = [kept, [...kept, name]].map((names) => range.filter(keeps(names)).length);
    if (after < before && after >= 3) kept = [...kept, name];
  }
  return kept;
}

/** Four to seven numbers, one of them twice; some are kept. */
function drawList(names: readonly string[], stream: RandomStream): number[] {
  const kept = range.filter(keeps(names));
  const others = Array.from({ length: stream.integer(2, 5) }, () => stream.integer(lowest, highest));
  const twice = stream.pick(kept);
  return stream.shuffle([twice, twice, ...others]);
}

function keeps(names: readonly string[]): Test {
  return (x) => names.every((name) => predicates[name].work(x));
}

/** What `main` should give. */
export function answerOf(problem: Problem, xs: readonly number[]): number | readonly number[] {
  const changed = xs
    .filter(keeps(problem.predicates))
    .map((x) => problem.transforms.reduce((y, name) => transforms[name].work(y), x));
  // There is no -0 in JSON.
  return JSON.parse(JSON.stringify(aggregates[problem.aggregate].work(changed))) as number | number[];
}

/** "even and below 10" */
export const keptWords = (problem: Problem) =>
  problem.predicates.map((name) => predicates[name].words).join(' and ');
/** "squares of the doubles" */
export const changedWords = (problem: Problem) =>
  [...problem.transforms].reverse().map((name) => transforms[name].words).join(' of the '); // prettier-ignore
export const madeWords = (problem: Problem) => aggregates[problem.aggregate].words;
