import type { Usage } from '../../../contracts/index.ts';

/** What a service says that an answer took. Any of it may be missing, or nonsense. */
export interface ReportedCounts {
  readonly input?: unknown;
  /** Part of the input, or beside it where it is more than that. */
  readonly cached?: unknown;
  readonly output?: unknown;
  /** Part of the output, or beside it: services differ, and few say. */
  readonly reasoning?: unknown;
  readonly total?: unknown;
}

/** What was sent and answered, in characters: words that are there took tokens. */
export interface Exchanged {
  readonly asked: number;
  readonly answered: number;
}

export interface ReadUsage {
  /** The largest consistent reading; what cannot be known is undefined, and budgets take the most it can have been. */
  readonly usage: Usage;
  /** The part of the output beyond its words, where there is one: reasoning, as it was reported or as the total shows. */
  readonly hiddenTokens?: number;
  /** What was not taken as it stood, as a phrase. */
  readonly doubt?: string;
}

/** No context is longer, so no count is larger. */
const largestCount = 1e8;
/** No token of a known vocabulary stands for more characters. */
const longestToken = 256;

/**
 * Reads what an answer took, as the most that the counts can mean together:
 *
 *   input   a count that the words refute (0 tokens for words that are there) is none; cached tokens of which there
 *           are more than of input stand beside it
 *   output  reasoning of which there is more than of output stands beside it; where no total tells, it always does
 *   total   what it has beyond input and output was output, which costs most; it also fills in one that is missing
 */
export function readUsage(reported: ReportedCounts, { asked, answered }: Exchanged): ReadUsage {
  const doubts: string[] = [];
  const read = (value: unknown, name: string, characters: number): number | undefined => {
    const found = countOf(value);
    if (found === undefined)
      doubts.push(value === undefined || value === null ? `no ${name}` : `${name} ${shown(value)}`);
    else if (found < Math.ceil(characters / longestToken))
      doubts.push(`${name} ${found} for words that are there`);
    else return found;
    return undefined;
  };
  const total = countOf(reported.total);
  const cached = countOf(reported.cached) ?? 0;
  const reasoning = countOf(reported.reasoning) ?? 0;
  let input = read(reported.input, 'input tokens', asked);
  const ownOutput = read(reported.output, 'output tokens', answered);
  let output = ownOutput;

  if (input !== undefined && cached > input) {
    doubts.push('cached tokens beside the input');
    input += cached;
  }
  if (output !== undefined && reasoning > 0 && (reasoning > output || total === undefined)) {
    doubts.push('reasoning tokens beside the output');
    output += reasoning;
  }
  if (total !== undefined) {
    const rest = total - (input ?? 0) - (output ?? 0);
    if (rest > 0 && output === undefined) output = rest;
    else if (rest > 0 && input === undefined) input = rest;
    else if (rest > 0 && output !== undefined) {
      doubts.push('a total above its parts');
      output += rest;
    }
  }
  // Reasoning without a count of the words: a word has at most as many tokens as bytes.
  if (output === undefined && reasoning > 0) output = reasoning + 4 * answered;
  if (output !== undefined) output = Math.max(output, reasoning);
  const hidden = Math.max(
    reasoning,
    output !== undefined && ownOutput !== undefined ? output - ownOutput : 0,
  );
  return {
    usage: {
      ...(input !== undefined && { inputTokens: input }),
      ...(output !== undefined && { outputTokens: output }),
    },
    ...(hidden > 0 && { hiddenTokens: hidden }),
    ...(doubts.length > 0 && { doubt: doubts.join(', ') }),
  };
}

/** A count as a number or in digits; undefined for everything that is none. */
function countOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\s*\d+(\.\d+)?\s*$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !(number >= 0 && number <= largestCount)) return undefined;
  return Math.ceil(number);
}

const shown = (value: unknown): string => (JSON.stringify(value) ?? String(value)).slice(0, 40);
