import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { InputError } from '../../../core/index.ts';
import { type EarlierCall, isEarlier } from './earlier-format.ts';
import { earlierSlot } from './earlier-recordings.ts';
import {
  type CassetteLine,
  nameOf,
  readableVersions,
  type RecordedCall,
  type RecordedModel,
  requestOf,
  slotOf,
} from './format.ts';

/** A recorded file, indexed; calls are read from it when they are asked for. */
export interface Cassette {
  readonly file: string;
  readonly version: number;
  /** Length of all complete lines; a power failure may leave an unfinished one after them. */
  readonly completeBytes: number;
  readonly models: ReadonlyMap<string, RecordedModel>;
  readonly texts: ReadonlyMap<string, string>;
  /** Vectors of texts as they were recorded, by `vectorKey`. */
  readonly vectors: ReadonlyMap<string, string>;
  /** How many takes each slot has. */
  readonly takes: ReadonlyMap<string, number>;
  /** The slots of calls of one name, in the order of their first takes; see nameOf. */
  readonly named: ReadonlyMap<string, readonly string[]>;
  /** @param slot see slotOf and earlierSlot */
  call(slot: string, take: number): Promise<RecordedCall | EarlierCall | undefined>;
  close(): Promise<void>;
}

/** @throws InputError when the file is missing or no cassette, with the line */
export async function openCassette(file: string): Promise<Cassette> {
  let handle: FileHandle;
  try {
    handle = await open(file, 'r');
  } catch (error) {
    throw new InputError(
      `The cassette cannot be read (${(error as Error).message}). Record one with \`agentmesh run --record\`.`,
      { file },
    );
  }
  const models = new Map<string, RecordedModel>();
  const texts = new Map<string, string>();
  const vectors = new Map<string, string>();
  const places = new Map<string, { readonly start: number; readonly length: number }[]>();
  const named = new Map<string, string[]>();
  let version = 0;
  let completeBytes: number;
  try {
    completeBytes = await indexLines(file, (line, start, length, number) => {
      const value = parsed(line, file, number);
      if (number === 1) version = versionOf(value, file);
      else if ('embedded' in value) vectors.set(value.embedded, value.vector);
      else if ('text' in value) texts.set(value.text, value.value);
      else if ('model' in value) models.set(value.model, value);
      else if ('key' in value) {
        const [slot, name] = addressesOf(value, texts);
        const takes = places.get(slot);
        if (takes) takes.push({ start, length });
        else {
          places.set(slot, [{ start, length }]);
          const alike = named.get(name);
          if (alike) alike.push(slot);
          else named.set(name, [slot]);
        }
      }
    });
  } catch (error) {
    await handle.close();
    throw error;
  }
  return {
    file,
    version,
    completeBytes,
    models,
    texts,
    vectors,
    named,
    takes: new Map([...places].map(([slot, list]) => [slot, list.length])),
    call: async (slot, take) => {
      const place = places.get(slot)?.[take];
      if (!place) return undefined;
      const { buffer } = await handle.read(Buffer.alloc(place.length), 0, place.length, place.start);
      return JSON.parse(buffer.toString('utf8')) as RecordedCall | EarlierCall;
    },
    close: () => handle.close(),
  };
}

/** Where a recorded call is found, and under which name others are. */
function addressesOf(
  recorded: RecordedCall | EarlierCall,
  texts: ReadonlyMap<string, string>,
): readonly [slot: string, name: string] {
  if (isEarlier(recorded)) {
    const slot = earlierSlot(recorded.of, recorded);
    return [slot, slot];
  }
  const request = requestOf(recorded, texts);
  return [slotOf(recorded.of, request), nameOf(recorded.of, request)];
}

function parsed(line: string, file: string, number: number): CassetteLine {
  try {
    return JSON.parse(line) as CassetteLine;
  } catch {
    throw new InputError('This line of the cassette is damaged. Record anew, or take a copy.', {
      file,
      line: number,
    });
  }
}

function versionOf(value: CassetteLine, file: string): number {
  const version = 'cassette' in value ? value.cassette : undefined;
  if (version !== undefined && readableVersions.includes(version)) return version;
  throw new InputError(
    version === undefined
      ? 'This file is no cassette: its first line does not say so.'
      : `This cassette has version ${version}, and versions ${readableVersions.join(' and ')} can be read. Use the version of the package that recorded it.`,
    { file, line: 1 },
  );
}

/**
 * Hands over every complete line with its place in bytes. What follows the last line break was never finished.
 * @returns the length of all complete lines, in bytes
 */
async function indexLines(
  file: string,
  visit: (line: string, start: number, length: number, number: number) => void,
): Promise<number> {
  let rest = Buffer.alloc(0);
  let offset = 0;
  let number = 0;
  for await (const chunk of createReadStream(file, { highWaterMark: 2 ** 20 })) {
    const data = Buffer.concat([rest, chunk as Buffer]);
    let from = 0;
    for (let end = data.indexOf(10); end >= 0; end = data.indexOf(10, from)) {
      visit(data.toString('utf8', from, end), offset + from, end - from, ++number);
      from = end + 1;
    }
    offset += from;
    rest = data.subarray(from);
  }
  return offset;
}
