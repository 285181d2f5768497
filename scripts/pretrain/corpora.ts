import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { deserialize, serialize } from 'node:v8';
import {
  type AnyTaskDefinition,
  createTask,
  type JsonObject,
  simulatorOf,
} from '../../src/contracts/index.ts';
import { contentHash, writeWhole } from '../../src/core/index.ts';
import { Tokeniser, type Vocabulary } from '../../src/nn/index.ts';
import { composePrompt, promptRevision } from '../../src/prompt/index.ts';
import * as tasks from '../../src/tasks/index.ts';
import { type Corpus, encodeCorpus } from '../../src/tuning/pretraining/corpus.ts';
import {
  type DemonstratedTask,
  type Demonstration,
  defaultDemonstrations,
  demonstrations,
} from '../../src/tuning/pretraining/demonstrations.ts';
import { deriveVocabulary } from '../../src/tuning/pretraining/vocabulary.ts';
import type { Plan } from './plan.ts';
import type { TaskShare } from './recipes.ts';

type Given = NonNullable<TaskShare['options']>;

/** What one corpus is made from. */
export interface Source extends DemonstratedTask {
  readonly options: JsonObject;
  /** The options as the plan gives them, without defaults. */
  readonly given: Given;
  readonly revision: number;
  readonly count: number;
  /** Temperature at which the loss is measured. */
  readonly temperature: number;
  /** False for easier and harder options, which no figure is of. */
  readonly figured: boolean;
}

/** All sources, and the order in which training turns to them. */
export function sources({ tasks: shares, corpus }: Pick<Plan, 'tasks' | 'corpus'>): {
  readonly sources: readonly Source[];
  readonly turns: readonly number[];
} {
  const all: Source[] = [];
  const places = shares.map(({ id, options = {}, variants, demonstrations: count, temperature }) => [
    all.push({ ...sourceOf(id, options), count, temperature, figured: true }) - 1,
    ...variants.map(
      (given) => all.push({ ...sourceOf(id, given), count: corpus.variant, temperature, figured: false }) - 1,
    ),
  ]);
  // Each round turns to every task's usual options a few times, spread out, then to a variant of every second task.
  const turns: number[] = [];
  const most = Math.max(...shares.map(({ share }) => share));
  for (let round = 0; round < 4; round++) {
    for (let turn = 0; turn < most; turn++) {
      shares.forEach(({ share }, task) => {
        if (turn < share) turns.push(places[task][0]);
      });
    }
    places.forEach((own, task) => {
      if (own.length > 1 && (task + round) % 2 === 0)
        turns.push(own[1 + (Math.floor(round / 2) % (own.length - 1))]);
    });
  }
  return { sources: all, turns };
}

function sourceOf(id: string, given: Given): Omit<Source, 'count' | 'temperature' | 'figured'> {
  const definition = Object.values<AnyTaskDefinition>(tasks).find((task) => task.id === id);
  if (!definition) throw new RangeError(`There is no task "${id}".`);
  const options = definition.optionsSchema.parse(given);
  return {
    taskId: id,
    given,
    variant: Object.keys(given).length === 0 ? 'default' : JSON.stringify(given),
    task: simulatorOf(createTask(definition, options), 'Pre-training'),
    options,
    revision: definition.revision,
  };
}

/** The vocabulary that all embedded models share, from a sample of every source; kept in the work folder. */
export function sharedVocabulary({ corpus, work }: Plan, all: readonly Source[]): Vocabulary {
  const { seed, sample, vocabulary: settings } = corpus;
  const key = { sources: all.map(identityOf), seed, sample, settings, promptRevision, defaultDemonstrations };
  return kept(
    path.join(work, `vocabulary-${contentHash(key).slice(0, 16)}.json`),
    (bytes) => JSON.parse(bytes.toString()) as Vocabulary,
    (vocabulary) => Buffer.from(JSON.stringify(vocabulary)),
    () => {
      const prompts = all.flatMap((source) =>
        take(demonstrations(source, composePrompt, seed), sample).map(({ prompt }) => prompt),
      );
      const rules = all.map(({ task }) => task.rules);
      const actions = all.flatMap(({ task }) => task.actions);
      return deriveVocabulary(prompts, rules, actions, settings);
    },
  );
}

/** What tells a source from another. A task's revision counts what it says and what its expert does. */
function identityOf({ taskId, options, revision, variant }: Source) {
  return { taskId, options, revision, variant };
}

/** The encoded corpus of a source; kept in the work folder, since making it takes minutes. */
export function corpusOf({ corpus, work }: Plan, source: Source, vocabulary: Vocabulary): Corpus {
  const { taskId, count, task } = source;
  const { seed } = corpus;
  const key = { ...identityOf(source), count, seed, promptRevision, vocabulary, defaultDemonstrations };
  return kept(
    path.join(work, `corpus-${taskId}-${contentHash(key).slice(0, 16)}.bin`),
    (bytes) => deserialize(bytes) as Corpus,
    (made) => serialize(made),
    () =>
      encodeCorpus(task.rules, demonstrations(source, composePrompt, seed), count, new Tokeniser(vocabulary)),
  );
}

/** Reads what an earlier call made, or makes it. A kill leaves the whole file or none. */
export function kept<T>(
  file: string,
  read: (bytes: Buffer) => T,
  write: (value: T) => Uint8Array,
  make: () => T,
): T {
  if (existsSync(file)) return read(readFileSync(file));
  const made = make();
  writeWhole(file, write(made));
  return made;
}

/** Demonstrations on held-out instances: what accuracy and loss are measured on. */
export function heldOutDemonstrations(source: Source, count: number): Demonstration[] {
  return take(demonstrations(source, composePrompt, 0, defaultDemonstrations, 'held-out'), count);
}

function take<T>(source: Iterable<T>, count: number): T[] {
  const out: T[] = [];
  for (const item of source) {
    out.push(item);
    if (out.length === count) break;
  }
  return out;
}
