import type { RandomStream } from '../../../src/core/index.ts';
import {
  aggregates,
  predicates,
  type Problem,
  transforms,
} from '../../../src/tasks/parts/pair-programming/grammar.ts';

/** Who does what: which numbers count, what is made of each, of all, or the whole job. */
export const styles = ['predicate', 'transform', 'filter', 'map', 'whole'] as const;
export type Style = (typeof styles)[number];

/** What a writer takes the problem to be. */
export interface Pieces {
  readonly aggregate: string;
  readonly transform: string;
  readonly predicate: string;
}

export const piecesOfProblem = ({
  aggregate,
  transforms: [transform],
  predicates: [predicate],
}: Problem): Pieces => ({ aggregate, transform, predicate });

const arrow = (code: string) => `x => ${code}`;
const test = ({ predicate }: Pieces) => predicates[predicate].code;
const change = ({ transform }: Pieces) => transforms[transform].code;
const made = ({ aggregate }: Pieces) => aggregates[aggregate].code;
const filtered = (pieces: Pieces, list = 'xs') => `${list}.filter(${arrow(test(pieces))})`;

/** The helper's function. */
export function helperProgram(pieces: Pieces, style: Style, name = 'aux'): string {
  const [parameter, value] = {
    predicate: ['x', test(pieces)],
    transform: ['x', change(pieces)],
    filter: ['xs', filtered(pieces)],
    map: ['xs', `xs.map(${arrow(change(pieces))})`],
    whole: ['xs', `${filtered(pieces)}.map(${arrow(change(pieces))})${made(pieces)}`],
  }[style];
  return `function ${name}(${parameter}) { return ${value}; }`;
}

const mainOf = (value: string) => `function main(xs) { return ${value}; }`;

/** The author's, of a team of two; `alone` makes no use of the helper. */
export function mainProgram(pieces: Pieces, style: Style | 'alone'): string {
  const mapped = `.map(${arrow(change(pieces))})${made(pieces)}`;
  return mainOf(
    {
      predicate: `xs.filter(aux)${mapped}`,
      transform: `${filtered(pieces)}.map(aux)${made(pieces)}`,
      filter: `aux(xs)${mapped}`,
      map: `aux(${filtered(pieces)})${made(pieces)}`,
      whole: 'aux(xs)',
      alone: `${filtered(pieces)}${mapped}`,
    }[style],
  );
}

/** The author's, of a team of three: how it takes what the first helper and what the second one does. */
export function mainOfThree(
  pieces: Pieces,
  first: 'predicate' | 'filter' | 'alone',
  second: 'transform' | 'map' | 'alone',
): string {
  const kept = { predicate: 'xs.filter(aux)', filter: 'aux(xs)', alone: filtered(pieces) }[first];
  const changed = {
    transform: `${kept}.map(aux2)`,
    map: `aux2(${kept})`,
    alone: `${kept}.map(${arrow(change(pieces))})`,
  }[second];
  return mainOf(`${changed}${made(pieces)}`);
}

/** How often a writer gets a piece wrong, drawn once per demonstration; half as often its program is garbled. */
const slips = [0, 0.1, 0.2, 0.35] as const;

/** A writer that is not perfect: what it takes the problem to be, and what becomes of its program. */
export function writer(stream: RandomStream) {
  const slip = stream.pick(slips);
  const kept = (name: string, all: Readonly<Record<string, unknown>>) =>
    stream.next() < slip ? stream.pick(Object.keys(all)) : name;
  return {
    takes: ({ aggregate, transform, predicate }: Pieces): Pieces => ({
      aggregate: kept(aggregate, aggregates),
      transform: kept(transform, transforms),
      predicate: kept(predicate, predicates),
    }),
    /** The program, a word of it lost or doubled now and then. */
    writes: (program: string): string => {
      if (stream.next() >= slip / 2) return program;
      const words = program.split(' ');
      const at = stream.integer(2, words.length - 1);
      words.splice(at, stream.next() < 0.5 ? 1 : 0, ...(stream.next() < 0.5 ? [words[at]] : []));
      return words.join(' ');
    },
  };
}

/** Pieces of which nothing is known. */
export function anyPieces(stream: RandomStream): Pieces {
  return {
    aggregate: stream.pick(Object.keys(aggregates)),
    transform: stream.pick(Object.keys(transforms)),
    predicate: stream.pick(Object.keys(predicates)),
  };
}
