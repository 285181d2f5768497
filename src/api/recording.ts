import path from 'node:path';
import type { ModelDefinition } from '../contracts/index.ts';
import { InputError } from '../core/index.ts';
import { cassetteWriter, openCassette, recorded, replayed } from '../models/parts/cassette/index.ts';
import type { ResolvedStudy } from '../study/index.ts';

/** A study whose models are recorded, replayed, or left as they are. */
export interface Recording {
  on(study: ResolvedStudy): ResolvedStudy;
  close(): Promise<void>;
}

const cassetteName = 'cassette.jsonl';

/**
 * @param directory  the study's folder; undefined when it has none
 * @throws InputError when the recording cannot be read, or both are asked for
 */
export async function openRecording(
  { record, replay }: { readonly record?: boolean | string; readonly replay?: string },
  directory: string | undefined,
): Promise<Recording> {
  const recordWhere = record === true ? directory && path.join(directory, cassetteName) : record;
  if (record === true && recordWhere === undefined)
    throw new InputError('A study without a folder needs a file to record into: record: "<file>".');
  if (replay !== undefined && record)
    throw new InputError('A replay cannot be recorded: it is a copy of its recording. Use one of the two.');
  if (replay !== undefined) {
    const cassette = await openCassette(replay);
    return {
      on: (study) => withModels(study, (definition) => replayed(definition, cassette)),
      close: () => cassette.close(),
    };
  }
  if (!recordWhere) return { on: (study) => study, close: async () => {} };
  const writer = cassetteWriter(recordWhere);
  return {
    on: (study) => withModels(study, (definition) => recorded(definition, writer)),
    close: async () => {},
  };
}

function withModels(study: ResolvedStudy, wrap: (d: ModelDefinition) => ModelDefinition): ResolvedStudy {
  const wrapped = (entries: ResolvedStudy['models']) =>
    entries.map((entry) => ({ ...entry, definition: wrap(entry.definition) }));
  return { ...study, models: wrapped(study.models), judges: wrapped(study.judges) };
}
