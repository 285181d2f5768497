/** How often something happened. */
export interface Tally {
  readonly hits: number;
  readonly of: number;
}

/** Tallies by name; plain data, so that they can be stored and added up. */
export type Tallies = Readonly<Record<string, Tally>>;

export class Counter {
  readonly #counts = new Map<string, { hits: number; of: number }>();

  add(name: string, hit: boolean): void {
    const count = this.#counts.get(name) ?? { hits: 0, of: 0 };
    this.#counts.set(name, count);
    count.of++;
    if (hit) count.hits++;
  }

  tallies(): Tallies {
    return Object.fromEntries(this.#counts);
  }
}

export function addTallies(parts: readonly Tallies[]): Tallies {
  const total: Record<string, { hits: number; of: number }> = {};
  for (const part of parts)
    for (const [name, { hits, of }] of Object.entries(part)) {
      total[name] ??= { hits: 0, of: 0 };
      total[name].hits += hits;
      total[name].of += of;
    }
  return total;
}

/** Two-sided exact binomial p: the probability of all counts no likelier than the one seen. */
export function binomialP({ hits, of }: Tally, share: number): number {
  const log: number[] = [];
  let current = of * Math.log1p(-share);
  for (let k = 0; k <= of; k++) {
    log.push(current);
    current += Math.log((of - k) / (k + 1)) + Math.log(share / (1 - share));
  }
  const limit = log[hits] + 1e-9;
  return Math.min(
    1,
    log.reduce((sum, x) => (x <= limit ? sum + Math.exp(x) : sum), 0),
  );
}

/** The lower 99% bound of a rate (Wilson 1927). */
export function lowerBound({ hits, of }: Tally): number {
  const z2 = 2.3263478740408408 ** 2;
  const share = hits / of;
  const spread = Math.sqrt(z2 * ((share * (1 - share)) / of + z2 / (4 * of * of)));
  return Math.max(0, (share + z2 / (2 * of) - spread) / (1 + z2 / of));
}

/** A rate passes when its lower 99% bound is at most a tenth above its level. */
export function passes(tally: Tally, level: number): boolean {
  return lowerBound(tally) <= 1.1 * level;
}
