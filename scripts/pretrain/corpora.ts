import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { deserialize, serialize } from 'node:v8';
import type { JsonObject, TaskDefinition } from '../../src/contracts/index.ts';
import { contentHash } from '../../src/core/index.ts';
import { Tokeniser, type Vocabulary } from '../../src/nn/index.ts';
import { composePrompt, promptRevision } from '../../src/prompt/index.ts';
import * as tasks from '../../src/tasks/index.ts';
import { type Corpus, encodeCorpus } from '../../src/training/corpus.ts';
import {
  type DemonstratedTask,
  type Demonstration,
  defaultDemonstrations,
  demonstrations,
} from '../../src/training/demonstrations.ts';
import { deriveVocabulary } from '../../src/training/vocabulary.ts';
import { corpusSettings, demonstratedTasks } from './recipes.ts';

/** What one corpus is made from. */
export interface Source extends DemonstratedTask {
  readonly options: JsonObject;
  readonly revision: number;
  readonly count: number;
}

/** All sources, and the order in which training turns to them. */
export function sources(): { readonly sources: readonly Source[]; readonly turns: readonly number[] } {
  const all: Source[] = [];
  const places = demonstratedTasks.map(({ id, variants }) =>
    [{}, ...variants].map((options) => all.push(sourceOf(id, options)) - 1),
  );
  // Each round turns to every task's defaults a few times, spread out, and then to one variant of each task.
  const turns: number[] = [];
  const most = Math.max(...demonstratedTasks.map(({ share }) => share));
  for (let round = 0; round < 2; round++) {
    for (let turn = 0; turn < most; turn++) {
      demonstratedTasks.forEach(({ share }, task) => {
        if (turn < share) turns.push(places[task][0]);
      });
    }
    for (const own of places) turns.push(own[1 + (round % (own.length - 1))]);
  }
  return { sources: all, turns };
}

function sourceOf(id: string, given: JsonObject): Source {
  const definition = Object.values<TaskDefinition>(tasks).find((task) => task.id === id);
  if (!definition) throw new RangeError(`There is no task "${id}".`);
  const options = definition.optionsSchema.parse(given);
  const isDefault = Object.keys(given).length === 0;
  return {
    taskId: id,
    variant: isDefault ? 'default' : JSON.stringify(given),
    task: definition.create(options),
    options,
    revision: definition.revision,
    count: isDefault ? corpusSettings.defaults : corpusSettings.variant,
  };
}

/** The vocabulary that all embedded models share, from a sample of every source; kept in `folder`. */
export function sharedVocabulary(all: readonly Source[], folder: string): Vocabulary {
  const { seed, sample, vocabulary: settings } = corpusSettings;
  const key = { sources: all.map(identityOf), seed, sample, settings, promptRevision, defaultDemonstrations };
  const file = path.join(folder, `vocabulary-${contentHash(key).slice(0, 16)}.json`);
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Vocabulary;
  const prompts = all.flatMap((source) =>
    take(demonstrations(source, composePrompt, seed), sample).map(({ prompt }) => prompt),
  );
  const rules = all.map(({ task }) => task.rules);
  const actions = all.flatMap(({ task }) => task.actions);
  const made = deriveVocabulary(prompts, rules, actions, settings);
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, JSON.stringify(made));
  return made;
}

/** What tells a source from another. A task's revision counts what it says and what its expert does. */
function identityOf({ taskId, options, revision, variant }: Source) {
  return { taskId, options, revision, variant };
}

/** The encoded corpus of a source; kept in `folder`, since making it takes minutes. */
export function corpusOf(source: Source, vocabulary: Vocabulary, folder: string): Corpus {
  const { taskId, count } = source;
  const { seed } = corpusSettings;
  const key = {
    ...identityOf(source),
    count,
    seed,
    promptRevision,
    vocabulary,
    defaultDemonstrations,
  };
  const file = path.join(folder, `corpus-${taskId}-${contentHash(key).slice(0, 16)}.bin`);
  if (existsSync(file)) return deserialize(readFileSync(file)) as Corpus;
  const made = encodeCorpus(
    source.task.rules,
    demonstrations(source, composePrompt, seed),
    count,
    new Tokeniser(vocabulary),
  );
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, serialize(made));
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
