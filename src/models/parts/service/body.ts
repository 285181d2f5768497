import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/**
 * The text of a body, unpacked if it came packed, which some gateways do without being asked.
 *
 * @param mostBytes of the unpacked body
 * @throws Error with the reason when it cannot be unpacked or is too long
 */
export function bodyText(headers: Headers, body: Buffer, mostBytes: number): string {
  const named = String(headers['content-encoding'] ?? '')
    .toLowerCase()
    .split(',')
    .map((encoding) => encoding.trim())
    .filter((encoding) => encoding !== '' && encoding !== 'identity');
  // Packed and not said so: JSON never begins with these bytes.
  const encodings = named.length === 0 && body[0] === 0x1f && body[1] === 0x8b ? ['gzip'] : named;
  const text = encodings
    .reduceRight((packed, encoding) => unpacked(packed, encoding, mostBytes), body)
    .toString();
  // A byte order mark is no part of the text.
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

function unpacked(body: Buffer, encoding: string, maxOutputLength: number): Buffer {
  if (body.length === 0) return body;
  const limit = { maxOutputLength };
  switch (encoding) {
    case 'gzip':
    case 'x-gzip':
      return gunzipSync(body, limit);
    case 'br':
      return brotliDecompressSync(body, limit);
    case 'deflate':
      // Two things go by that name: with the header of zlib, whose lower half of the first byte is 8, and without.
      return (body[0] & 0x0f) === 8 ? inflateSync(body, limit) : inflateRawSync(body, limit);
    default:
      throw new Error(`the content encoding "${encoding}" is not known`);
  }
}

/**
 * The JSON value of a body. Several values in one body, as events (`text/event-stream`, each after `data:`) or one per
 * line, are a list: some services stream whatever they are asked. `NaN` and `Infinity`, which are no JSON but are
 * written by some, are null.
 *
 * @throws SyntaxError when it is nothing of this
 */
export function bodyValue(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const values = eventsOf(text) ?? linesOf(text);
    if (values) return values.map(parsedLoosely);
    if (/\b(?:NaN|Infinity)\b/.test(text)) return parsedLoosely(text);
    throw error;
  }
}

/** The data of server-sent events, without the mark that ends them. */
function eventsOf(text: string): string[] | undefined {
  if (!/^(?::|event:|id:|retry:|data:)/.test(text.trimStart())) return undefined;
  return text
    .split(/\r?\n\r?\n/)
    .map((event) =>
      event
        .split(/\r?\n/)
        .filter((line) => line.startsWith('data:'))
        .map((line) => line.slice('data:'.length).trim())
        .join('\n'),
    )
    .filter((data) => data !== '' && data !== '[DONE]');
}

/** One value per line. A text of one line is no list. */
function linesOf(text: string): string[] | undefined {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.length > 1 && lines.every((line) => /^\s*\{.*\}\s*$/.test(line)) ? lines : undefined;
}

function parsedLoosely(text: string): unknown {
  const strict = text.replace(/"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g, (found) =>
    found.startsWith('"') ? found : 'null',
  );
  return JSON.parse(strict) as unknown;
}
