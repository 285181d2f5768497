import { InputError } from '../../core/errors.ts';

/** A main effect or an interaction: the indices of its factors, rising. */
export interface Term {
  readonly name: string;
  readonly factors: readonly number[];
}

/**
 * The terms of a factorial model up to an order, as R writes them: main effects first, then all pairs, and so
 * on, each in the order of the factors.
 *
 * @param order 2 for all pairwise interactions; at most the number of factors is used
 */
export function factorialTerms(factorNames: readonly string[], order = 2): Term[] {
  if (!Number.isInteger(order) || order < 1) {
    throw new InputError(`The order of interactions is ${order}; give a whole number of at least 1.`);
  }
  const terms: Term[] = [];
  for (let size = 1; size <= Math.min(order, factorNames.length); size++) {
    for (const factors of combinations(factorNames.length, size)) terms.push(term(factorNames, factors));
  }
  return terms;
}

/**
 * Terms given by the names of their factors, such as [['a'], ['b'], ['a', 'b']].
 *
 * @throws InputError for an unknown factor, a repeated factor or a repeated term
 */
export function namedTerms(factorNames: readonly string[], names: readonly (readonly string[])[]): Term[] {
  const terms = names.map((parts) => {
    const factors = parts.map((name) => {
      const at = factorNames.indexOf(name);
      if (at < 0) {
        throw new InputError(`A term names the factor "${name}"; the factors are ${factorNames.join(', ')}.`);
      }
      return at;
    });
    if (factors.length === 0 || new Set(factors).size !== factors.length) {
      throw new InputError(`The term "${parts.join(':')}" needs at least one factor, and each only once.`);
    }
    return term(
      factorNames,
      factors.sort((a, b) => a - b),
    );
  });
  const seen = new Set<string>();
  for (const { name } of terms) {
    if (seen.has(name)) throw new InputError(`The term "${name}" is given twice.`);
    seen.add(name);
  }
  return terms;
}

/** Whether every factor of `part` is in `whole`, and `whole` has more. */
export function isContained(part: Term, whole: Term): boolean {
  return part.factors.length < whole.factors.length && part.factors.every((f) => whole.factors.includes(f));
}

function term(factorNames: readonly string[], factors: readonly number[]): Term {
  return { name: factors.map((f) => factorNames[f]).join(':'), factors };
}

function* combinations(n: number, size: number, from = 0): Generator<number[]> {
  if (size === 0) {
    yield [];
    return;
  }
  for (let first = from; first <= n - size; first++) {
    for (const rest of combinations(n, size - 1, first + 1)) yield [first, ...rest];
  }
}
