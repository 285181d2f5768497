import {
  aroundCalls,
  type JsonObject,
  type ModelDefinition,
  type ModelRequest,
  ProviderError,
  ReplayError,
  type ScoreReply,
  type TextReply,
} from '../../../contracts/index.ts';
import { contentHash, InputError } from '../../../core/index.ts';
import { isEarlier } from './earlier-format.ts';
import { commonContent, earlierReply, earlierSlot, traitsToday } from './earlier-recordings.ts';
import { firstDifference } from './first-difference.ts';
import { contentOf, nameOf, requestOf, slotOf, vectorKey } from './format.ts';
import type { Cassette } from './reader.ts';
import type { CassetteWriter } from './writer.ts';

/** The definition, with everything that its models are asked and answer recorded. */
export function recorded(definition: ModelDefinition, writer: CassetteWriter): ModelDefinition {
  return {
    ...definition,
    create: async (options, context) => {
      const model = await definition.create(options, context);
      const key = modelKey(definition, options);
      writer.model(key, definition.id, fixingOptions(definition, options), model);
      const called = aroundCalls(model, async (request, send) => {
        let reply;
        try {
          reply = await send();
        } catch (error) {
          // Aborts and faults of ours are not what the model answered.
          if (error instanceof ProviderError) await writer.call(key, request, { error: error.message });
          throw error;
        }
        await writer.call(key, request, { reply });
        return reply;
      });
      if (!model.embed) return called;
      return {
        ...called,
        embed: async (texts, signal) => {
          const vectors = await model.embed!(texts, signal);
          await writer.vectors(key, texts, vectors);
          return vectors;
        },
      };
    },
  };
}

/**
 * The definition, answering from a recording: no key, no weights and no network are needed.
 *
 * A named call gets the last take of what it asks, for that is the one whose episode was finished; calls without a name
 * get their takes in turn, so that repetitions stay different samples.
 */
export function replayed(definition: ModelDefinition, cassette: Cassette): ModelDefinition {
  return {
    ...definition,
    create: async (options) => {
      const key = modelKey(definition, options);
      const known = cassette.models.get(key);
      if (!known) throw unknownModel(cassette, definition, options);
      const { facts, fingerprint, asking, writes, scores, embeds } = traitsToday(known);
      const play = player(key, definition.id, cassette);
      return {
        facts,
        fingerprint,
        ...(asking && { asking }),
        ...(writes && { generate: async (request, signal) => (await play(request, signal)) as TextReply }),
        ...(scores && { score: play }),
        ...(embeds && { embed: async (texts) => texts.map((text) => vectorIn(cassette, key, text)) }),
        close: async () => {},
      };
    },
  };
}

function vectorIn({ vectors, file }: Cassette, model: string, text: string): Float32Array {
  const found = vectors.get(vectorKey(model, text));
  if (found === undefined)
    throw new ReplayError(
      `The cassette ${file} has no vector of this text: ${JSON.stringify(text.slice(0, 80))}. Record the study again with --record.`,
    );
  const bytes = Buffer.from(found, 'base64');
  return Float32Array.from({ length: bytes.length / 4 }, (_, k) => bytes.readFloatLE(4 * k));
}

function player(key: string, id: string, cassette: Cassette) {
  const asked = counter();
  const askedUnderName = counter();
  return async (request: ModelRequest, signal?: AbortSignal): Promise<TextReply | ScoreReply> => {
    signal?.throwIfAborted();
    const today = slotOf(key, request);
    const slot = cassette.takes.has(today) ? today : earlierSlot(key, request);
    // A second turn belongs to a decision that has been taken up.
    const repairs = 'turns' in request && slot !== today;
    const turn = repairs ? asked.count(slot) : asked.next(slot);
    const takes = cassette.takes.get(slot) ?? 0;
    const take = request.call === undefined ? (repairs ? turn - 1 : turn) : takes - 1;
    const alike = request.call === undefined ? [] : (cassette.named.get(nameOf(key, request)) ?? []);
    const place = askedUnderName.next(nameOf(key, request));
    // What was asked instead under this name, as far into it, shows the difference.
    const found =
      (await cassette.call(slot, take)) ?? (await cassette.call(alike[Math.min(place, alike.length - 1)], 0));
    const name = request.call ?? `call ${turn + 1} of this content to ${id}`;
    if (!found) {
      throw new ReplayError(
        `The cassette ${cassette.file} has no record of: ${name}. Record the study again with --record.`,
      );
    }
    const { then, now } = isEarlier(found)
      ? commonContent({ ...found, prefix: cassette.texts.get(found.prefix) ?? '' }, request)
      : { then: contentOf(requestOf(found, cassette.texts)), now: contentOf(request) };
    const differences = differencesOf(then, now);
    if (differences.length > 0) {
      throw new ReplayError(
        `The replay parts from ${cassette.file} at: ${name}.\n${differences.join('\n')}\n` +
          (cassette.version === 1
            ? 'It was recorded by an earlier version of this package. Its answers can be read, but studies ask with other ' +
              'seeds now, so only the version that recorded it can replay the whole study.'
            : 'The study, its task or its strategy has changed since it was recorded. Seeds differ whenever the model, ' +
              'the task or the seed of a run does.'),
      );
    }
    signal?.throwIfAborted();
    if (found.error !== undefined) throw new ProviderError(found.error);
    const reply = isEarlier(found) ? earlierReply(found, request) : found.reply;
    if (!reply) throw new ReplayError(`The cassette ${cassette.file} has an empty record of: ${name}.`);
    return reply;
  };
}

/** Counts by name, from 0. */
function counter() {
  const counts = new Map<string, number>();
  const count = (name: string) => counts.get(name) ?? 0;
  return {
    count,
    next: (name: string) => {
      counts.set(name, count(name) + 1);
      return count(name) - 1;
    },
  };
}

/** One paragraph per part of the request that is not as recorded. */
function differencesOf(then: JsonObject, now: JsonObject): string[] {
  return Object.keys({ ...then, ...now }).flatMap((field) => {
    const text = (value: unknown) =>
      typeof value === 'string' ? value : (JSON.stringify(value) ?? 'absent');
    const difference = firstDifference(text(then[field]), text(now[field]));
    if (!difference) return [];
    return `  ${field} differs at character ${difference.at}:\n    recorded: ${difference.recorded}\n    now:      ${difference.now}`;
  });
}

/** Says what the recording holds instead: its models, or how the options of the same model differ. */
function unknownModel(cassette: Cassette, definition: ModelDefinition, options: JsonObject): InputError {
  const recordings = [...cassette.models.values()];
  const same = recordings.filter(({ id }) => id === definition.id);
  const now = fixingOptions(definition, options);
  const differences = same.flatMap(({ options: then }) => {
    if (!then) return [];
    const names = [...new Set([...Object.keys(then), ...Object.keys(now)])];
    const text = (value: unknown) => JSON.stringify(value) ?? 'absent';
    return names.flatMap((name) =>
      text(then[name]) === text(now[name])
        ? []
        : `\n  ${name}: recorded ${text(then[name])}, now ${text(now[name])}`,
    );
  });
  const ids = [...new Set(recordings.map(({ id }) => id))];
  return new InputError(
    `The cassette ${cassette.file} holds no model "${definition.id}" with these options` +
      `${differences.length > 0 ? `:${differences.join('')}\n` : `. It holds: ${ids.join(', ') || 'none'}. `}` +
      'Replay the study as it was recorded.',
  );
}

/** Models whose difference is only how they are reached share their records. */
function modelKey(definition: ModelDefinition, options: JsonObject): string {
  const { id, revision } = definition;
  return contentHash({ id, revision, options: fixingOptions(definition, options) });
}

function fixingOptions({ operationalOptions = [] }: ModelDefinition, options: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(options).filter(([name]) => !operationalOptions.includes(name)));
}
