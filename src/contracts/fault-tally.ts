/**
 * One more failed attempt to get an answer, as the name of a store's tally. Kinds are single words
 * (`rate-limited`, `timeout`, ...); models are named as in errors.
 */
export function faultTally(model: string, kind: string): string {
  return `fault ${kind} ${model}`;
}

/** Failed attempts by model and kind, read back from a store's tallies. */
export function faultsOf(
  tallies: Readonly<Record<string, number>>,
): Readonly<Record<string, Readonly<Record<string, number>>>> {
  const faults: Record<string, Record<string, number>> = {};
  for (const [name, count] of Object.entries(tallies)) {
    const match = /^fault (\S+) (.+)$/s.exec(name);
    if (!match) continue;
    const [, kind, model] = match;
    (faults[model] ??= {})[kind] = count;
  }
  return faults;
}
