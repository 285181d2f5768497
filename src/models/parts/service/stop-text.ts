/** A text that grows, cut before the first of some stop texts that is complete. */
export interface GrowingText {
  readonly stopped: boolean;
  /** @param whole the whole text so far; @returns what has become certain since the last call */
  grow(whole: string): { readonly fresh: string; readonly stopped: boolean };
  /** What was held back in case a stop text would follow. */
  rest(): string;
}

/** A character of several bytes is shown when all of them are there. */
const unfinished = /\uFFFD+$/;

export function textSoFar(stop: readonly string[]): GrowingText {
  const stops = stop.filter((text) => text !== '');
  let shown = 0;
  let whole = '';
  let stopped = false;
  return {
    get stopped() {
      return stopped;
    },
    grow: (text) => {
      whole = text;
      const cut = firstStop(text, stops);
      stopped = cut !== undefined;
      const end = cut === undefined ? certainLength(text, stops) : Math.max(shown, cut);
      const fresh = text.slice(shown, end);
      shown = Math.max(shown, end);
      return { fresh, stopped };
    },
    rest: () => whole.slice(shown),
  };
}

/** Where the stop begins that is complete first; of two that end together, the longer one. */
function firstStop(text: string, stops: readonly string[]): number | undefined {
  const found = stops
    .map((stop) => ({ at: text.indexOf(stop), size: stop.length }))
    .filter(({ at }) => at >= 0)
    .sort((a, b) => a.at + a.size - (b.at + b.size) || a.at - b.at);
  return found[0]?.at;
}

/** Without an end that may be the beginning of a stop text. */
function certainLength(text: string, stops: readonly string[]): number {
  let length = text.replace(unfinished, '').length;
  for (const stop of stops) {
    for (let size = Math.min(stop.length - 1, text.length); size > 0; size--) {
      if (text.endsWith(stop.slice(0, size))) {
        length = Math.min(length, text.length - size);
        break;
      }
    }
  }
  return length;
}
