import type { TokenCandidate } from './chat-service.ts';

/**
 * The log-probabilities of lettered choices, from the candidates for an answer's first word. Tokens are read as
 * tokenisers write them: with spaces, quotes or stops (" A", "A.", '"A'), as `ĠA` or `▁A`, as bytes (`<0x41>`), in
 * small or full-width letters. Tokens of the same letter add up; a candidate without a log-probability is none.
 *
 * @returns natural logarithms, one per letter, -Infinity for a letter that no candidate is; not normalised
 */
export function letterLogWeights(
  candidates: readonly TokenCandidate[],
  letters: readonly string[],
): number[] {
  const found = letters.map((): number[] => []);
  for (const { token, logprob } of candidates) {
    // JSON knows no infinity, but what is not JSON may.
    if (typeof logprob !== 'number' || Number.isNaN(logprob)) continue;
    found[letters.indexOf(letterIn(token))]?.push(logprob);
  }
  return found.map(logOfSum);
}

/** Whether a token says nothing by itself: space, quotes, the beginning of a fence. */
export function isBlankToken(token: string): boolean {
  return letterIn(token) === '';
}

/** Distribution in proportion to p^(1/T), or undefined when nothing has a probability. */
export function tempered(logWeights: readonly number[], temperature: number): number[] | undefined {
  const top = Math.max(...logWeights);
  if (!Number.isFinite(top)) return undefined;
  const powers = logWeights.map((x) => Math.exp((x - top) / temperature));
  const total = powers.reduce((sum, x) => sum + x, 0);
  return powers.map((x) => x / total);
}

/** Byte-level tokenisers write a space as Ġ and a line's end as Ċ; others write a space as ▁ and bytes in hexadecimal. */
function letterIn(token: string): string {
  const byte = /^<0x([0-9a-f]{2})>$/i.exec(token);
  const text = byte ? String.fromCharCode(Number.parseInt(byte[1], 16)) : token;
  return text
    .replace(/[ĠĊ]/g, ' ')
    .normalize('NFKC')
    .replace(/[^\p{L}\p{N}]/gu, '')
    .toUpperCase();
}

function logOfSum(logs: readonly number[]): number {
  const top = Math.max(...logs);
  return Number.isFinite(top) ? top + Math.log(logs.reduce((sum, x) => sum + Math.exp(x - top), 0)) : top;
}
