import { availableParallelism } from 'node:os';
import type { JsonObject, ModelContext, ModelFacts } from '../../../contracts/index.ts';
import { InputError } from '../../../core/index.ts';
import { type Conversations, conversationsOf } from './conversation.ts';
import { type Evaluator, evaluatorOf } from './evaluator.ts';
import { fileHash, type GgufFile, readGgufFile } from './file.ts';
import {
  findLibrary,
  libraryName,
  type Llama,
  type LlamaContext,
  type LlamaLibrary,
  type LlamaModel,
} from './library.ts';
import { said, useLlama } from './llama.ts';
import { memoryNeeded, refuseTooLarge } from './memory.ts';

/** What a file is opened with, whatever is asked of it then. */
export interface RuntimeSettings {
  readonly path: string;
  readonly contextLength: number;
  readonly batch: number;
  readonly sequences: number;
  readonly threads?: number;
}

/** A file that has been loaded. */
export interface GgufRuntime {
  readonly facts: ModelFacts;
  readonly fingerprint: JsonObject;
  readonly memoryBytes: number;
  readonly contextLength: number;
  readonly threads: number;
  readonly library: LlamaLibrary;
  readonly llama: Llama;
  readonly model: LlamaModel;
  readonly conversations: Conversations;
  readonly evaluator: Evaluator;
  readonly close: () => Promise<void>;
}

/** Tokens that are evaluated together; what is evaluated in other pieces rounds otherwise. */
export const batchSize = 512;

/**
 * Loads a GGUF file.
 * @throws InputError when the file is missing, cut, of another format or too large for the memory, or the library that
 *   runs it is missing or cannot
 */
export async function loadGguf(
  { path, batch, ...settings }: RuntimeSettings,
  { workers, stop, onLoad }: Pick<ModelContext, 'workers' | 'stop' | 'onLoad'>,
): Promise<GgufRuntime> {
  const sequences = Math.max(batch, settings.sequences);
  const file = await readGgufFile(path);
  const contextLength = Math.min(settings.contextLength, file.facts.contextLength ?? settings.contextLength);
  const memoryBytes = memoryNeeded(file, { contextLength, sequences });
  refuseTooLarge(path, memoryBytes);
  const { library, version } = await findLibrary();
  // The file is read twice: for its hash, and into memory.
  const told = (share: number) => onLoad?.({ file: path, share });
  const hash = await fileHash(path, stop, (bytes) => told(bytes / file.size / 2));
  const { llama, release } = await useLlama(library);
  const closing: (() => Promise<void>)[] = [release];
  const close = async () => {
    for (const each of closing.splice(0).reverse()) await each();
  };
  try {
    const model = await loaded(llama, file, path, (share) => told((1 + share) / 2));
    closing.push(() => model.dispose());
    const cores = Math.min(llama.cpuMathCores, availableParallelism());
    const threads = Math.max(1, Math.min(settings.threads ?? workers, cores));
    const context = await contextOf(model, { path, contextLength, sequences, threads });
    const evaluator = evaluatorOf(context, sequences, batch);
    closing.push(() => evaluator.close());
    const conversations = conversationsOf(library, model, file.template !== undefined);
    return {
      facts: { ...file.facts, contextLength },
      fingerprint: { file: hash, library: `${libraryName} ${version}`, template: conversations.template },
      ...{ memoryBytes, contextLength, threads, library, llama, model, conversations, evaluator, close },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function loaded(
  llama: Llama,
  { family }: GgufFile,
  path: string,
  onLoadProgress: (share: number) => void,
): Promise<LlamaModel> {
  try {
    return await llama.loadModel({ modelPath: path, gpuLayers: 0, onLoadProgress });
  } catch (error) {
    throw new InputError(
      `The file ${path} cannot be loaded: ${said(error)}. It is of the family "${family}", which this version of ` +
        `${libraryName} may not know, or the file is damaged.`,
    );
  }
}

async function contextOf(
  model: LlamaModel,
  {
    path,
    ...size
  }: {
    readonly path: string;
    readonly contextLength: number;
    readonly sequences: number;
    readonly threads: number;
  },
): Promise<LlamaContext> {
  const { contextLength, sequences, threads } = size;
  try {
    return await model.createContext({
      contextSize: contextLength,
      batchSize,
      sequences,
      threads,
      swaFullCache: true,
      failedCreationRemedy: false,
    });
  } catch (error) {
    throw new InputError(
      `There is no room for ${sequences} sequences of ${contextLength} tokens of ${path}: ${said(error)}. ` +
        'Lower its options `contextLength` or `sequences`.',
    );
  }
}
